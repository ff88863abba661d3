"""Answers of the HTTP door, sweeps and backfills."""

import sqlalchemy as sa
from alembic import op

from yujing.storage.columns import CONTENT, NUMBER, WORDS

revision, down_revision = "0001", None
FORMER_CHECKSUM = "c99710a2cd6bb5347c9b4f79c1e5d1d5d78d9cf83adb79210a48caf0b19ce768"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "door_answer",
        sa.Column("token_hash", WORDS, primary_key=True),
        sa.Column("key", WORDS, primary_key=True),
        sa.Column("body_hash", WORDS, nullable=False),
        sa.Column("status", NUMBER, nullable=False),
        sa.Column("answer", CONTENT, nullable=False),
        sa.Column("answered_at", NUMBER, nullable=False),
    )
    op.create_index("door_answer_age", "door_answer", ["answered_at"])
    op.create_table(
        "sweep",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("as_of", WORDS, nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("position", NUMBER, nullable=False),
        sa.Column("known_before", NUMBER, nullable=False),
        sa.Column("counts", WORDS, nullable=False),
        sa.Column("done_at", NUMBER, nullable=False),
    )
    op.create_index("sweep_day", "sweep", ["as_of"])
    op.create_table(
        "backfill",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("sha256", WORDS, nullable=False),
        sa.Column("rows", NUMBER, nullable=False),
        sa.Column("by_whom", WORDS, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
    )


def downgrade() -> None:
    """Undo it."""
    for name in (
        "backfill",
        "sweep",
        "door_answer",
    ):
        op.drop_table(name)
