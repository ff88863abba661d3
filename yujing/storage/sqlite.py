"""The former name of `yujing.storage.sql`."""

from yujing.storage.sql import (
    BUSY_TIMEOUT_MS,
    empty_write_ahead_log,
    reading,
    writing,
)
from yujing.storage.sql import open_sqlite as open_engine

__all__ = ["BUSY_TIMEOUT_MS", "empty_write_ahead_log", "open_engine", "reading", "writing"]
