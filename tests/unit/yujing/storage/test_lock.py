import os
import subprocess
import sys
from pathlib import Path

import pytest

from yujing.errors import DataHeldError
from yujing.storage.lock import LOCK_FILE, hold, is_held


def test_the_second_holder_is_told_who_holds_the_directory(tmp_path: Path) -> None:
    with (
        hold(tmp_path / "data"),
        pytest.raises(DataHeldError, match=f"process {os.getpid()}"),
        hold(tmp_path / "data"),
    ):
        pass


def test_the_directory_is_free_after_the_block_and_private(tmp_path: Path) -> None:
    with hold(tmp_path / "data"):
        assert is_held(tmp_path / "data" / LOCK_FILE)

    assert not is_held(tmp_path / "data" / LOCK_FILE)
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_the_lock_goes_with_the_process(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from yujing.storage.lock import hold\n"
        "with hold(Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)

    assert ended.returncode == -9
    with hold(tmp_path):
        pass


def test_a_file_that_is_not_there_is_not_held(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "none")
