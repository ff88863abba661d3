"""When an event was first kept: a backfill brings events that were known long ago."""

import sqlalchemy as sa
from alembic import op

from yujing.storage.columns import NUMBER

revision, down_revision = "0002", "0001"
FORMER_CHECKSUM = "0de0312f2663c2c1fc7bb2a80877ca3f6619efb6b00c4d9a4466733b65e71c35"


def upgrade() -> None:
    """Add the column."""
    op.add_column("unmatched", sa.Column("kept_at", NUMBER, nullable=False, server_default="0"))
    op.create_index("unmatched_kept_at", "unmatched", ["kept_at"])


def downgrade() -> None:
    """Undo it."""
    op.drop_index("unmatched_kept_at", "unmatched")
    op.drop_column("unmatched", "kept_at")
