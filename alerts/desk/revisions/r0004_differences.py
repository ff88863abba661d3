"""What one source says against another, and how it was answered."""

import sqlalchemy as sa
from alembic import op

from yujing.storage.columns import NUMBER, WORDS

revision, down_revision = "0004", "0003"
_NUMBERS = (
    "subject", "household", "person", "region", "comparison", "categories", "since", "month",
    "value", "what", "basis", "card", "transition", "fact",
)  # fmt: skip
_LATER = ("card", "transition", "fact")


def upgrade() -> None:
    """Make the table."""

    def number(name: str) -> sa.Column[int]:
        default = "0" if name in _LATER else None
        return sa.Column(name, NUMBER, nullable=False, server_default=default)

    op.create_table(
        "differences",
        sa.Column("id", NUMBER, primary_key=True),
        *(number(name) for name in _NUMBERS),
        sa.Column("first_source", WORDS, nullable=False),
        sa.Column("second_source", WORDS, nullable=False),
        sa.Column(
            "stage",
            WORDS,
            sa.CheckConstraint("stage IN ('open', 'answered', 'gone')"),
            nullable=False,
        ),
        sa.Column("opened_on", WORDS, nullable=False),
        sa.Column("closed_on", WORDS),
        sa.Column("gone_on", WORDS),
        sa.Column("right_side", WORDS, nullable=False, server_default=""),
        sa.Column("answer", WORDS, nullable=False, server_default=""),
        sa.Column("answered_by", WORDS, nullable=False, server_default=""),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "differences_one_open",
        "differences",
        ["subject", "comparison"],
        unique=True,
        sqlite_where=sa.text("stage = 'open'"),
        postgresql_where=sa.text("stage = 'open'"),
    )
    op.create_index("differences_household", "differences", ["household", "stage"])
    op.create_index("differences_region", "differences", ["region", "stage"])


def downgrade() -> None:
    """Undo it."""
    op.drop_table("differences")
