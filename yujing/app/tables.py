"""The tables of the application: what the door answered, sweeps, backfills, findings of quality."""

from sqlalchemy import Column, Index, MetaData, Table

from yujing.storage.columns import CONTENT, NUMBER, WORDS
from yujing.storage.revisions import SqlRoom

ROOM = SqlRoom("app", "yujing.app")
METADATA = MetaData()

DOOR_ANSWER = Table(
    "door_answer",
    METADATA,
    Column("token_hash", WORDS, primary_key=True),
    Column("key", WORDS, primary_key=True),
    Column("body_hash", WORDS, nullable=False),
    Column("status", NUMBER, nullable=False),
    Column("answer", CONTENT, nullable=False),
    Column("answered_at", NUMBER, nullable=False),
    Index("door_answer_age", "answered_at"),
)

SWEEP = Table(
    "sweep",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("as_of", WORDS, nullable=False),
    Column("kind", WORDS, nullable=False),
    Column("position", NUMBER, nullable=False),
    Column("known_before", NUMBER, nullable=False),
    Column("counts", WORDS, nullable=False),
    Column("done_at", NUMBER, nullable=False),
    Index("sweep_day", "as_of"),
)

BACKFILL = Table(
    "backfill",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("sha256", WORDS, nullable=False),
    Column("rows", NUMBER, nullable=False),
    Column("by_whom", WORDS, nullable=False),
    Column("at", NUMBER, nullable=False),
)

QUALITY_FINDING = Table(
    "quality_finding",
    METADATA,
    Column("source", WORDS, primary_key=True),
    Column("rule", WORDS, primary_key=True),
    Column("day", WORDS, primary_key=True),
    Column("n", NUMBER, nullable=False),
)
