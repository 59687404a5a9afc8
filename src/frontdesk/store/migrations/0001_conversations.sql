-- Configuration, contacts, conversations with their entries, bots' sessions with their lanes, and the delivery log.

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE widgets (
    id BIGINT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    record TEXT NOT NULL
);

CREATE TABLE groups (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL
);

CREATE TABLE bots (
    id BIGINT PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    record TEXT NOT NULL
);

-- `conversation_id` points at a row that is saved after this one.
CREATE TABLE contacts (
    id TEXT PRIMARY KEY,
    widget_id BIGINT NOT NULL REFERENCES widgets (id),
    token_sha256 TEXT NOT NULL,
    previous_token_sha256 TEXT,
    token_issued_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    conversation_id TEXT,
    conversations BIGINT NOT NULL,
    profile TEXT NOT NULL
);
CREATE UNIQUE INDEX contacts_token ON contacts (token_sha256);
CREATE INDEX contacts_previous_token ON contacts (previous_token_sha256) WHERE previous_token_sha256 IS NOT NULL;

CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    widget_id BIGINT NOT NULL REFERENCES widgets (id),
    contact_id TEXT NOT NULL REFERENCES contacts (id),
    created_at BIGINT NOT NULL,
    charge TEXT NOT NULL,
    charge_fields TEXT NOT NULL,
    last_seq BIGINT NOT NULL,
    approach_mode TEXT NOT NULL,
    page TEXT NOT NULL,
    previous BIGINT NOT NULL,
    spoken SMALLINT NOT NULL,
    bots TEXT NOT NULL,
    active_at BIGINT NOT NULL,
    expires_at BIGINT,
    seen_seq BIGINT NOT NULL,
    offered TEXT
);
CREATE UNIQUE INDEX conversations_live ON conversations (contact_id) WHERE charge <> 'ended';
CREATE INDEX conversations_contact ON conversations (contact_id, created_at);
CREATE INDEX conversations_expiry ON conversations (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX conversations_unspoken ON conversations (active_at) WHERE spoken = 0;

CREATE TABLE sessions (
    cid TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    bot_id BIGINT NOT NULL REFERENCES bots (id),
    opened_at BIGINT NOT NULL,
    context BLOB NOT NULL,
    closed_at BIGINT,
    close_reason TEXT,
    closed_seq BIGINT,
    cursor BIGINT NOT NULL,
    events BIGINT NOT NULL,
    calls TEXT NOT NULL,
    head_event_id TEXT,
    head_packet TEXT,
    head_entry_seq BIGINT,
    head_body BLOB,
    head_since BIGINT,
    head_deadline BIGINT,
    head_attempt BIGINT,
    head_attempt_at BIGINT,
    lease_until BIGINT,
    patience_at BIGINT
);
CREATE INDEX sessions_conversation ON sessions (conversation_id);
CREATE INDEX sessions_lease ON sessions (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX sessions_patience ON sessions (patience_at) WHERE patience_at IS NOT NULL;

CREATE TABLE entries (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL CHECK (seq > 0),
    contact_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    author TEXT NOT NULL,
    author_fields TEXT NOT NULL,
    kind TEXT NOT NULL,
    content TEXT NOT NULL,
    message_id TEXT,
    answers BIGINT,
    PRIMARY KEY (conversation_id, seq)
);
CREATE UNIQUE INDEX entries_message ON entries (contact_id, message_id) WHERE message_id IS NOT NULL;
CREATE UNIQUE INDEX entries_answers ON entries (conversation_id, answers) WHERE answers IS NOT NULL;

CREATE TABLE attempts (
    id TEXT PRIMARY KEY,
    bot_id BIGINT NOT NULL,
    cid TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    record TEXT NOT NULL
);
CREATE INDEX attempts_started ON attempts (started_at);
CREATE INDEX attempts_bot ON attempts (bot_id, started_at);
CREATE INDEX attempts_cid ON attempts (cid, started_at);

CREATE TABLE remembered (
    bot_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    body_sha256 TEXT NOT NULL,
    status BIGINT NOT NULL,
    answer BLOB NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (bot_id, key)
);
CREATE INDEX remembered_at ON remembered (at);
