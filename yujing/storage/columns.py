"""Types of columns that mean the same on SQLite and PostgreSQL.

Revisions of long ago use them too: a type here never changes its meaning.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Dialect,
    Double,
    Integer,
    LargeBinary,
    Text,
    TypeDecorator,
)


class Words(TypeDecorator[str]):
    """A text; sorted by its bytes on both, whatever the language of the server.

    PostgreSQL has no NUL in a text: what somebody typed or sent with one is kept with U+FFFD in
    its place, on both.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Return the type of an engine."""
        plain = Text(collation="C") if dialect.name == "postgresql" else Text()
        return dialect.type_descriptor(plain)

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Return what is stored of a text."""
        return value.replace("\0", "\ufffd") if value else value



NUMBER = BigInteger().with_variant(Integer(), "sqlite")
"""A whole number of 64 bits with sign; SQLite numbers rows only where a column is INTEGER."""

WORDS = Words()
"""A text."""

CONTENT = LargeBinary()
"""Bytes."""

RATIO: Double[float] = Double()
"""A number of 64 bits with a fraction."""

FLAG = Boolean()
"""Yes or no."""
