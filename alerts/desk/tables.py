"""The tables of the desk: cards, what was decided, by whom and why.

Keys are 64-bit hashes with sign, days ISO texts, moments seconds since 1970 UTC. No name, no ID
number and no free text is here: a note is a number in the vault.
"""

from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, MetaData, Table, text

from yujing.storage.columns import CONTENT, NUMBER, RATIO, WORDS
from yujing.storage.revisions import SqlRoom

ROOM = SqlRoom("desk", "alerts.desk")
METADATA = MetaData()
LIVE_STAGES = ("open", "acknowledged")
_LIVE = text("stage IN ('open', 'acknowledged')")
_FROM_OUTSIDE = text("fact != 0")
_WAITING = text("sent_at IS NULL")

CARDS = Table(
    "cards",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("household", NUMBER, nullable=False),
    Column("person", NUMBER, nullable=False),
    Column("region", NUMBER, nullable=False),
    Column(
        "kind",
        WORDS,
        CheckConstraint("kind IN ('fact', 'report', 'seasonal', 'score', 'audit')"),
        nullable=False,
    ),
    Column(
        "stage",
        WORDS,
        CheckConstraint("stage IN ('open', 'acknowledged', 'completed', 'cancelled', 'expired')"),
        nullable=False,
    ),
    Column("level", NUMBER, CheckConstraint("level BETWEEN 1 AND 3"), nullable=False),
    Column("rule", NUMBER, nullable=False),
    Column("reason", WORDS, nullable=False),
    Column("score_reason", WORDS, nullable=False),
    Column("kinds", NUMBER, nullable=False),
    Column("source", NUMBER, nullable=False),
    Column("employer", NUMBER, nullable=False),
    Column("file", NUMBER, nullable=False),
    Column("sentence", WORDS, nullable=False),
    Column("benefit_fen", NUMBER, nullable=False),
    Column("p12", RATIO, nullable=False),
    Column("u90", RATIO, nullable=False),
    Column("audit_probability", RATIO),
    Column("opened_on", WORDS, nullable=False),
    Column("opened_at", NUMBER, nullable=False),
    Column("due_on", WORDS, nullable=False),
    Column("measure_due_on", WORDS, nullable=False),
    Column("seen_at", NUMBER),
    Column("assignee", WORDS, nullable=False, server_default=""),
    Column("snoozed_until", WORDS),
    Column("n_tries", NUMBER, nullable=False, server_default="0"),
    Column("outcome", WORDS, nullable=False, server_default=""),
    Column("ended_on", WORDS),
    Column("ended_why", WORDS, nullable=False, server_default=""),
    Column("ended_event", NUMBER, nullable=False, server_default="0"),
    Index(
        "cards_one_open",
        "household",
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    ),
    Index("cards_region", "region", "stage"),
    Index("cards_opened", "opened_on", "region"),
    sqlite_autoincrement=True,
)
"""At most one open card a household, whatever opened it."""

EVIDENCE = Table(
    "card_evidence",
    METADATA,
    Column("card", NUMBER, ForeignKey("cards.id"), primary_key=True, autoincrement=False),
    Column("rule", NUMBER, primary_key=True, autoincrement=False),
    Column("person", NUMBER, primary_key=True, autoincrement=False),
    Column("level", NUMBER, nullable=False),
    Column("since", NUMBER, nullable=False),
    Column("sentence", WORDS, nullable=False),
    Column("first_on", WORDS, nullable=False),
    Column("last_on", WORDS, nullable=False),
    Column("gone_on", WORDS),
)

FACTORS = Table(
    "card_factors",
    METADATA,
    Column("card", NUMBER, ForeignKey("cards.id"), primary_key=True, autoincrement=False),
    Column("place", NUMBER, primary_key=True, autoincrement=False),
    Column("name", WORDS, nullable=False),
    Column("zh", WORDS, nullable=False),
    Column("points", RATIO, nullable=False),
    Column("words", WORDS, nullable=False),
)

