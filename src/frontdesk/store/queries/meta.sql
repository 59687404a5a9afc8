-- Facts about the store itself.

-- version: The newest migration that ran; 0 before the first.
SELECT COALESCE(MAX(version), 0) FROM schema_version;

-- migrated: Marks a migration as done.
INSERT INTO schema_version (version, name) VALUES (?, ?);

-- keep_fact: Writes a fact unless it is there.
INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING;

-- renew_fact: Writes a fact anew.
INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- fact: One fact.
SELECT value FROM meta WHERE name = ?;

-- probe: Writes something of this size, and so finds out whether anything can be saved.
INSERT INTO meta (name, value) VALUES ('probe', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- newest_time: The newest time that anything has, as far as indexes tell.
SELECT MAX(at) FROM (SELECT MAX(started_at) AS at FROM attempts UNION ALL SELECT MAX(at) FROM remembered);
