"""The snapshots of the boards, the frozen reports, and the reminders of those that are due."""

from sqlalchemy import Column, MetaData, Table, UniqueConstraint

from yujing.storage.columns import NUMBER, WORDS
from yujing.storage.revisions import SqlRoom

ROOM = SqlRoom("dashboards", "dashboards")
METADATA = MetaData()

BOARD_SNAPSHOT = Table(
    "board_snapshot",
    METADATA,
    Column("as_of", NUMBER, primary_key=True, autoincrement=False),
    Column("village", NUMBER, primary_key=True, autoincrement=False),
    Column("number", WORDS, primary_key=True),
    Column("numerator", NUMBER, nullable=False),
    Column("denominator", NUMBER, nullable=False),
    sqlite_with_rowid=False,
)

REPORT = Table(
    "report",
    METADATA,
    Column("id", WORDS, primary_key=True),
    Column("kind", WORDS, nullable=False),
    Column("period", WORDS, nullable=False),
    Column("place", NUMBER, nullable=False),
    Column("version", NUMBER, nullable=False),
    Column("positions", WORDS, nullable=False),
    Column("known_before", NUMBER, nullable=False),
    Column("made_at", NUMBER, nullable=False),
    Column("body", WORDS, nullable=False),
    Column("digest", WORDS, nullable=False),
    Column("changes", WORDS, nullable=False),
    Column("signed_by", WORDS),
    Column("signed_at", NUMBER),
    UniqueConstraint("kind", "period", "place", "version", name="report_version"),
)

REPORT_REMINDER = Table(
    "report_reminder",
    METADATA,
    Column("kind", WORDS, primary_key=True),
    Column("period", WORDS, primary_key=True),
    Column("due", NUMBER, primary_key=True, autoincrement=False),
    Column("days_before", NUMBER, primary_key=True, autoincrement=False),
    Column("stage", WORDS, nullable=False),
    Column("reminded_at", NUMBER, nullable=False),
    Column("done_at", NUMBER),
)
