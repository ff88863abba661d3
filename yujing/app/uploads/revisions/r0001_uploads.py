"""Uploaded files and their pieces."""

import sqlalchemy as sa
from alembic import op

from yujing.storage.columns import CONTENT, FLAG, NUMBER, WORDS

revision, down_revision = "0001", None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "upload",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("username", WORDS, nullable=False),
        sa.Column("source", WORDS, nullable=False),
        sa.Column("region", WORDS, nullable=False),
        sa.Column("name", CONTENT, nullable=False),
        sa.Column("size", NUMBER, nullable=False, server_default="0"),
        sa.Column("sha256", WORDS, nullable=False, server_default=""),
        sa.Column("received_at", NUMBER, nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("month", NUMBER),
        sa.Column("confirmed", FLAG, nullable=False, server_default=sa.false()),
        sa.Column("attempt", NUMBER, nullable=False, server_default="0"),
        sa.Column("crashes", NUMBER, nullable=False, server_default="0"),
        sa.Column("not_before", NUMBER, nullable=False, server_default="0"),
        sa.Column("lease_until", NUMBER, nullable=False, server_default="0"),
        sa.Column("started_at", NUMBER),
        sa.Column("rows_done", NUMBER, nullable=False, server_default="0"),
        sa.Column("rows_total", NUMBER),
        sa.Column("told", CONTENT),
        sa.Column("done_at", NUMBER),
        sa.Column("fetched_at", NUMBER),
        sqlite_autoincrement=True,
    )
    op.create_index("upload_of_account", "upload", ["username", "id"])
    op.create_index("upload_state", "upload", ["state", "id"])
    op.create_table(
        "upload_piece",
        sa.Column("upload", NUMBER, sa.ForeignKey("upload.id"), primary_key=True,
                  autoincrement=False),
        sa.Column("part", WORDS, primary_key=True),
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("sealed", CONTENT, nullable=False),
    )  # fmt: skip


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("upload_piece")
    op.drop_table("upload")
