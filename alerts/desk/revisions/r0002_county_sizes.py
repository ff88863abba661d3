"""How many households a county had at its last deal."""

import sqlalchemy as sa
from alembic import op

from yujing.storage.columns import NUMBER, WORDS

revision, down_revision = "0002", "0001"
FORMER_CHECKSUM = "db604b17f1849933dc578728c745ec483ff6e61084a550251e8310b716896120"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "county_sizes",
        sa.Column("county", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("households", NUMBER, nullable=False),
        sa.Column("as_of", WORDS, nullable=False),
    )


def downgrade() -> None:
    """Undo it."""
    for name in ("county_sizes",):
        op.drop_table(name)
