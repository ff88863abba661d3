"""Findings of the data-quality rules, by source, rule and day."""

import sqlalchemy as sa
from alembic import op

from yujing.storage.columns import NUMBER, WORDS

revision, down_revision = "0002", "0001"
FORMER_CHECKSUM = "2b9023f588fb356da25de1fdf2e86dcac946739d2a4d20f0ec3d62da38b7ce9f"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "quality_finding",
        sa.Column("source", WORDS, primary_key=True),
        sa.Column("rule", WORDS, primary_key=True),
        sa.Column("day", WORDS, primary_key=True),
        sa.Column("n", NUMBER, nullable=False),
    )


def downgrade() -> None:
    """Undo it."""
    for name in ("quality_finding",):
        op.drop_table(name)
