"""Who may enter, from where to where, and what personal data they read.

Moments are seconds since 1970 UTC.
"""

from sqlalchemy import Column, ForeignKey, Index, MetaData, Table, false, text

from yujing.storage.columns import FLAG, NUMBER, WORDS
from yujing.storage.revisions import SqlRoom

ROOM = SqlRoom("access", "yujing.access")
METADATA = MetaData()

ACCOUNT = Table(
    "account",
    METADATA,
    Column("username", WORDS, primary_key=True),
    Column("name", WORDS, nullable=False),
    Column("role", WORDS, nullable=False),
    Column("scope", WORDS, nullable=False),
    Column("password_hash", WORDS, nullable=False),
    Column("must_change", FLAG, nullable=False),
    Column("valid_until", NUMBER),
    Column("disabled", FLAG, nullable=False, server_default=false()),
    Column("created_at", NUMBER, nullable=False),
    Column("changed_at", NUMBER, nullable=False),
    Column("source", WORDS),
)

SESSION = Table(
    "session",
    METADATA,
    Column("token_hash", WORDS, primary_key=True),
    Column("public_id", WORDS, nullable=False, unique=True),
    Column("username", WORDS, ForeignKey("account.username"), nullable=False),
    Column("created_at", NUMBER, nullable=False),
    Column("seen_at", NUMBER, nullable=False),
    Column("ended_at", NUMBER),
    Column("address", WORDS, nullable=False),
    Column("browser", WORDS, nullable=False),
    Index(
        "session_of_account",
        "username",
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

LOGIN_ATTEMPT = Table(
    "login_attempt",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("kind", WORDS, nullable=False),
    Column("subject", WORDS, nullable=False),
    Column("at", NUMBER, nullable=False),
    Index("login_attempt_of", "kind", "subject", "at"),
)

PERSONAL_READ = Table(
    "personal_read",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("at", NUMBER, nullable=False),
    Column("username", WORDS, nullable=False),
    Column("role", WORDS, nullable=False),
    Column("what", WORDS, nullable=False),
    Column("subject", WORDS, nullable=False),
    Column("reason", WORDS, nullable=False),
    Column("address", WORDS, nullable=False),
    Index("personal_read_of_subject", "subject", "at"),
    Index("personal_read_of_account", "username", "at"),
)

SOURCE_TOKEN = Table(
    "source_token",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("token_hash", WORDS, nullable=False, unique=True),
    Column("source", WORDS, nullable=False),
    Column("kinds", WORDS, nullable=False),
    Column("regions", WORDS, nullable=False),
    Column("backfill", FLAG, nullable=False),
    Column("label", WORDS, nullable=False),
    Column("created_at", NUMBER, nullable=False),
    Column("created_by", WORDS, nullable=False),
    Column("used_at", NUMBER),
    Column("revoked_at", NUMBER),
    Column("valid_until", NUMBER),
    Column("follows", NUMBER),
    Column("beyond_purpose", FLAG, nullable=False, server_default=false()),
)

ACCOUNT_CHANGE = Table(
    "account_change",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("at", NUMBER, nullable=False),
    Column("username", WORDS, nullable=False),
    Column("what", WORDS, nullable=False),
    Column("by_whom", WORDS, nullable=False),
)
