-- The scores of every sweep; a second sweep of the same day replaces the first: read with FINAL.
CREATE TABLE IF NOT EXISTS scores (
    as_of Date,
    level LowCardinality(String),
    key UInt64,
    kind LowCardinality(String),
    model_id LowCardinality(String),
    probability Float64,
    points Float64
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(as_of)
ORDER BY (as_of, level, kind, key);
-- The transitions of cards, brought by the desk's outbox at least once: read with FINAL.
CREATE TABLE IF NOT EXISTS card_events (
    transition UInt64,
    card UInt64,
    household UInt64,
    person UInt64,
    region Int64,
    level UInt8,
    from_stage LowCardinality(String),
    to_stage LowCardinality(String),
    reason LowCardinality(String),
    role LowCardinality(String),
    happened_at UInt32
)
ENGINE = ReplacingMergeTree
ORDER BY (card, transition);
-- Undo: DROP TABLE scores; DROP TABLE card_events.
