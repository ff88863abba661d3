"""Likely doubles and what was decided about them."""

import sqlalchemy as sa
from alembic import op

from yujing.storage.columns import NUMBER, WORDS

revision, down_revision = "0001", None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "doubles",
        sa.Column("one", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("other", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("why", WORDS, nullable=False),
        sa.Column("found_at", NUMBER, nullable=False),
        sa.Column("decision", WORDS),
        sa.Column("link_version", NUMBER, nullable=False),
    )
    op.create_index("doubles_open", "doubles", ["decision"])
    op.create_table(
        "double_decisions",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("one", NUMBER, nullable=False),
        sa.Column("other", NUMBER, nullable=False),
        sa.Column("decision", WORDS, nullable=False),
        sa.Column("by_whom", WORDS, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("link_version", NUMBER, nullable=False),
        sa.Column("sent", NUMBER, sa.CheckConstraint("sent IN (0, 1)"), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("double_decisions_pair", "double_decisions", ["one", "other"])
    op.create_index("double_decisions_waiting", "double_decisions", ["sent"])


def downgrade() -> None:
    """Undo it."""
    op.drop_table("double_decisions")
    op.drop_table("doubles")
