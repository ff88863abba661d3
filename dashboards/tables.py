"""The snapshots of the boards: what each number was on a day, by village."""

from sqlalchemy import Column, MetaData, Table

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
