"""Owners of partitions, what they tell each other, and the parts of a sweep."""

import sqlalchemy as sa
from alembic import op

from yujing.storage.columns import CONTENT, FLAG, NUMBER, WORDS

revision, down_revision = "0001", None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "owners",
        sa.Column("partition", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("epoch", NUMBER, nullable=False),
        sa.Column("worker", WORDS, nullable=False),
        sa.Column("since", NUMBER, nullable=False),
        sa.Column("start_position", WORDS, nullable=False, server_default=""),
        sa.Column("deaths", NUMBER, nullable=False, server_default="0"),
        sa.Column("clean", FLAG, nullable=False),
    )
    op.create_table(
        "in_hand",
        sa.Column("partition", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("first", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("last", NUMBER, nullable=False),
        sa.Column("tries", NUMBER, nullable=False, server_default="1"),
    )
    op.create_table(
        "notices",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("partition", NUMBER, nullable=False),
        sa.Column("subject", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("notices_partition", "notices", ["partition", "id"])
    _sweep()
    _sources()


def _sweep() -> None:
    op.create_table(
        "cut_offs",
        sa.Column("day", WORDS, primary_key=True),
        sa.Column("known_before", NUMBER, nullable=False),
        sa.Column("positions", WORDS, nullable=False),
        sa.Column("asked_at", NUMBER, nullable=False),
        sa.Column("dealt_at", NUMBER),
    )
    op.create_table(
        "reached",
        sa.Column("day", WORDS, primary_key=True),
        sa.Column("partition", NUMBER, primary_key=True, autoincrement=False),
    )
    op.create_table(
        "sweep_contexts",
        sa.Column("day", WORDS, primary_key=True),
        sa.Column("partition", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("content", CONTENT, nullable=False),
    )
    op.create_table(
        "sweep_parts",
        sa.Column("day", WORDS, primary_key=True),
        sa.Column("part", WORDS, primary_key=True),
        sa.Column("epoch", NUMBER, nullable=False),
        sa.Column("content", CONTENT, nullable=False),
        sa.Column("made_at", NUMBER, nullable=False),
    )
    op.create_table(
        "part_of",
        sa.Column("day", WORDS, primary_key=True),
        sa.Column("partition", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("part", WORDS, nullable=False),
    )


def _sources() -> None:
    op.create_table(
        "paused_sources",
        sa.Column("source", WORDS, primary_key=True),
        sa.Column("since", NUMBER, nullable=False),
        sa.Column("n_read", NUMBER, nullable=False),
        sa.Column("n_refused", NUMBER, nullable=False),
        sa.Column("why", WORDS, nullable=False),
    )
    op.create_table(
        "set_aside",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("source", WORDS, nullable=False),
        sa.Column("partition", NUMBER, nullable=False),
        sa.Column("position", NUMBER, nullable=False),
        sa.Column("why", WORDS, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("taken_at", NUMBER),
        sa.Column("content", CONTENT, nullable=False),
        sa.UniqueConstraint("position", "why"),
        sqlite_autoincrement=True,
    )
    op.create_index("set_aside_source", "set_aside", ["source", "id"])


def downgrade() -> None:
    """Drop the tables."""
    for name in (
        "set_aside", "paused_sources", "part_of", "sweep_parts", "sweep_contexts", "reached",
        "cut_offs", "notices", "in_hand", "owners",
    ):  # fmt: skip
        op.drop_table(name)
