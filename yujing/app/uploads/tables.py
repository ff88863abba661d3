"""The tables of uploads, in the vault's database: what people send holds names and ID numbers.

Columns of bytes are sealed (AES-256-GCM), each for its own place. Moments are seconds since 1970
UTC.
"""

from sqlalchemy import Column, ForeignKey, Index, MetaData, Table, false

from yujing.storage.columns import CONTENT, FLAG, NUMBER, WORDS
from yujing.storage.revisions import SqlRoom

ROOM = SqlRoom("uploads", "yujing.app.uploads")
METADATA = MetaData()

UPLOAD = Table(
    "upload",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("username", WORDS, nullable=False),
    Column("source", WORDS, nullable=False),
    Column("region", WORDS, nullable=False),
    Column("name", CONTENT, nullable=False),
    Column("size", NUMBER, nullable=False, server_default="0"),
    Column("sha256", WORDS, nullable=False, server_default=""),
    Column("received_at", NUMBER, nullable=False),
    Column("state", WORDS, nullable=False),
    Column("month", NUMBER),
    Column("confirmed", FLAG, nullable=False, server_default=false()),
    Column("attempt", NUMBER, nullable=False, server_default="0"),
    Column("crashes", NUMBER, nullable=False, server_default="0"),
    Column("not_before", NUMBER, nullable=False, server_default="0"),
    Column("lease_until", NUMBER, nullable=False, server_default="0"),
    Column("started_at", NUMBER),
    Column("rows_done", NUMBER, nullable=False, server_default="0"),
    Column("rows_total", NUMBER),
    Column("told", CONTENT),
    Column("done_at", NUMBER),
    Column("fetched_at", NUMBER),
    Index("upload_of_account", "username", "id"),
    Index("upload_state", "state", "id"),
    sqlite_autoincrement=True,
)
"""One file and what becomes of it. `source` is empty when the account may send any."""

UPLOAD_PIECE = Table(
    "upload_piece",
    METADATA,
    Column("upload", NUMBER, ForeignKey("upload.id"), primary_key=True, autoincrement=False),
    Column("part", WORDS, primary_key=True),
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("sealed", CONTENT, nullable=False),
)
"""What was sent (`content`) and what goes back (`result`), in pieces that fit into memory."""
