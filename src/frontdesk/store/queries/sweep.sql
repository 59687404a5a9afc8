-- Removal of what is past its time, a bounded number of records at once.

-- old_remembered: Answers to Idempotency-Keys that nobody may ask for any more.
DELETE FROM remembered WHERE (bot_id, key) IN (SELECT bot_id, key FROM remembered WHERE at < ? LIMIT ?);

-- old_attempts: Records of the delivery log that are past their time.
DELETE FROM attempts WHERE id IN (SELECT id FROM attempts WHERE started_at < ? LIMIT ?);

-- unspoken: Conversations that the contact never wrote in, with their contacts.
SELECT id, contact_id FROM conversations WHERE spoken = 0 AND active_at < ? ORDER BY active_at LIMIT ?;

-- remove_conversation: A conversation with its entries and sessions.
DELETE FROM conversations WHERE id = ?;

-- point_at_newest: The contact's newest conversation after one of its conversations went.
UPDATE contacts SET conversation_id =
    (SELECT c.id FROM conversations c WHERE c.contact_id = contacts.id ORDER BY c.created_at DESC, c.id DESC LIMIT 1)
WHERE id = ?;

-- remove_contact: A contact that has no conversation left.
DELETE FROM contacts
WHERE id = ? AND NOT EXISTS (SELECT 1 FROM conversations c WHERE c.contact_id = contacts.id);
