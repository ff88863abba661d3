"""The tables of the vault; keys are 64-bit numbers with sign.

Every column of bytes is sealed (AES-256-GCM) except `digest`, a keyed hash. `seen` is a keyed hash
of the texts last given, so that sending them again writes nothing.
"""

from sqlalchemy import CheckConstraint, Column, Index, MetaData, Table, UniqueConstraint

from yujing.storage.columns import CONTENT, NUMBER, WORDS
from yujing.storage.revisions import SqlRoom

ROOM = SqlRoom("vault", "streams.vault")
METADATA = MetaData()

VAULT_CHECK = Table(
    "vault_check",
    METADATA,
    Column("id", NUMBER, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    Column("sealed", CONTENT, nullable=False),
)
PERSONS = Table(
    "persons",
    METADATA,
    Column("key", NUMBER, primary_key=True, autoincrement=False),
    Column("digest", CONTENT),
    Column("id_number", CONTENT),
    Column("name", CONTENT),
    Column("phone", CONTENT),
    Column("seen", NUMBER, nullable=False),
)
HOUSEHOLDS = Table(
    "households",
    METADATA,
    Column("key", NUMBER, primary_key=True, autoincrement=False),
    Column("digest", CONTENT, nullable=False),
    Column("number", CONTENT, nullable=False),
)
EMPLOYERS = Table(
    "employers",
    METADATA,
    Column("key", NUMBER, primary_key=True, autoincrement=False),
    Column("name", CONTENT, nullable=False),
)
NOTES = Table(
    "notes",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("owner", NUMBER, nullable=False),
    Column("seen", NUMBER, nullable=False),
    Column("content", CONTENT, nullable=False),
    UniqueConstraint("owner", "seen"),
    sqlite_autoincrement=True,
)
DEAD_LETTERS = Table(
    "dead_letters",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("source", WORDS, nullable=False),
    Column("seen", NUMBER, nullable=False),
    Column("file", CONTENT, nullable=False),
    Column("row", NUMBER, nullable=False),
    Column("reason", WORDS, nullable=False),
    Column("kept_at", NUMBER, nullable=False),
    Column("replayed_at", NUMBER),
    Column("raw", CONTENT, nullable=False),
    UniqueConstraint("source", "seen"),
    sqlite_autoincrement=True,
)
ROUTES = Table(
    "routes",
    METADATA,
    Column("person", NUMBER, primary_key=True, autoincrement=False),
    Column("household", NUMBER, nullable=False),
    Index("routes_household", "household"),
)
"""Which household a person belongs to, as the door knows it: where his events are sent."""

REGISTERED_HOUSEHOLDS = Table(
    "registered_households",
    METADATA,
    Column("household", NUMBER, primary_key=True, autoincrement=False),
)
"""The households that somebody has registered."""

KEPT_COLUMNS = Table(
    "kept_columns",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("delivery", NUMBER, nullable=False),
    Column("seen", NUMBER, nullable=False),
    Column("kept_at", NUMBER, nullable=False),
    Column("content", CONTENT, nullable=False),
    UniqueConstraint("delivery", "seen"),
    Index("kept_columns_age", "kept_at"),
    sqlite_autoincrement=True,
)
"""Columns of a sheet that no mapping knows, as they came; a delivery is one of a register beside
the desk."""
