-- What only PostgreSQL is asked, in its own words: parameters are $1, $2 …

-- whose: The contacts of these conversations and of these sessions.
SELECT id, contact_id FROM conversations WHERE id = ANY($1::text[])
UNION ALL
SELECT s.cid, c.contact_id FROM sessions s JOIN conversations c ON c.id = s.conversation_id WHERE s.cid = ANY($2::text[]);

-- begin: The configuration's version, this transaction, and contacts with their newest conversation and its session.
SELECT f.version, pg_current_xact_id()::text,
       p.id, p.widget_id, p.token_sha256, p.previous_token_sha256, p.token_issued_at, p.created_at, p.conversation_id,
       p.conversations, p.profile,
       c.id, c.widget_id, c.contact_id, c.created_at, c.charge, c.charge_fields, c.last_seq, c.approach_mode, c.page,
       c.previous, c.spoken, c.bots, c.active_at, c.expires_at, c.seen_seq, c.offered,
       s.cid, s.conversation_id, s.bot_id, s.opened_at, s.context, s.closed_at, s.close_reason, s.closed_seq, s.cursor,
       s.events, s.calls, s.head_event_id, s.head_packet, s.head_entry_seq, s.head_body, s.head_since,
       s.head_deadline, s.head_attempt, s.head_attempt_at, s.lease_until, s.patience_at, s.head_holder
FROM configuration f
LEFT JOIN contacts p ON p.id = ANY($1::text[])
LEFT JOIN conversations c ON c.id = p.conversation_id
LEFT JOIN sessions s ON c.charge = 'bot' AND s.cid = c.charge_fields::json ->> 'cid';

-- reconfigured: Counts a change of the configuration, unless another process was first.
UPDATE configuration SET version = version + 1 WHERE version = $1;

-- configuration: The version of the configuration.
SELECT version FROM configuration;

-- newest: A contact with its newest conversation.
SELECT p.id, p.widget_id, p.token_sha256, p.previous_token_sha256, p.token_issued_at, p.created_at, p.conversation_id,
       p.conversations, p.profile,
       c.id, c.widget_id, c.contact_id, c.created_at, c.charge, c.charge_fields, c.last_seq, c.approach_mode, c.page,
       c.previous, c.spoken, c.bots, c.active_at, c.expires_at, c.seen_seq, c.offered
FROM contacts p LEFT JOIN conversations c ON c.id = p.conversation_id WHERE p.id = $1;

-- living: The processes that hold their own number.
SELECT objid::bigint FROM pg_locks
WHERE locktype = 'advisory' AND classid = $1 AND objsubid = 2 AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
