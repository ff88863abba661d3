-- What each number of the boards was on a day, by village; a sweep writes its day anew as a whole.
-- Undo: DROP TABLE board_snapshot.
CREATE TABLE board_snapshot (
    as_of       INTEGER NOT NULL,
    village     INTEGER NOT NULL,
    number      TEXT NOT NULL,
    numerator   INTEGER NOT NULL,
    denominator INTEGER NOT NULL,
    PRIMARY KEY (as_of, number, village)
) WITHOUT ROWID;
