-- Keys are unsigned 64-bit numbers stored as SQLite's signed ones. Every blob named here is sealed (AES-256-GCM) except `digest`,
-- a keyed hash; `seen` is a keyed hash of the texts last given, so that sending them again writes nothing.
CREATE TABLE vault_check (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sealed BLOB NOT NULL
);
CREATE TABLE persons (
    key INTEGER PRIMARY KEY,
    digest BLOB,
    id_number BLOB,
    name BLOB,
    phone BLOB,
    seen INTEGER NOT NULL
);
CREATE TABLE households (
    key INTEGER PRIMARY KEY,
    digest BLOB NOT NULL,
    number BLOB NOT NULL
);
CREATE TABLE employers (
    key INTEGER PRIMARY KEY,
    name BLOB NOT NULL
);
CREATE TABLE notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    content BLOB NOT NULL,
    UNIQUE (owner, seen)
);
CREATE TABLE dead_letters (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    seen INTEGER NOT NULL,
    file BLOB NOT NULL,
    row INTEGER NOT NULL,
    reason TEXT NOT NULL,
    kept_at INTEGER NOT NULL,
    replayed_at INTEGER,
    raw BLOB NOT NULL,
    UNIQUE (source, seen)
);
-- Undo: DROP TABLE dead_letters; notes; employers; households; persons; vault_check.
