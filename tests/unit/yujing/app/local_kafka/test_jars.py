"""Where the broker's parts come from, and what is said when one is missing."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from yujing.app.local_kafka import jars
from yujing.errors import DependencyError


def nothing(name: str) -> None:
    return None


def test_programs_that_are_there_are_used_and_nothing_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jars.shutil, "which", nothing)
    (tmp_path / f"kafka-{jars.KAFKA_VERSION}").mkdir()

    assert jars.kafka_jars(tmp_path) == tmp_path / f"kafka-{jars.KAFKA_VERSION}"


def test_what_is_missing_is_named_with_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jars.shutil, "which", nothing)
    monkeypatch.setattr(jars, "find_spec", nothing)

    with pytest.raises(DependencyError, match="apt-get install openjdk"):
        jars.java()
    with pytest.raises(DependencyError, match="apt-get install maven"):
        jars.kafka_jars(tmp_path)


@pytest.mark.parametrize("works", [True, False])
def test_a_fetch_is_there_as_a_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, works: bool
) -> None:
    def fetch(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        [into] = [part.partition("=")[2] for part in command if part.startswith("-DoutputDir")]
        Path(into).mkdir()
        (Path(into) / "kafka_2.13-4.3.1.jar").touch()
        return subprocess.CompletedProcess(command, 0 if works else 1, "", "no network")

    monkeypatch.setattr(jars.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(jars.subprocess, "run", fetch)
    if works:
        found = jars.kafka_jars(tmp_path)
        assert [path.name for path in found.iterdir()] == ["kafka_2.13-4.3.1.jar"]
    else:
        with pytest.raises(DependencyError, match="could not fetch Kafka: no network"):
            jars.kafka_jars(tmp_path)
    assert len(list(tmp_path.iterdir())) == int(works)
