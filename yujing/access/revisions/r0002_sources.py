"""Which source an account of a department speaks for; tokens that end and follow others."""

import sqlalchemy as sa
from alembic import op

from yujing.storage.columns import FLAG, NUMBER, WORDS

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("account", sa.Column("source", WORDS))
    op.add_column("source_token", sa.Column("valid_until", NUMBER))
    op.add_column("source_token", sa.Column("follows", NUMBER))
    op.add_column(
        "source_token",
        sa.Column("beyond_purpose", FLAG, nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    """Undo it."""
    for name in ("beyond_purpose", "follows", "valid_until"):
        op.drop_column("source_token", name)
    op.drop_column("account", "source")
