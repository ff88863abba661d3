"""What is known of sources: what came on which day, reminders, months closed, packages.

Moments are seconds since 1970 UTC; days and periods are day and month numbers.
"""

from sqlalchemy import Column, Index, MetaData, Table

from yujing.storage.columns import NUMBER, WORDS
from yujing.storage.revisions import SqlRoom

ROOM = SqlRoom("sources", "yujing.app", "source_revisions")
METADATA = MetaData()

SOURCE_DAY = Table(
    "source_day",
    METADATA,
    Column("source", WORDS, primary_key=True),
    Column("day", NUMBER, primary_key=True, autoincrement=False),
    Column("kind", NUMBER, primary_key=True, autoincrement=False),
    Column("month", NUMBER, primary_key=True, autoincrement=False),
    Column("accepted", NUMBER, nullable=False),
    Column("duplicate", NUMBER, nullable=False),
    Column("conflict", NUMBER, nullable=False),
    Column("rejected", NUMBER, nullable=False),
    Column("unmatched", NUMBER, nullable=False),
    Column("first_at", NUMBER, nullable=False),
    Column("last_at", NUMBER, nullable=False),
)

SOURCE_REMINDER = Table(
    "source_reminder",
    METADATA,
    Column("source", WORDS, primary_key=True),
    Column("feed", WORDS, primary_key=True),
    Column("period", NUMBER, primary_key=True, autoincrement=False),
    Column("due", NUMBER, nullable=False),
    Column("reminded_at", NUMBER, nullable=False),
    Column("delivered_at", NUMBER),
)

MONTH_CLOSE = Table(
    "month_close",
    METADATA,
    Column("month", NUMBER, primary_key=True, autoincrement=False),
    Column("closed_at", NUMBER, nullable=False),
    Column("labourers", NUMBER, nullable=False),
    Column("gaps", NUMBER, nullable=False),
    Column("looked_at", NUMBER, nullable=False),
)

PACKAGE_SENDER = Table(
    "package_sender",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("address", WORDS, nullable=False, unique=True),
    Column("source", WORDS, nullable=False),
    Column("regions", WORDS, nullable=False),
    Column("label", WORDS, nullable=False),
    Column("added_at", NUMBER, nullable=False),
    Column("added_by", WORDS, nullable=False),
    Column("revoked_at", NUMBER),
)

PACKAGE = Table(
    "package",
    METADATA,
    Column("id", WORDS, primary_key=True),
    Column("sender", NUMBER, nullable=False),
    Column("files", NUMBER, nullable=False),
    Column("taken", NUMBER, nullable=False),
    Column("begun_at", NUMBER, nullable=False),
    Column("done_at", NUMBER),
    Index("package_of_sender", "sender", "begun_at"),
)
