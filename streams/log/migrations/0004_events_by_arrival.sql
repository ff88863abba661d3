-- Partition by the month of arrival: a position of Kafka begins with its lane, so parts by position would be thousands.
-- What is there counts as arrived now, in one partition. Until EXCHANGE the former table is whole, from then on the new
-- one is: after a kill anywhere the file begins again, from whichever of them bears the name. Nobody may append meanwhile.
DROP TABLE IF EXISTS events_by_arrival SYNC;
ALTER TABLE events ADD COLUMN IF NOT EXISTS arrived_at DateTime DEFAULT now();
CREATE TABLE events_by_arrival AS events
ENGINE = MergeTree
PARTITION BY toYYYYMM(arrived_at)
ORDER BY (subject, fact, version);
-- small blocks: a block is sorted in memory, 72 columns wide
INSERT INTO events_by_arrival SELECT * FROM events
SETTINGS max_threads = 2, max_insert_threads = 1, min_insert_block_size_rows = 500000, min_insert_block_size_bytes = 0;
EXCHANGE TABLES events AND events_by_arrival;
DROP TABLE IF EXISTS events_by_arrival SYNC;
-- When a copy arrived says nothing about the fact.
CREATE OR REPLACE VIEW facts AS
SELECT
    *,
    toDateTime64(known_at, 3, 'Asia/Shanghai') AS known_time,
    toDate32('1970-01-01') + occurred_from AS occurred_from_date,
    toDate32('1970-01-01') + occurred_to AS occurred_to_date
FROM
(
    SELECT * EXCEPT arrived_at FROM events
    ORDER BY fact, version DESC, known_at, content, position
    LIMIT 1 BY fact
)
WHERE retracted = 0;
CREATE OR REPLACE VIEW facts_as_of AS
SELECT
    *,
    toDateTime64(known_at, 3, 'Asia/Shanghai') AS known_time,
    toDate32('1970-01-01') + occurred_from AS occurred_from_date,
    toDate32('1970-01-01') + occurred_to AS occurred_to_date
FROM
(
    SELECT * EXCEPT arrived_at FROM events
    WHERE known_at < {known_before:UInt32}
    ORDER BY fact, version DESC, known_at, content, position
    LIMIT 1 BY fact
)
WHERE retracted = 0;
-- Undo: the same with PARTITION BY intDiv(position, 20000000) and without the column.
