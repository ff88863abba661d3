"""The table of findings; keys are 64-bit numbers with sign, and nothing in it names a person.

A finding is about a fact, when a rule doubts a row, or about a person or household, when a rule
doubts what is known of them together. It is open until the same fact comes without it, or the rule
does not hold any more; then it keeps the day on which it was mended.
"""

from sqlalchemy import Column, Index, MetaData, Table

from yujing.storage.columns import NUMBER, WORDS
from yujing.storage.revisions import SqlRoom

ROOM = SqlRoom("quality", "alerts.quality")
METADATA = MetaData()

QUALITY_ROW = Table(
    "quality_row",
    METADATA,
    Column("about", NUMBER, primary_key=True, autoincrement=False),
    Column("rule", WORDS, primary_key=True),
    Column("source", WORDS, nullable=False),
    Column("kind", NUMBER, nullable=False),
    Column("version", NUMBER, nullable=False),
    Column("record", WORDS, nullable=False),
    Column("person", NUMBER, nullable=False),
    Column("household", NUMBER, nullable=False),
    Column("region", NUMBER, nullable=False),
    Column("since", WORDS, nullable=False),
    Column("mended", WORDS),
    Index("quality_row_source", "source", "rule"),
    Index("quality_row_open", "mended", "kind"),
)
