"""Files and directories that only their owner may read."""

import os
import shutil
import tempfile
from pathlib import Path


def private_directory(path: Path) -> Path:
    """Make a directory that only its owner may enter, or narrow the rights of one that stands."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def use_as_temporary(path: Path) -> Path:
    """Make this process put its temporary files into a private directory, emptied first.

    The ClickHouse client writes every insert to a temporary file, and a kill leaves it there. The
    setting holds for the whole process.
    """
    private_directory(path)
    for left in path.iterdir():
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
    tempfile.tempdir = str(path)
    return path


def write_private(path: Path, content: bytes) -> None:
    """Write a new file with mode 0600, whole or not at all.

    Raises
    ------
    FileExistsError
        If the file is there already; it is left as it is.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
