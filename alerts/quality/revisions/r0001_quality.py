"""Findings by row and by household."""

import sqlalchemy as sa
from alembic import op

from yujing.storage.columns import NUMBER, WORDS

revision, down_revision = "0001", None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "quality_row",
        sa.Column("about", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("rule", WORDS, primary_key=True),
        sa.Column("source", WORDS, nullable=False),
        sa.Column("kind", NUMBER, nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("record", WORDS, nullable=False),
        sa.Column("person", NUMBER, nullable=False),
        sa.Column("household", NUMBER, nullable=False),
        sa.Column("region", NUMBER, nullable=False),
        sa.Column("since", WORDS, nullable=False),
        sa.Column("mended", WORDS),
    )
    op.create_index("quality_row_source", "quality_row", ["source", "rule"])
    op.create_index("quality_row_open", "quality_row", ["mended", "kind"])


def downgrade() -> None:
    """Undo it."""
    op.drop_table("quality_row")
