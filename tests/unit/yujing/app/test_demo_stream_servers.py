from pathlib import Path

import pytest

from yujing.app import demo_stream_servers as servers
from yujing.app.output import Silence
from yujing.errors import DependencyError


def test_everything_that_is_missing_is_named_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(what: str) -> object:
        def look(*_: object) -> None:
            raise DependencyError(f"{what}: how to get it", permanent=True)

        return look

    for name, what in (("java", "Java"), ("kafka_jars", "Maven"), ("programs", "PostgreSQL")):
        monkeypatch.setattr(servers, name, missing(what))

    with pytest.raises(DependencyError) as caught:
        servers.look_for_programs(tmp_path, Silence())

    assert str(caught.value) == "; ".join(
        f"{what}: how to get it" for what in ("Java", "Maven", "PostgreSQL")
    )
