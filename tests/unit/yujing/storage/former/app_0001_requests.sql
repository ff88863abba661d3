-- Answers of the HTTP door by idempotency key, so that a request sent again gets the same answer.
CREATE TABLE door_answer (
    token_hash TEXT NOT NULL,        -- hash of the token: two sources may choose the same key
    key TEXT NOT NULL,
    body_hash TEXT NOT NULL,         -- SHA-256 of the body: the same key with another body is refused
    status INTEGER NOT NULL,
    answer BLOB NOT NULL,            -- NDJSON without personal data
    answered_at INTEGER NOT NULL,    -- seconds since 1970
    PRIMARY KEY (token_hash, key)
);
CREATE INDEX door_answer_age ON door_answer (answered_at);

-- Every sweep: what it saw and what it did.
CREATE TABLE sweep (
    id INTEGER PRIMARY KEY,
    as_of TEXT NOT NULL,             -- ISO day
    kind TEXT NOT NULL,              -- deal, catch_up
    position INTEGER NOT NULL,       -- last position of the log that it saw
    known_before INTEGER NOT NULL,   -- facts known before this second
    counts TEXT NOT NULL,            -- JSON
    done_at INTEGER NOT NULL         -- seconds since 1970
);
CREATE INDEX sweep_day ON sweep (as_of);

-- Every file that was taken in with the right to say when a row was known.
CREATE TABLE backfill (
    id INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL,
    rows INTEGER NOT NULL,
    by_whom TEXT NOT NULL,
    at INTEGER NOT NULL              -- seconds since 1970
);
-- Undo: DROP TABLE door_answer; DROP TABLE sweep; DROP TABLE backfill.
