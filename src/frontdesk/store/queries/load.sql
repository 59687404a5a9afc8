-- Reads of a grouped commit; {keys} becomes the list of keys.

-- sessions: Sessions by cid.
SELECT cid, conversation_id, bot_id, opened_at, context, closed_at, close_reason, closed_seq, cursor, events,
       calls, head_event_id, head_packet, head_entry_seq, head_body, head_since, head_deadline, head_attempt,
       head_attempt_at, lease_until, patience_at
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
SELECT conversation_id, seq, contact_id, at, author, author_fields, kind, content, message_id, answers
FROM entries WHERE (conversation_id, seq) IN (VALUES {keys});

-- answers: Entries that settle these entries.
SELECT conversation_id, seq, contact_id, at, author, author_fields, kind, content, message_id, answers
FROM entries WHERE answers IS NOT NULL AND (conversation_id, answers) IN (VALUES {keys});

-- messages: Entries by the contact's own id of the message.
SELECT conversation_id, seq, contact_id, at, author, author_fields, kind, content, message_id, answers
FROM entries WHERE message_id IS NOT NULL AND (contact_id, message_id) IN (VALUES {keys});

-- remembered: First answers to Idempotency-Keys.
SELECT bot_id, key, body_sha256, status, answer, at
FROM remembered WHERE (bot_id, key) IN (VALUES {keys});
