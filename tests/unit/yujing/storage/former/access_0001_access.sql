-- Who may enter, from where to where, and what personal data they read. Times are seconds since 1970-01-01 UTC.
-- To undo: DROP TABLE of the six tables.
CREATE TABLE account (
    username      TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL,
    scope         TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    must_change   INTEGER NOT NULL,
    valid_until   INTEGER,
    disabled      INTEGER NOT NULL DEFAULT 0,
    created_at    INTEGER NOT NULL,
    changed_at    INTEGER NOT NULL
);

CREATE TABLE session (
    token_hash TEXT PRIMARY KEY,
    public_id  TEXT NOT NULL UNIQUE,
    username   TEXT NOT NULL REFERENCES account (username),
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    ended_at   INTEGER,
    address    TEXT NOT NULL,
    browser    TEXT NOT NULL
);
-- for the list of somebody's sessions and for ending them all
CREATE INDEX session_of_account ON session (username) WHERE ended_at IS NULL;

CREATE TABLE login_attempt (
    id      INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL,
    at      INTEGER NOT NULL
);
-- for the throttle: failures of one account or address within its window
CREATE INDEX login_attempt_of ON login_attempt (kind, subject, at);

CREATE TABLE personal_read (
    id       INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    username TEXT NOT NULL,
    role     TEXT NOT NULL,
    what     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    reason   TEXT NOT NULL,
    address  TEXT NOT NULL
);
-- for "who looked at this person" and "what did this account look at"
CREATE INDEX personal_read_of_subject ON personal_read (subject, at);
CREATE INDEX personal_read_of_account ON personal_read (username, at);

CREATE TABLE source_token (
    id         INTEGER PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    source     TEXT NOT NULL,
    kinds      TEXT NOT NULL,
    regions    TEXT NOT NULL,
    backfill   INTEGER NOT NULL,
    label      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    used_at    INTEGER,
    revoked_at INTEGER
);

CREATE TABLE account_change (
    id       INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    username TEXT NOT NULL,
    what     TEXT NOT NULL,
    by_whom  TEXT NOT NULL
);
