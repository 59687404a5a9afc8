-- Writes of a grouped commit, each run once for a list of rows.

-- save_widget: A widget's new state.
INSERT INTO widgets (id, key, record) VALUES (?, ?, ?)
ON CONFLICT (id) DO UPDATE SET key = excluded.key, record = excluded.record;

-- save_group: A group's new state.
INSERT INTO groups (id, name) VALUES (?, ?)
ON CONFLICT (id) DO UPDATE SET name = excluded.name;

-- save_bot: A bot's new state.
INSERT INTO bots (id, public_id, record) VALUES (?, ?, ?)
ON CONFLICT (id) DO UPDATE SET public_id = excluded.public_id, record = excluded.record;

-- save_contact: A contact's new state.
INSERT INTO contacts (id, widget_id, token_sha256, previous_token_sha256, token_issued_at, created_at,
                      conversation_id, conversations, profile)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    token_sha256 = excluded.token_sha256, previous_token_sha256 = excluded.previous_token_sha256,
    token_issued_at = excluded.token_issued_at, conversation_id = excluded.conversation_id,
    conversations = excluded.conversations, profile = excluded.profile;

-- save_conversation: A conversation's new state; whose it is never changes.
INSERT INTO conversations (id, widget_id, contact_id, created_at, charge, charge_fields, last_seq, approach_mode,
                           page, previous, spoken, bots, active_at, expires_at, seen_seq, offered)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    charge = excluded.charge, charge_fields = excluded.charge_fields, last_seq = excluded.last_seq,
    approach_mode = excluded.approach_mode, page = excluded.page, previous = excluded.previous,
    spoken = excluded.spoken, bots = excluded.bots, active_at = excluded.active_at,
    expires_at = excluded.expires_at, seen_seq = excluded.seen_seq, offered = excluded.offered;

-- save_session: A session's new state, with its lane.
INSERT INTO sessions (cid, conversation_id, bot_id, opened_at, context, closed_at, close_reason, closed_seq, cursor,
                      events, calls, head_event_id, head_packet, head_entry_seq, head_body, head_since, head_deadline,
                      head_attempt, head_attempt_at, lease_until, patience_at, head_holder)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (cid) DO UPDATE SET
    context = excluded.context, closed_at = excluded.closed_at, close_reason = excluded.close_reason,
    closed_seq = excluded.closed_seq, cursor = excluded.cursor, events = excluded.events, calls = excluded.calls,
    head_event_id = excluded.head_event_id, head_packet = excluded.head_packet,
    head_entry_seq = excluded.head_entry_seq, head_body = excluded.head_body, head_since = excluded.head_since,
    head_deadline = excluded.head_deadline, head_attempt = excluded.head_attempt,
    head_attempt_at = excluded.head_attempt_at, lease_until = excluded.lease_until,
    patience_at = excluded.patience_at, head_holder = excluded.head_holder;

-- append_entry: A new entry; the number is used once.
INSERT INTO entries (conversation_id, seq, contact_id, at, author, author_fields, kind, content, message_id, answers)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- log_attempt: A record of the delivery log.
INSERT INTO attempts (id, bot_id, cid, conversation_id, started_at, outcome, record) VALUES (?, ?, ?, ?, ?, ?, ?);

-- remember: The answer to an Idempotency-Key; one that is past its time gives way to a newer.
INSERT INTO remembered (bot_id, key, body_sha256, status, answer, at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (bot_id, key) DO UPDATE SET
    body_sha256 = excluded.body_sha256, status = excluded.status, answer = excluded.answer, at = excluded.at;
