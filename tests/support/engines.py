"""The ClickHouse engine for tests: one directory at a time, closed before the next one opens."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from yujing.storage.clickhouse import connect


@contextmanager
def engine(directory: Path) -> Iterator[Any]:
    """Open the engine below a directory (`log/`, `tmp/`) and close it afterwards."""
    before = tempfile.tempdir
    client = connect(directory / "log", directory / "tmp", memory_bytes=2**30)
    try:
        yield client
    finally:
        client.close()
        tempfile.tempdir = before
