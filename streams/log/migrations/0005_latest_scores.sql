-- The newest scores of each member and household, as the stream computes them: read with FINAL.
-- Of two rows the one with the later cut-off stays, then the one that knew the newer fact; as_of and known_at are seconds.
CREATE TABLE IF NOT EXISTS latest_scores (
    level LowCardinality(String),
    kind LowCardinality(String),
    key UInt64,
    as_of UInt32,
    known_at UInt32,
    scored_at DateTime64(3, 'Asia/Shanghai'),
    model_id LowCardinality(String),
    probability Float64,
    points Float64,
    standing UInt64 DEFAULT bitOr(bitShiftLeft(toUInt64(as_of), 32), toUInt64(known_at))
)
ENGINE = ReplacingMergeTree(standing)
ORDER BY (level, kind, key);
-- Undo: DROP TABLE latest_scores.
