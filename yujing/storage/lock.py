"""The lock that lets one process at a time hold a data directory."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yujing.errors import DataHeldError

LOCK_FILE = "lock"


@contextmanager
def hold(directory: Path) -> Iterator[None]:
    """Hold a data directory until the block ends.

    The lock goes with the process: after a kill nothing need be removed.

    Parameters
    ----------
    directory
        The data directory; made, for its owner only, when it is missing.

    Raises
    ------
    DataHeldError
        If another process, or this one, already holds it; names the process.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / LOCK_FILE
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 32).decode(errors="replace").strip() or "unknown"
            raise DataHeldError(
                f"the data directory {directory} is in use by process {holder}; stop it, "
                "or send the command while it serves"
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def is_held(path: Path) -> bool:
    """Return whether somebody holds the lock on a file that exists."""
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
