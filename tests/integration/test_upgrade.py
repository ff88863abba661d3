"""Each release opens the data directory of an earlier one and finds in it what was there."""

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.support.kept_county import NOTE, NOW, content_of
from tests.support.pages import MovableClock
from yujing.app.county import County
from yujing.settings import Settings

pytestmark = pytest.mark.integration

KEPT = Path(__file__).parents[1] / "data"
VERSIONS = sorted(path.name[len("county-") : -len(".json")] for path in KEPT.glob("county-*.json"))


def unpacked(version: str, into: Path) -> Settings:
    with tarfile.open(KEPT / f"county-{version}.tar.xz") as archive:
        archive.extractall(into, filter="data")
    return Settings(data=into / "county", key_file=into / "county.key", memory_bytes=2**30)


def content(settings: Settings) -> dict[str, Any]:
    clock = MovableClock()
    clock.at = NOW
    with County.open(settings, clock=clock) as county:
        return json.loads(json.dumps(content_of(county)))  # type: ignore[no-any-return]


def test_there_is_a_county_of_the_first_release() -> None:
    assert "0.1.0" in VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
def test_a_county_of_an_earlier_release_says_the_same(version: str, tmp_path: Path) -> None:
    expected = json.loads((KEPT / f"county-{version}.json").read_bytes())
    settings = unpacked(version, tmp_path)

    first = content(settings)
    assert {name: first[name] for name in expected} == expected
    assert NOTE in [note for notes in expected["notes"].values() for note in notes]
    assert content(settings) == first


@pytest.mark.parametrize("version", VERSIONS)
def test_it_says_the_same_without_the_checkpoint_of_then(version: str, tmp_path: Path) -> None:
    expected = json.loads((KEPT / f"county-{version}.json").read_bytes())
    settings = unpacked(version, tmp_path)
    for path in (settings.data / "checkpoint").iterdir():
        path.unlink()

    assert content(settings)["digest"] == expected["digest"]
