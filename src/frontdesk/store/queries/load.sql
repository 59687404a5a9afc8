-- Reads of a grouped commit; {keys} becomes the list of keys.

-- sessions: Sessions by cid.
SELECT cid, conversation_id, bot_id, opened_at, context, closed_at, close_reason, closed_seq, cursor, events,
       calls, head_event_id, head_packet, head_entry_seq, head_body, head_since, head_deadline, head_attempt,
       head_attempt_at, lease_until, patience_at, head_holder
FROM sessions WHERE cid IN ({keys});

-- conversations: Conversations by id.
SELECT id, widget_id, contact_id, created_at, charge, charge_fields, last_seq, approach_mode, page, previous,
       spoken, bots, active_at, expires_at, seen_seq, offered
FROM conversations WHERE id IN ({keys});

-- contacts: Contacts by id.
SELECT id, widget_id, token_sha256, previous_token_sha256, token_issued_at, created_at, conversation_id,
       conversations, profile
FROM contacts WHERE id IN ({keys});

-- after_cursors: Entries that the lanes of these sessions have not passed.
SELECT e.conversation_id, e.seq, e.contact_id, e.at, e.author, e.author_fields, e.kind, e.content, e.message_id,
       e.answers
FROM sessions s JOIN entries e ON e.conversation_id = s.conversation_id AND e.seq > s.cursor
WHERE s.cid IN ({keys});

-- entries: Entries by conversation and seq.
WITH wanted (conversation_id, seq) AS (VALUES {keys})
SELECT e.conversation_id, e.seq, e.contact_id, e.at, e.author, e.author_fields, e.kind, e.content, e.message_id,
       e.answers
FROM wanted w JOIN entries e ON e.conversation_id = w.conversation_id AND e.seq = CAST(w.seq AS BIGINT);

-- answers: Entries that settle these entries.
WITH wanted (conversation_id, seq) AS (VALUES {keys})
SELECT e.conversation_id, e.seq, e.contact_id, e.at, e.author, e.author_fields, e.kind, e.content, e.message_id,
       e.answers
FROM wanted w JOIN entries e ON e.conversation_id = w.conversation_id AND e.answers = CAST(w.seq AS BIGINT)
WHERE e.answers IS NOT NULL;

-- messages: Entries by the contact's own id of the message.
WITH wanted (contact_id, message_id) AS (VALUES {keys})
SELECT e.conversation_id, e.seq, e.contact_id, e.at, e.author, e.author_fields, e.kind, e.content, e.message_id,
       e.answers
FROM wanted w JOIN entries e ON e.contact_id = w.contact_id AND e.message_id = w.message_id
WHERE e.message_id IS NOT NULL;

-- remembered: First answers to Idempotency-Keys.
WITH wanted (bot_id, key) AS (VALUES {keys})
SELECT r.bot_id, r.key, r.body_sha256, r.status, r.answer, r.at
FROM wanted w JOIN remembered r ON r.bot_id = CAST(w.bot_id AS BIGINT) AND r.key = w.key;
