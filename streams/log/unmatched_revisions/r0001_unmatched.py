"""Events about somebody who is not registered yet."""

import sqlalchemy as sa
from alembic import op

from yujing.storage.columns import CONTENT, NUMBER, WORDS

revision, down_revision = "0001", None
FORMER_CHECKSUM = "0892cdbcc5b3b6711ae282f9a977157a493ede6cd7dbc88dbce23c9ba630e4da"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "unmatched",
        sa.Column("fact", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("version", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("content", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("subject", NUMBER, nullable=False),
        sa.Column("source", NUMBER, nullable=False),
        sa.Column("known_at", NUMBER, nullable=False),
        sa.Column("record_id", WORDS, nullable=False),
        sa.Column("layout", WORDS, nullable=False),
        sa.Column("row", CONTENT, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("unmatched_subject", "unmatched", ["subject"])
    op.create_index("unmatched_known_at", "unmatched", ["known_at"])


def downgrade() -> None:
    """Undo it."""
    for name in ("unmatched",):
        op.drop_table(name)
