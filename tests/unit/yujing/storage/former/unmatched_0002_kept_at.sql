-- When a row was first kept: a backfill brings events that were known long ago, and they too wait their full time.
ALTER TABLE unmatched ADD COLUMN kept_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX unmatched_kept_at ON unmatched (kept_at);
-- Undo: DROP INDEX unmatched_kept_at; ALTER TABLE unmatched DROP COLUMN kept_at.
