"""The tables of this room as SQLAlchemy Core sees them; `migrations/` makes them."""

from sqlalchemy import Boolean, Column, Integer, MetaData, Table, Text

METADATA = MetaData()

ACCOUNT = Table(
    "account",
    METADATA,
    Column("username", Text, primary_key=True),
    Column("name", Text),
    Column("role", Text),
    Column("scope", Text),
    Column("password_hash", Text),
    Column("must_change", Boolean),
    Column("valid_until", Integer),
    Column("disabled", Boolean),
    Column("created_at", Integer),
    Column("changed_at", Integer),
)

ACCOUNT_CHANGE = Table(
    "account_change",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", Integer),
    Column("username", Text),
    Column("what", Text),
    Column("by_whom", Text),
)

SESSION = Table(
    "session",
    METADATA,
    Column("token_hash", Text, primary_key=True),
    Column("public_id", Text),
    Column("username", Text),
    Column("created_at", Integer),
    Column("seen_at", Integer),
    Column("ended_at", Integer),
    Column("address", Text),
    Column("browser", Text),
)

LOGIN_ATTEMPT = Table(
    "login_attempt",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", Text),
    Column("subject", Text),
    Column("at", Integer),
)

PERSONAL_READ = Table(
    "personal_read",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", Integer),
    Column("username", Text),
    Column("role", Text),
    Column("what", Text),
    Column("subject", Text),
    Column("reason", Text),
    Column("address", Text),
)

SOURCE_TOKEN = Table(
    "source_token",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("token_hash", Text),
    Column("source", Text),
    Column("kinds", Text),
    Column("regions", Text),
    Column("backfill", Boolean),
    Column("label", Text),
    Column("created_at", Integer),
    Column("created_by", Text),
    Column("used_at", Integer),
    Column("revoked_at", Integer),
)
