-- Events about somebody who is not registered yet. A row is the bytes of one streams.fact.FACT, which hold keys and no personal text.
-- `layout` names the columns of FACT at the time, so that a row of an older layout is never misread.
CREATE TABLE unmatched (
    fact INTEGER NOT NULL,
    version INTEGER NOT NULL,
    content INTEGER NOT NULL,
    subject INTEGER NOT NULL,
    source INTEGER NOT NULL,
    known_at INTEGER NOT NULL,
    record_id TEXT NOT NULL,
    layout TEXT NOT NULL,
    row BLOB NOT NULL,
    PRIMARY KEY (fact, version, content)
) WITHOUT ROWID;
CREATE INDEX unmatched_subject ON unmatched (subject);
CREATE INDEX unmatched_known_at ON unmatched (known_at);
-- Undo: DROP TABLE unmatched.
