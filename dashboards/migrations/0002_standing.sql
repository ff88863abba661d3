-- The standing numbers of a day, by present place: written by the sweep as one block, so a kill leaves all of it or nothing.
-- A later block of the same day takes the place of the earlier one as a whole; the row of code '' says that a block is there.
CREATE TABLE IF NOT EXISTS standing_cells (
    as_of Date,
    revision UInt64,
    code LowCardinality(String),
    township Int64,
    value Int64,
    n Int64,
    amount Int64
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(as_of)
ORDER BY (code, as_of, township, value, revision)
SETTINGS non_replicated_deduplication_window = 1000;
-- What boards read: the newest block of each day.
CREATE VIEW IF NOT EXISTS standing AS
SELECT as_of, code, township, value, n, amount
FROM standing_cells
WHERE code != '' AND (as_of, revision) IN (
    SELECT as_of, max(revision) FROM standing_cells WHERE code = '' GROUP BY as_of
);
-- Names of places, written when they change; a place has one row.
CREATE TABLE IF NOT EXISTS places (
    code Int64,
    name String,
    county Int64,
    county_name String,
    written_at UInt32
)
ENGINE = ReplacingMergeTree(written_at)
ORDER BY code;
-- Undo: DROP VIEW standing; DROP TABLE standing_cells; DROP TABLE places;
