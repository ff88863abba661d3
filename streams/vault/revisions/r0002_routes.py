"""Where the door sends the events of a person, and which households are registered."""

import sqlalchemy as sa
from alembic import op

from yujing.storage.columns import NUMBER

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "routes",
        sa.Column("person", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("household", NUMBER, nullable=False),
    )
    op.create_index("routes_household", "routes", ["household"])
    op.create_table(
        "registered_households",
        sa.Column("household", NUMBER, primary_key=True, autoincrement=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("registered_households")
    op.drop_table("routes")
