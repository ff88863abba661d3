-- The desk: cards, what was decided, by whom and why. Keys are 64-bit hashes as signed integers; days are ISO texts; moments are seconds
-- since 1970 UTC. No name, no ID number and no free text is here: a note is a number in the vault.
CREATE TABLE cards (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    household INTEGER NOT NULL,
    person INTEGER NOT NULL,
    region INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('fact', 'report', 'seasonal', 'score', 'audit')),
    stage TEXT NOT NULL CHECK (stage IN ('open', 'acknowledged', 'completed', 'cancelled', 'expired')),
    level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 3),
    rule INTEGER NOT NULL,
    reason TEXT NOT NULL,
    score_reason TEXT NOT NULL,
    kinds INTEGER NOT NULL,
    source INTEGER NOT NULL,
    employer INTEGER NOT NULL,
    file INTEGER NOT NULL,
    sentence TEXT NOT NULL,
    benefit_fen INTEGER NOT NULL,
    p12 REAL NOT NULL,
    u90 REAL NOT NULL,
    audit_probability REAL,
    opened_on TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    due_on TEXT NOT NULL,
    measure_due_on TEXT NOT NULL,
    seen_at INTEGER,
    assignee TEXT NOT NULL DEFAULT '',
    snoozed_until TEXT,
    n_tries INTEGER NOT NULL DEFAULT 0,
    outcome TEXT NOT NULL DEFAULT '',
    ended_on TEXT,
    ended_why TEXT NOT NULL DEFAULT '',
    ended_event INTEGER NOT NULL DEFAULT 0
);
-- At most one open card a household, whatever opened it.
CREATE UNIQUE INDEX cards_one_open ON cards (household) WHERE stage IN ('open', 'acknowledged');
CREATE INDEX cards_region ON cards (region, stage);
CREATE INDEX cards_opened ON cards (opened_on, region);
CREATE TABLE card_evidence (
    card INTEGER NOT NULL REFERENCES cards (id),
    rule INTEGER NOT NULL,
    person INTEGER NOT NULL,
    level INTEGER NOT NULL,
    since INTEGER NOT NULL,
    sentence TEXT NOT NULL,
    first_on TEXT NOT NULL,
    last_on TEXT NOT NULL,
    gone_on TEXT,
    PRIMARY KEY (card, rule, person)
);
CREATE TABLE card_factors (
    card INTEGER NOT NULL REFERENCES cards (id),
    place INTEGER NOT NULL,
    name TEXT NOT NULL,
    zh TEXT NOT NULL,
    points REAL NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (card, place)
);
-- A change of a card is a row: who, when, why, and the event that made it so. `before` undoes it.
CREATE TABLE transitions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    card INTEGER NOT NULL REFERENCES cards (id),
    at INTEGER NOT NULL,
    day TEXT NOT NULL,
    by TEXT NOT NULL,
    role TEXT NOT NULL,
    what TEXT NOT NULL,
    from_stage TEXT NOT NULL,
    to_stage TEXT NOT NULL,
    why TEXT NOT NULL,
    event INTEGER NOT NULL DEFAULT 0,
    before TEXT NOT NULL DEFAULT '',
    undone INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX transitions_card ON transitions (card);
CREATE TABLE outcomes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    card INTEGER NOT NULL REFERENCES cards (id),
    transition INTEGER NOT NULL REFERENCES transitions (id),
    fact INTEGER NOT NULL,
    day TEXT NOT NULL,
    by TEXT NOT NULL,
    outcome TEXT NOT NULL,
    mode TEXT NOT NULL,
    answers TEXT NOT NULL,
    note INTEGER,
    rule INTEGER NOT NULL,
    kind TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX outcomes_fact ON outcomes (fact) WHERE fact != 0;
CREATE INDEX outcomes_card ON outcomes (card);
CREATE TABLE cool_downs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    household INTEGER NOT NULL,
    card INTEGER NOT NULL,
    kinds INTEGER NOT NULL,
    level INTEGER NOT NULL,
    score_reason TEXT NOT NULL,
    until_on TEXT NOT NULL,
    why TEXT NOT NULL,
    transition INTEGER NOT NULL
);
CREATE INDEX cool_downs_until ON cool_downs (until_on);
-- Every (village, day) is claimed once. `candidates` is the deal in order, zlib over JSON, for the digest and the "not sent" list.
CREATE TABLE deals (
    day TEXT NOT NULL,
    village INTEGER NOT NULL,
    claimed_at INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    position INTEGER NOT NULL,
    late_sources TEXT NOT NULL,
    capacity INTEGER NOT NULL,
    released INTEGER NOT NULL,
    used INTEGER NOT NULL,
    n_dealt INTEGER NOT NULL,
    n_audits INTEGER NOT NULL,
    not_sent INTEGER NOT NULL,
    not_sent_fen INTEGER NOT NULL,
    candidates BLOB NOT NULL,
    PRIMARY KEY (day, village)
);
CREATE INDEX deals_village ON deals (village, day);
CREATE TABLE held (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    day TEXT NOT NULL,
    county INTEGER NOT NULL,
    dimension TEXT NOT NULL,
    value INTEGER NOT NULL,
    card_limit INTEGER NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('waiting', 'released', 'discarded')),
    made_at INTEGER NOT NULL,
    decided_at INTEGER,
    decided_by TEXT NOT NULL DEFAULT ''
);
CREATE TABLE held_cards (
    held INTEGER NOT NULL REFERENCES held (id),
    household INTEGER NOT NULL,
    draft BLOB NOT NULL,
    PRIMARY KEY (held, household)
);
CREATE TABLE standing (
    household INTEGER PRIMARY KEY,
    low_runs INTEGER NOT NULL,
    day INTEGER NOT NULL
);
-- Who objects: rules and scores open no card for the household until a person has answered.
CREATE TABLE paused (
    household INTEGER PRIMARY KEY,
    person INTEGER NOT NULL,
    since_on TEXT NOT NULL,
    due_on TEXT NOT NULL,
    by TEXT NOT NULL
);
-- Money that could be applied for: its own list, outside capacity.
CREATE TABLE money_due (
    household INTEGER NOT NULL,
    person INTEGER NOT NULL,
    region INTEGER NOT NULL,
    clause TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    status TEXT NOT NULL,
    missing TEXT NOT NULL,
    updated_on TEXT NOT NULL,
    PRIMARY KEY (household, person, clause)
);
CREATE INDEX money_due_region ON money_due (region);
-- What must leave the desk; written with the change that it tells, sent afterwards, at least once.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    transition INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    sent_at INTEGER
);
CREATE INDEX outbox_waiting ON outbox (id) WHERE sent_at IS NULL;
-- Undo: DROP TABLE outbox; DROP TABLE money_due; DROP TABLE paused; DROP TABLE standing; DROP TABLE held_cards; DROP TABLE held;
-- DROP TABLE deals; DROP TABLE cool_downs; DROP TABLE outcomes; DROP TABLE transitions; DROP TABLE card_factors;
-- DROP TABLE card_evidence; DROP TABLE cards.
