"""Who may enter, from where, and what personal data they read."""

import sqlalchemy as sa
from alembic import op

from yujing.storage.columns import FLAG, NUMBER, WORDS

revision, down_revision = "0001", None
FORMER_CHECKSUM = "1baf491402146b56249aa42ac9abc21df01c59233549d9640b5b857b5f215507"


def upgrade() -> None:
    """Make the tables."""
    _entries()
    _records()


def _entries() -> None:
    op.create_table(
        "account",
        sa.Column("username", WORDS, primary_key=True),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("role", WORDS, nullable=False),
        sa.Column("scope", WORDS, nullable=False),
        sa.Column("password_hash", WORDS, nullable=False),
        sa.Column("must_change", FLAG, nullable=False),
        sa.Column("valid_until", NUMBER),
        sa.Column("disabled", FLAG, nullable=False, server_default=sa.false()),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.Column("changed_at", NUMBER, nullable=False),
    )
    op.create_table(
        "session",
        sa.Column("token_hash", WORDS, primary_key=True),
        sa.Column("public_id", WORDS, nullable=False, unique=True),
        sa.Column("username", WORDS, sa.ForeignKey("account.username"), nullable=False),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.Column("seen_at", NUMBER, nullable=False),
        sa.Column("ended_at", NUMBER),
        sa.Column("address", WORDS, nullable=False),
        sa.Column("browser", WORDS, nullable=False),
    )
    op.create_index(
        "session_of_account",
        "session",
        ["username"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "login_attempt",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("subject", WORDS, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
    )
    op.create_index("login_attempt_of", "login_attempt", ["kind", "subject", "at"])


def _records() -> None:
    op.create_table(
        "personal_read",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("username", WORDS, nullable=False),
        sa.Column("role", WORDS, nullable=False),
        sa.Column("what", WORDS, nullable=False),
        sa.Column("subject", WORDS, nullable=False),
        sa.Column("reason", WORDS, nullable=False),
        sa.Column("address", WORDS, nullable=False),
    )
    op.create_index("personal_read_of_subject", "personal_read", ["subject", "at"])
    op.create_index("personal_read_of_account", "personal_read", ["username", "at"])
    op.create_table(
        "source_token",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("token_hash", WORDS, nullable=False, unique=True),
        sa.Column("source", WORDS, nullable=False),
        sa.Column("kinds", WORDS, nullable=False),
        sa.Column("regions", WORDS, nullable=False),
        sa.Column("backfill", FLAG, nullable=False),
        sa.Column("label", WORDS, nullable=False),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.Column("created_by", WORDS, nullable=False),
        sa.Column("used_at", NUMBER),
        sa.Column("revoked_at", NUMBER),
    )
    op.create_table(
        "account_change",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("username", WORDS, nullable=False),
        sa.Column("what", WORDS, nullable=False),
        sa.Column("by_whom", WORDS, nullable=False),
    )


def downgrade() -> None:
    """Undo it."""
    for name in (
        "account_change",
        "source_token",
        "personal_read",
        "login_attempt",
        "session",
        "account",
    ):
        op.drop_table(name)
