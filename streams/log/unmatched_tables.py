"""Events about somebody who is not registered yet.

A row is the bytes of one `streams.fact.FACT`, which hold keys and no personal text; `layout` names
the columns of FACT at the time, so that a row of an older layout is never misread.
"""

from sqlalchemy import Column, Index, MetaData, Table

from yujing.storage.columns import CONTENT, NUMBER, WORDS
from yujing.storage.revisions import SqlRoom

ROOM = SqlRoom("unmatched", "streams.log", "unmatched_revisions")
METADATA = MetaData()

UNMATCHED = Table(
    "unmatched",
    METADATA,
    Column("fact", NUMBER, primary_key=True, autoincrement=False),
    Column("version", NUMBER, primary_key=True, autoincrement=False),
    Column("content", NUMBER, primary_key=True, autoincrement=False),
    Column("subject", NUMBER, nullable=False),
    Column("source", NUMBER, nullable=False),
    Column("known_at", NUMBER, nullable=False),
    Column("record_id", WORDS, nullable=False),
    Column("layout", WORDS, nullable=False),
    Column("row", CONTENT, nullable=False),
    Column("kept_at", NUMBER, nullable=False, server_default="0"),
    Index("unmatched_subject", "subject"),
    Index("unmatched_known_at", "known_at"),
    Index("unmatched_kept_at", "kept_at"),
    sqlite_with_rowid=False,
)
