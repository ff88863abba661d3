"""What came from each source on which day, reminders, months closed, packages and their senders."""

import sqlalchemy as sa
from alembic import op

from yujing.storage.columns import NUMBER, WORDS

revision, down_revision = "0001", None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "source_day",
        sa.Column("source", WORDS, primary_key=True),
        sa.Column("day", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("kind", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("month", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("accepted", NUMBER, nullable=False),
        sa.Column("duplicate", NUMBER, nullable=False),
        sa.Column("conflict", NUMBER, nullable=False),
        sa.Column("rejected", NUMBER, nullable=False),
        sa.Column("unmatched", NUMBER, nullable=False),
        sa.Column("first_at", NUMBER, nullable=False),
        sa.Column("last_at", NUMBER, nullable=False),
    )
    op.create_table(
        "source_reminder",
        sa.Column("source", WORDS, primary_key=True),
        sa.Column("feed", WORDS, primary_key=True),
        sa.Column("period", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("due", NUMBER, nullable=False),
        sa.Column("reminded_at", NUMBER, nullable=False),
        sa.Column("delivered_at", NUMBER),
    )
    op.create_table(
        "month_close",
        sa.Column("month", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("closed_at", NUMBER, nullable=False),
        sa.Column("labourers", NUMBER, nullable=False),
        sa.Column("gaps", NUMBER, nullable=False),
        sa.Column("looked_at", NUMBER, nullable=False),
    )
    _packages()


def _packages() -> None:
    op.create_table(
        "package_sender",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("address", WORDS, nullable=False, unique=True),
        sa.Column("source", WORDS, nullable=False),
        sa.Column("regions", WORDS, nullable=False),
        sa.Column("label", WORDS, nullable=False),
        sa.Column("added_at", NUMBER, nullable=False),
        sa.Column("added_by", WORDS, nullable=False),
        sa.Column("revoked_at", NUMBER),
    )
    op.create_table(
        "package",
        sa.Column("id", WORDS, primary_key=True),
        sa.Column("sender", NUMBER, nullable=False),
        sa.Column("files", NUMBER, nullable=False),
        sa.Column("taken", NUMBER, nullable=False),
        sa.Column("begun_at", NUMBER, nullable=False),
        sa.Column("done_at", NUMBER),
    )
    op.create_index("package_of_sender", "package", ["sender", "begun_at"])


def downgrade() -> None:
    """Undo it."""
    for name in (
        "package",
        "package_sender",
        "month_close",
        "source_reminder",
        "source_day",
    ):
        op.drop_table(name)
