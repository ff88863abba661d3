"""The tables of the application: what the door answered, sweeps, backfills, findings, sheets."""

from sqlalchemy import Column, Index, MetaData, Table, UniqueConstraint

from yujing.storage.columns import CONTENT, FLAG, NUMBER, WORDS
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

DELIVERY = Table(
    "delivery",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("source", WORDS, nullable=False),
    Column("mapping", WORDS, nullable=False),
    Column("sha256", WORDS, nullable=False),
    Column("file", WORDS, nullable=False),
    Column("by_whom", WORDS, nullable=False),
    Column("via", WORDS, nullable=False),
    Column("received_at", NUMBER, nullable=False),
    Column("sheet_day", WORDS),
    Column("months", WORDS, nullable=False),
    Column("day", NUMBER, nullable=False),
    Column("number", NUMBER, nullable=False),
    Column("state", WORDS, nullable=False),
    Column("confirmed", FLAG, nullable=False),
    Column("counts", WORDS, nullable=False),
    Column("error", WORDS),
    Column("done_at", NUMBER),
    UniqueConstraint("source", "mapping", "day", "number"),
    Index("delivery_content", "sha256"),
    Index("delivery_age", "received_at"),
)
"""The sheets that were delivered, one row a file and mapping; `day` and `number` are its version.

`file` is the name of the file, empty where it could name a person; `months` are the months that it
speaks of; `state` is taking, done or refused.
"""

SHEET_SCOPE = Table(
    "sheet_scope",
    METADATA,
    Column("source", WORDS, primary_key=True),
    Column("mapping", WORDS, primary_key=True),
    Column("scope", WORDS, primary_key=True),
    Column("version", NUMBER, nullable=False),
    Column("delivery", NUMBER, nullable=False),
    Column("whole", FLAG, nullable=False),
    Column("facts", CONTENT, nullable=False),
)
"""What the last sheet of a scope held: the keys of its facts, sorted, 8 bytes each.

`version` is 0 until a first sheet is in whole; `whole` says that every row of it could be told
apart, so that what it lacks is missing.
"""
