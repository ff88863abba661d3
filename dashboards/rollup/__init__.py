"""Event roll-ups in ClickHouse: what the boards count of events, by township and time."""
