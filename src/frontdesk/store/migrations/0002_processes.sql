-- Several processes on one store: who makes an attempt, and whether the configuration has changed.

ALTER TABLE sessions ADD COLUMN head_holder TEXT;

-- One row; `version` grows with every change of a widget, a group or a bot.
CREATE TABLE configuration (
    id SMALLINT PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL
);
INSERT INTO configuration (id, version) VALUES (1, 0);
