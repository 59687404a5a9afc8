-- Reads outside of grouped commits.

-- all_widgets: Every widget.
SELECT record FROM widgets ORDER BY id;

-- all_groups: Every group.
SELECT id, name FROM groups ORDER BY id;

-- all_bots: Every bot.
SELECT record FROM bots ORDER BY id;

-- contact_by_token: The widget's contact whose newest token this is.
SELECT id, widget_id, token_sha256, previous_token_sha256, token_issued_at, created_at, conversation_id,
       conversations, profile
FROM contacts WHERE widget_id = ? AND token_sha256 = ?;

-- contact_by_previous_token: The widget's contact whose token this was before the newest.
SELECT id, widget_id, token_sha256, previous_token_sha256, token_issued_at, created_at, conversation_id,
       conversations, profile
FROM contacts WHERE widget_id = ? AND previous_token_sha256 = ?;

-- positions: Where the newest conversations of these contacts stand.
SELECT p.id, c.id, c.last_seq FROM contacts p JOIN conversations c ON c.id = p.conversation_id WHERE p.id IN ({keys});

-- entries_after: Entries of a conversation after one, oldest first.
SELECT conversation_id, seq, contact_id, at, author, author_fields, kind, content, message_id, answers
FROM entries WHERE conversation_id = ? AND seq > ? ORDER BY seq LIMIT ?;

-- entries_before: Entries of a conversation before one, newest first.
SELECT conversation_id, seq, contact_id, at, author, author_fields, kind, content, message_id, answers
FROM entries WHERE conversation_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?;

-- due_lanes: Lanes whose holder's lease ran out, longest first.
SELECT cid FROM sessions WHERE lease_until IS NOT NULL AND lease_until <= ? ORDER BY lease_until LIMIT ?;

-- orphans: Lanes whose holder is none of these, longest first.
SELECT cid, COALESCE(head_holder, '') FROM sessions
WHERE lease_until IS NOT NULL AND COALESCE(head_holder, '') NOT IN ({keys}) ORDER BY lease_until LIMIT ?;

-- due_patience: Lanes whose patience line is due, longest first.
SELECT cid, head_event_id FROM sessions WHERE patience_at IS NOT NULL AND patience_at <= ?
ORDER BY patience_at LIMIT ?;

-- due_expiries: Live conversations that are past their time, longest first.
SELECT id FROM conversations WHERE expires_at IS NOT NULL AND expires_at <= ? AND charge <> 'ended'
ORDER BY expires_at LIMIT ?;

-- attempts: The delivery log, newest first.
SELECT record FROM attempts WHERE started_at < ? ORDER BY started_at DESC, id DESC LIMIT ?;

-- attempts_of_bot: The delivery log of a bot, newest first.
SELECT record FROM attempts WHERE bot_id = ? AND started_at < ? ORDER BY started_at DESC, id DESC LIMIT ?;

-- attempts_of_session: The delivery log of a session, newest first.
SELECT record FROM attempts WHERE cid = ? AND started_at < ? ORDER BY started_at DESC, id DESC LIMIT ?;
