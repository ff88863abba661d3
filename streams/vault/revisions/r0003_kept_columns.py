"""Columns of sheets that no mapping knows, kept as they came."""

import sqlalchemy as sa
from alembic import op

from yujing.storage.columns import CONTENT, NUMBER

revision, down_revision = "0003", "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "kept_columns",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("delivery", NUMBER, nullable=False),
        sa.Column("seen", NUMBER, nullable=False),
        sa.Column("kept_at", NUMBER, nullable=False),
        sa.Column("content", CONTENT, nullable=False),
        sa.UniqueConstraint("delivery", "seen"),
        sqlite_autoincrement=True,
    )
    op.create_index("kept_columns_age", "kept_columns", ["kept_at"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("kept_columns")
