-- Roll-up of the effective facts: counts and sums by kind, facet, township, period and value (see dashboards/rollup/facets.py).
-- A refresh adds what the newest events change, +1 and -1, as one block: with its marks (kind 0) it is there whole or not at all.
-- A token makes a block that is sent twice count once; the window says how many tokens are remembered.
-- Only the newest complete generation counts: a rebuild writes the next one and declares it complete at its end.
CREATE TABLE IF NOT EXISTS rollup (
    generation UInt32,
    kind UInt8,
    facet UInt8,
    township Int64,
    period Int32,
    value UInt64,
    source UInt8,
    n Int64,
    amount Int64
)
ENGINE = SummingMergeTree((n, amount))
PARTITION BY generation
ORDER BY (kind, facet, township, period, value, source)
SETTINGS non_replicated_deduplication_window = 1000;
-- What boards read: the cells of the newest complete generation, without its marks.
CREATE VIEW IF NOT EXISTS cells AS
SELECT kind, facet, township, period, value, source, sum(n) AS n, sum(amount) AS amount
FROM rollup
WHERE kind > 0 AND generation = (SELECT max(generation) FROM rollup WHERE kind = 0 AND facet = 1)
GROUP BY kind, facet, township, period, value, source
HAVING n != 0 OR amount != 0;
-- Undo: DROP VIEW cells; DROP TABLE rollup.
