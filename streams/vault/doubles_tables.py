"""The tables of likely doubles; keys with sign alone, so nothing in them names a person."""

from sqlalchemy import CheckConstraint, Column, Index, MetaData, Table

from yujing.storage.columns import NUMBER, WORDS
from yujing.storage.revisions import SqlRoom

ROOM = SqlRoom("doubles", "streams.vault", "doubles_revisions")
METADATA = MetaData()

DOUBLES = Table(
    "doubles",
    METADATA,
    Column("one", NUMBER, primary_key=True, autoincrement=False),
    Column("other", NUMBER, primary_key=True, autoincrement=False),
    Column("why", WORDS, nullable=False),
    Column("found_at", NUMBER, nullable=False),
    Column("decision", WORDS),
    Column("link_version", NUMBER, nullable=False),
    Index("doubles_open", "decision"),
)
"""A pair; for somebody in two households `one` is the person and `other` the other household."""

DOUBLE_DECISIONS = Table(
    "double_decisions",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("one", NUMBER, nullable=False),
    Column("other", NUMBER, nullable=False),
    Column("decision", WORDS, nullable=False),
    Column("by_whom", WORDS, nullable=False),
    Column("at", NUMBER, nullable=False),
    Column("link_version", NUMBER, nullable=False),
    Column("sent", NUMBER, CheckConstraint("sent IN (0, 1)"), nullable=False),
    Index("double_decisions_pair", "one", "other"),
    Index("double_decisions_waiting", "sent"),
    sqlite_autoincrement=True,
)
"""Who decided what and when; `link_version` above 0 is the version of the link to be sent."""
