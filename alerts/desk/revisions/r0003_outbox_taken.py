"""Who sends the outbox takes rows for a while, so that several may send at once."""

import sqlalchemy as sa
from alembic import op

from yujing.storage.columns import NUMBER

revision, down_revision = "0003", "0002"


def upgrade() -> None:
    """Add the column."""
    op.add_column("outbox", sa.Column("taken_until", NUMBER))


def downgrade() -> None:
    """Undo it."""
    op.drop_column("outbox", "taken_until")
