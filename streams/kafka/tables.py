"""The workers' tables on the SQL side: who owns which partition, and what owners tell each other.

Keys are 64-bit numbers with sign (`yujing.storage.signed`); moments are seconds since 1970 UTC;
days are ISO texts.
"""

from sqlalchemy import Column, Index, MetaData, Table, UniqueConstraint

from yujing.storage.columns import CONTENT, FLAG, NUMBER, WORDS
from yujing.storage.revisions import SqlRoom

ROOM = SqlRoom("worker", "streams.kafka")
METADATA = MetaData()

OWNERS = Table(
    "owners",
    METADATA,
    Column("partition", NUMBER, primary_key=True, autoincrement=False),
    Column("epoch", NUMBER, nullable=False),
    Column("worker", WORDS, nullable=False),
    Column("since", NUMBER, nullable=False),
    Column("start_position", WORDS, nullable=False, server_default=""),
    Column("deaths", NUMBER, nullable=False, server_default="0"),
    Column("clean", FLAG, nullable=False),
)
"""Who owns a partition. `epoch` grows with every owner and fences the one before; `deaths` counts
owners that ended uncleanly at the same `start_position` (JSON, position by lane)."""

IN_HAND = Table(
    "in_hand",
    METADATA,
    Column("partition", NUMBER, primary_key=True, autoincrement=False),
    Column("first", NUMBER, primary_key=True, autoincrement=False),
    Column("last", NUMBER, nullable=False),
    Column("tries", NUMBER, nullable=False, server_default="1"),
)
"""What an owner has in hand where owners died before: first and last position of a lane, and how
many owners in a row had just that."""

NOTICES = Table(
    "notices",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("partition", NUMBER, nullable=False),
    Column("subject", NUMBER, nullable=False),
    Column("at", NUMBER, nullable=False),
    Index("notices_partition", "partition", "id"),
    sqlite_autoincrement=True,
)
"""To the owner of a partition: facts of this subject were appended by another owner."""

CUT_OFFS = Table(
    "cut_offs",
    METADATA,
    Column("day", WORDS, primary_key=True),
    Column("known_before", NUMBER, nullable=False),
    Column("positions", WORDS, nullable=False),
    Column("asked_at", NUMBER, nullable=False),
    Column("dealt_at", NUMBER),
)
"""A day that is to be swept and dealt: `positions` are the ends of all lanes (JSON)."""

REACHED = Table(
    "reached",
    METADATA,
    Column("day", WORDS, primary_key=True),
    Column("partition", NUMBER, primary_key=True, autoincrement=False),
)
"""The partitions whose owner has read up to the cut-off of a day."""

SWEEP_CONTEXTS = Table(
    "sweep_contexts",
    METADATA,
    Column("day", WORDS, primary_key=True),
    Column("partition", NUMBER, primary_key=True, autoincrement=False),
    Column("content", CONTENT, nullable=False),
)
"""What the members of a partition add to the context of the county's scores on a day."""

SWEEP_PARTS = Table(
    "sweep_parts",
    METADATA,
    Column("day", WORDS, primary_key=True),
    Column("part", WORDS, primary_key=True),
    Column("epoch", NUMBER, nullable=False),
    Column("content", CONTENT, nullable=False),
    Column("made_at", NUMBER, nullable=False),
)
"""What an owner found in its partitions on a day."""

PART_OF = Table(
    "part_of",
    METADATA,
    Column("day", WORDS, primary_key=True),
    Column("partition", NUMBER, primary_key=True, autoincrement=False),
    Column("part", WORDS, nullable=False),
)
"""Which part holds a partition's share of a day."""

PAUSED_SOURCES = Table(
    "paused_sources",
    METADATA,
    Column("source", WORDS, primary_key=True),
    Column("since", NUMBER, nullable=False),
    Column("n_read", NUMBER, nullable=False),
    Column("n_refused", NUMBER, nullable=False),
    Column("why", WORDS, nullable=False),
)
"""Sources of which too large a share was refused: their messages are set aside."""

SET_ASIDE = Table(
    "set_aside",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("source", WORDS, nullable=False),
    Column("partition", NUMBER, nullable=False),
    Column("position", NUMBER, nullable=False),
    Column("why", WORDS, nullable=False),
    Column("at", NUMBER, nullable=False),
    Column("taken_at", NUMBER),
    Column("content", CONTENT, nullable=False),
    UniqueConstraint("position", "why"),
    Index("set_aside_source", "source", "id"),
    sqlite_autoincrement=True,
)
"""Messages that nobody took, as they came and sealed: of a paused source, or such as killed a
worker. A message of a paused source may hold a part that kills, hence two columns are unique."""
