-- How many households a county had at its last deal: what opens cards between two deals may see only
-- a part of the county, and a burst is measured against the whole.
CREATE TABLE county_sizes (
    county INTEGER PRIMARY KEY,      -- 6-digit code
    households INTEGER NOT NULL,     -- with present members
    as_of TEXT NOT NULL              -- ISO day of the deal
);
-- Undo: DROP TABLE county_sizes.