TRANSITIONS = Table(
    "transitions",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("card", NUMBER, ForeignKey("cards.id"), nullable=False),
    Column("at", NUMBER, nullable=False),
    Column("day", WORDS, nullable=False),
    Column("by", WORDS, nullable=False),
    Column("role", WORDS, nullable=False),
    Column("what", WORDS, nullable=False),
    Column("from_stage", WORDS, nullable=False),
    Column("to_stage", WORDS, nullable=False),
    Column("why", WORDS, nullable=False),
    Column("event", NUMBER, nullable=False, server_default="0"),
    Column("before", WORDS, nullable=False, server_default=""),
    Column("undone", NUMBER, nullable=False, server_default="0"),
    Index("transitions_card", "card"),
    sqlite_autoincrement=True,
)
"""A change of a card: who, when, why, and the event that made it so. `before` undoes it."""

OUTCOMES = Table(
    "outcomes",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("card", NUMBER, ForeignKey("cards.id"), nullable=False),
    Column("transition", NUMBER, ForeignKey("transitions.id"), nullable=False),
    Column("fact", NUMBER, nullable=False),
    Column("day", WORDS, nullable=False),
    Column("by", WORDS, nullable=False),
    Column("outcome", WORDS, nullable=False),
    Column("mode", WORDS, nullable=False),
    Column("answers", WORDS, nullable=False),
    Column("note", NUMBER),
    Column("rule", NUMBER, nullable=False),
    Column("kind", WORDS, nullable=False),
    Column("undone", NUMBER, nullable=False, server_default="0"),
    Index(
        "outcomes_fact",
        "fact",
        unique=True,
        sqlite_where=_FROM_OUTSIDE,
        postgresql_where=_FROM_OUTSIDE,
    ),
    Index("outcomes_card", "card"),
    sqlite_autoincrement=True,
)

COOL_DOWNS = Table(
    "cool_downs",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("household", NUMBER, nullable=False),
    Column("card", NUMBER, nullable=False),
    Column("kinds", NUMBER, nullable=False),
    Column("level", NUMBER, nullable=False),
    Column("score_reason", WORDS, nullable=False),
    Column("until_on", WORDS, nullable=False),
    Column("why", WORDS, nullable=False),
    Column("transition", NUMBER, nullable=False),
    Index("cool_downs_until", "until_on"),
    sqlite_autoincrement=True,
)

DEALS = Table(
    "deals",
    METADATA,
    Column("day", WORDS, primary_key=True),
    Column("village", NUMBER, primary_key=True, autoincrement=False),
    Column("claimed_at", NUMBER, nullable=False),
    Column("seed", NUMBER, nullable=False),
    Column("position", NUMBER, nullable=False),
    Column("late_sources", WORDS, nullable=False),
    Column("capacity", NUMBER, nullable=False),
    Column("released", NUMBER, nullable=False),
    Column("used", NUMBER, nullable=False),
    Column("n_dealt", NUMBER, nullable=False),
    Column("n_audits", NUMBER, nullable=False),
    Column("not_sent", NUMBER, nullable=False),
    Column("not_sent_fen", NUMBER, nullable=False),
    Column("candidates", CONTENT, nullable=False),
    Index("deals_village", "village", "day"),
)
"""Every (village, day) is claimed once. `candidates` is the deal in order, zlib over JSON, for the
digest and the list of who got no card."""

HELD = Table(
    "held",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("day", WORDS, nullable=False),
    Column("county", NUMBER, nullable=False),
    Column("dimension", WORDS, nullable=False),
    Column("value", NUMBER, nullable=False),
    Column("card_limit", NUMBER, nullable=False),
    Column(
        "stage",
        WORDS,
        CheckConstraint("stage IN ('waiting', 'released', 'discarded')"),
        nullable=False,
    ),
    Column("made_at", NUMBER, nullable=False),
    Column("decided_at", NUMBER),
    Column("decided_by", WORDS, nullable=False, server_default=""),
    sqlite_autoincrement=True,
)

HELD_CARDS = Table(
    "held_cards",
    METADATA,
    Column("held", NUMBER, ForeignKey("held.id"), primary_key=True, autoincrement=False),
    Column("household", NUMBER, primary_key=True, autoincrement=False),
    Column("draft", CONTENT, nullable=False),
)

