-- The effective facts: per fact the highest version; of two contents for it the one with the smaller (known_at, content);
-- a fact whose winner is retracted is absent. Copies of a row differ in nothing but position. Every reader goes through here.
CREATE VIEW IF NOT EXISTS facts AS
SELECT
    *,
    toDateTime64(known_at, 3, 'Asia/Shanghai') AS known_time,
    toDate32('1970-01-01') + occurred_from AS occurred_from_date,
    toDate32('1970-01-01') + occurred_to AS occurred_to_date
FROM
(
    SELECT * FROM events
    ORDER BY fact, version DESC, known_at, content, position
    LIMIT 1 BY fact
)
WHERE retracted = 0;
-- The effective facts of what was known before a moment: SELECT ... FROM facts_as_of(known_before = 1764000000).
CREATE VIEW IF NOT EXISTS facts_as_of AS
SELECT
    *,
    toDateTime64(known_at, 3, 'Asia/Shanghai') AS known_time,
    toDate32('1970-01-01') + occurred_from AS occurred_from_date,
    toDate32('1970-01-01') + occurred_to AS occurred_to_date
FROM
(
    SELECT * FROM events
    WHERE known_at < {known_before:UInt32}
    ORDER BY fact, version DESC, known_at, content, position
    LIMIT 1 BY fact
)
WHERE retracted = 0;
-- Undo: DROP VIEW facts; DROP VIEW facts_as_of.
