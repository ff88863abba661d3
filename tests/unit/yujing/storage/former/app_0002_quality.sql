-- Findings of the data-quality rules on rows that were taken, by source and day of the door.
CREATE TABLE quality_finding (
    source TEXT NOT NULL,
    rule TEXT NOT NULL,
    day TEXT NOT NULL,               -- ISO day in China on which the rows came
    n INTEGER NOT NULL,
    PRIMARY KEY (source, rule, day)
);
-- Undo: DROP TABLE quality_finding.
