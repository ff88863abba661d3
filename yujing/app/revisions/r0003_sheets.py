"""Deliveries of sheets, and what the last sheet of each scope held."""

import sqlalchemy as sa
from alembic import op

from yujing.storage.columns import CONTENT, FLAG, NUMBER, WORDS

revision, down_revision = "0003", "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "delivery",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("source", WORDS, nullable=False),
        sa.Column("mapping", WORDS, nullable=False),
        sa.Column("sha256", WORDS, nullable=False),
        sa.Column("file", WORDS, nullable=False),
        sa.Column("by_whom", WORDS, nullable=False),
        sa.Column("via", WORDS, nullable=False),
        sa.Column("received_at", NUMBER, nullable=False),
        sa.Column("sheet_day", WORDS),
        sa.Column("months", WORDS, nullable=False),
        sa.Column("day", NUMBER, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("confirmed", FLAG, nullable=False),
        sa.Column("counts", WORDS, nullable=False),
        sa.Column("error", WORDS),
        sa.Column("done_at", NUMBER),
        sa.UniqueConstraint("source", "mapping", "day", "number"),
    )
    op.create_index("delivery_content", "delivery", ["sha256"])
    op.create_index("delivery_age", "delivery", ["received_at"])
    op.create_table(
        "sheet_scope",
        sa.Column("source", WORDS, primary_key=True),
        sa.Column("mapping", WORDS, primary_key=True),
        sa.Column("scope", WORDS, primary_key=True),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("delivery", NUMBER, nullable=False),
        sa.Column("whole", FLAG, nullable=False),
        sa.Column("facts", CONTENT, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("sheet_scope")
    op.drop_table("delivery")