STANDING = Table(
    "standing",
    METADATA,
    Column("household", NUMBER, primary_key=True, autoincrement=False),
    Column("low_runs", NUMBER, nullable=False),
    Column("day", NUMBER, nullable=False),
)

PAUSED = Table(
    "paused",
    METADATA,
    Column("household", NUMBER, primary_key=True, autoincrement=False),
    Column("person", NUMBER, nullable=False),
    Column("since_on", WORDS, nullable=False),
    Column("due_on", WORDS, nullable=False),
    Column("by", WORDS, nullable=False),
)
"""Who objects: rules and scores open no card for the household until a person has answered."""

MONEY_DUE = Table(
    "money_due",
    METADATA,
    Column("household", NUMBER, primary_key=True, autoincrement=False),
    Column("person", NUMBER, primary_key=True, autoincrement=False),
    Column("region", NUMBER, nullable=False),
    Column("clause", WORDS, primary_key=True),
    Column("amount_fen", NUMBER, nullable=False),
    Column("status", WORDS, nullable=False),
    Column("missing", WORDS, nullable=False),
    Column("updated_on", WORDS, nullable=False),
    Index("money_due_region", "region"),
)
"""Money that could be applied for: its own list, outside capacity."""

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("kind", WORDS, nullable=False),
    Column("transition", NUMBER, nullable=False, server_default="0"),
    Column("body", WORDS, nullable=False),
    Column("made_at", NUMBER, nullable=False),
    Column("sent_at", NUMBER),
    Column("taken_until", NUMBER),
    Index(
        "outbox_waiting",
        "id",
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    ),
    sqlite_autoincrement=True,
)
"""What must leave the desk; written with the change that it tells, sent afterwards, at least once.
Who sends a row has it until `taken_until`."""

_OPEN = text("stage = 'open'")

DIFFERENCES = Table(
    "differences",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("subject", NUMBER, nullable=False),
    Column("household", NUMBER, nullable=False),
    Column("person", NUMBER, nullable=False),
    Column("region", NUMBER, nullable=False),
    Column("comparison", NUMBER, nullable=False),
    Column("first_source", WORDS, nullable=False),
    Column("second_source", WORDS, nullable=False),
    Column("categories", NUMBER, nullable=False),
    Column("since", NUMBER, nullable=False),
    Column("month", NUMBER, nullable=False),
    Column("value", NUMBER, nullable=False),
    Column("what", NUMBER, nullable=False),
    Column("basis", NUMBER, nullable=False),
    Column(
        "stage",
        WORDS,
        CheckConstraint("stage IN ('open', 'answered', 'gone')"),
        nullable=False,
    ),
    Column("opened_on", WORDS, nullable=False),
    Column("closed_on", WORDS),
    Column("gone_on", WORDS),
    Column("right_side", WORDS, nullable=False, server_default=""),
    Column("answer", WORDS, nullable=False, server_default=""),
    Column("answered_by", WORDS, nullable=False, server_default=""),
    Column("card", NUMBER, nullable=False, server_default="0"),
    Column("transition", NUMBER, nullable=False, server_default="0"),
    Column("fact", NUMBER, nullable=False, server_default="0"),
    Index(
        "differences_one_open",
        "subject",
        "comparison",
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
    Index("differences_household", "household", "stage"),
    Index("differences_region", "region", "stage"),
    sqlite_autoincrement=True,
)
"""What one source says against another (alerts.comparisons): asked at most once for the same
claims. `gone_on` is the day from which an answered one holds no more. `basis` 0: answered before
it was found."""

COUNTY_SIZES = Table(
    "county_sizes",
    METADATA,
    Column("county", NUMBER, primary_key=True, autoincrement=False),
    Column("households", NUMBER, nullable=False),
    Column("as_of", WORDS, nullable=False),
)
"""How many households with present members a county had at its last deal: what opens cards between
two deals may see only a part of the county, and a burst is measured against the whole."""


def is_live() -> Any:
    """Return the condition of an open card, the one of the partial unique index."""
    return CARDS.c.stage.in_(LIVE_STAGES)
