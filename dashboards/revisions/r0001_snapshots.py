"""What each number of the boards was on a day, by village."""

import sqlalchemy as sa
from alembic import op

from yujing.storage.columns import NUMBER, WORDS

revision, down_revision = "0001", None
FORMER_CHECKSUM = "8334bb22fbea999d1f130d0d7ad658c3a610e4c860258441bf22b7115646cc04"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "board_snapshot",
        sa.Column("as_of", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("village", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("number", WORDS, primary_key=True),
        sa.Column("numerator", NUMBER, nullable=False),
        sa.Column("denominator", NUMBER, nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Undo it."""
    for name in ("board_snapshot",):
        op.drop_table(name)
