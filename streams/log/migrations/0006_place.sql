-- Where an event counts on the boards: where it says itself, else where its subject was registered when it came.
-- Set when it is appended and never changed, so that a month keeps its numbers when people move; no part of the content.
ALTER TABLE events ADD COLUMN IF NOT EXISTS place Int64 DEFAULT region;
-- Undo: ALTER TABLE events DROP COLUMN place;
