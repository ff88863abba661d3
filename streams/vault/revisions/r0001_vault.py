"""Persons, households, employers, notes and dead letters."""

import sqlalchemy as sa
from alembic import op

from yujing.storage.columns import CONTENT, NUMBER, WORDS

revision, down_revision = "0001", None
FORMER_CHECKSUM = "ba6da77a6fb3fa0a01f3f9a1616a27139290a2ad6640171b59c27a4a5f84cce2"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "vault_check",
        sa.Column("id", NUMBER, sa.CheckConstraint("id = 1"), primary_key=True,
                  autoincrement=False),
        sa.Column("sealed", CONTENT, nullable=False),
    )  # fmt: skip
    op.create_table(
        "persons",
        sa.Column("key", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("digest", CONTENT),
        sa.Column("id_number", CONTENT),
        sa.Column("name", CONTENT),
        sa.Column("phone", CONTENT),
        sa.Column("seen", NUMBER, nullable=False),
    )
    op.create_table(
        "households",
        sa.Column("key", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("digest", CONTENT, nullable=False),
        sa.Column("number", CONTENT, nullable=False),
    )
    op.create_table(
        "employers",
        sa.Column("key", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("name", CONTENT, nullable=False),
    )
    op.create_table(
        "notes",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("owner", NUMBER, nullable=False),
        sa.Column("seen", NUMBER, nullable=False),
        sa.Column("content", CONTENT, nullable=False),
        sa.UniqueConstraint("owner", "seen"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "dead_letters",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("source", WORDS, nullable=False),
        sa.Column("seen", NUMBER, nullable=False),
        sa.Column("file", CONTENT, nullable=False),
        sa.Column("row", NUMBER, nullable=False),
        sa.Column("reason", WORDS, nullable=False),
        sa.Column("kept_at", NUMBER, nullable=False),
        sa.Column("replayed_at", NUMBER),
        sa.Column("raw", CONTENT, nullable=False),
        sa.UniqueConstraint("source", "seen"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("dead_letters", "notes", "employers", "households", "persons", "vault_check"):
        op.drop_table(name)
