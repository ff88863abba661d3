import tempfile
from pathlib import Path

import pytest

from yujing.storage.private import private_directory, use_as_temporary, write_private


def test_what_a_kill_left_is_wiped_and_new_files_go_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    tmp = tmp_path / "tmp"
    (tmp / "below").mkdir(parents=True)
    (tmp / "below" / "left.native").write_bytes(b"left")
    (tmp / "left.native").write_bytes(b"left")
    (tmp / "link").symlink_to(outside)

    use_as_temporary(tmp)

    assert list(tmp.iterdir()) == []
    assert (outside / "kept").exists()
    with tempfile.NamedTemporaryFile() as file:
        assert Path(file.name).parent == tmp


def test_rights_of_a_directory_that_stands_are_narrowed(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)

    assert private_directory(tmp_path / "open").stat().st_mode & 0o777 == 0o700


def test_a_private_file_is_whole_closed_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write_private(path, b"first")

    with pytest.raises(FileExistsError):
        write_private(path, b"second")

    assert path.read_bytes() == b"first"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
