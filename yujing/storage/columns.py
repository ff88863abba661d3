"""Types of columns that mean the same on SQLite and PostgreSQL.

Revisions of long ago use them too: a type here never changes its meaning.
"""

from sqlalchemy import BigInteger, Boolean, Double, Integer, LargeBinary, Text

NUMBER = BigInteger().with_variant(Integer(), "sqlite")
"""A whole number of 64 bits with sign; SQLite numbers rows only where a column is INTEGER."""

WORDS = Text().with_variant(Text(collation="C"), "postgresql")
"""A text; sorted by its bytes on both, whatever the language of the server."""

CONTENT = LargeBinary()
"""Bytes."""

RATIO: Double[float] = Double()
"""A number of 64 bits with a fraction."""

FLAG = Boolean()
"""Yes or no."""
