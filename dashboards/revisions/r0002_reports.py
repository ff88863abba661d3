"""Reports as they were frozen and signed, and the reminders of those that are due."""

import sqlalchemy as sa
from alembic import op

from yujing.storage.columns import NUMBER, WORDS

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "report",
        sa.Column("id", WORDS, primary_key=True),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("period", WORDS, nullable=False),
        sa.Column("place", NUMBER, nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("positions", WORDS, nullable=False),
        sa.Column("known_before", NUMBER, nullable=False),
        sa.Column("made_at", NUMBER, nullable=False),
        sa.Column("body", WORDS, nullable=False),
        sa.Column("digest", WORDS, nullable=False),
        sa.Column("changes", WORDS, nullable=False),
        sa.Column("signed_by", WORDS),
        sa.Column("signed_at", NUMBER),
        sa.UniqueConstraint("kind", "period", "place", "version", name="report_version"),
    )
    op.create_table(
        "report_reminder",
        sa.Column("kind", WORDS, primary_key=True),
        sa.Column("period", WORDS, primary_key=True),
        sa.Column("due", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("days_before", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("stage", WORDS, nullable=False),
        sa.Column("reminded_at", NUMBER, nullable=False),
        sa.Column("done_at", NUMBER),
    )


def downgrade() -> None:
    """Undo it."""
    for name in ("report_reminder", "report"):
        op.drop_table(name)
