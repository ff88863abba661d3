"""Processes of the distributed shape: several that serve, one that publishes."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.kafka_reading import Stream, opened
from tests.support.running_county import command, lines_of, written
from tests.support.stream import Servers, running_servers
from tests.support.stream_events import ANN, member
from yujing.access.tokens import TokenGrant
from yujing.domain.codes import Source

pytestmark = pytest.mark.integration

_STARTS_WITHIN_S = 60


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with running_servers(tmp_path_factory.mktemp("servers"), partitions=8) as running:
        yield running


@contextmanager
def serving(servers: Servers, name: str) -> Iterator[str]:
    """Run `yujing serve` on a data directory of its own, and yield its address."""
    address = servers.settings(name).data / "address"
    process = subprocess.Popen(
        command("serve", "--port", "0"), env=os.environ | servers.environment(name),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until = time.monotonic() + _STARTS_WITHIN_S
        while not address.exists():
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)
        yield address.read_text().strip()
    finally:
        process.terminate()
        assert process.wait(60) == 0


def said_of(address: str, part: str) -> str:
    """Return what /ready says of a part once it was looked at."""
    until = time.monotonic() + _STARTS_WITHIN_S
    while True:
        said = str(httpx.get(f"{address}/ready", timeout=30).json()["parts"][part])
        if said != "not asked yet" or time.monotonic() > until:
            return said
        time.sleep(0.1)


def run(servers: Servers, name: str, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command(*words), env=os.environ | servers.environment(name), capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def test_two_that_serve_and_one_that_publishes(
    servers: Servers, county_files: list[Path], tmp_path: Path
) -> None:
    stream = Stream(servers)
    grant = TokenGrant(Source.VILLAGE_REPORT, (), ("52",))
    with opened(servers, "setup") as county:
        token = county.access.tokens.create(grant, label="test", at=county.now(), by="test")
    with serving(servers, "one") as one, serving(servers, "two") as two:
        answers = [
            httpx.post(
                f"{address}/api/v1/events", content=json.dumps(member(f"m-{n}", ANN, "H-1")),
                headers={"Authorization": f"Bearer {token}"}, timeout=30,
            )
            for n, address in enumerate((one, two))
        ]  # fmt: skip
        pages = [httpx.get(f"{address}/login").status_code for address in (one, two)]
        ready = [said_of(address, "kafka") for address in (one, two)]
        third = run(servers, "one", "serve", "--port", "0")
        bad = written(tmp_path, "some.ndjson", [*lines_of(county_files[:1])[:50], b"{"])
        published = run(servers, "load", "publish", str(bad), "--backfill", "--json")
        ingested = run(servers, "load", "ingest", str(bad), "--backfill", "--json")

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.json()["outcome"] for answer in answers] == ["accepted", "accepted"]
    assert pages == [200, 200]
    assert ready == ["ok", "ok"]
    assert third.returncode == 1
    assert "in use by process" in third.stderr
    assert (published.returncode, ingested.returncode) == (3, 3), published.stderr
    first, second = json.loads(published.stdout), json.loads(ingested.stdout)
    assert first == second
    assert (first["rows"], first["accepted"], first["rejected"]) == (51, 50, 1)
    assert first["error"] is None
    assert first["result_file"]
    records = stream.news().record_ids
    assert {"m-0", "m-1"} <= set(records)
    assert len(records) == 2 + 2 * 50
    stream.close()


def test_without_kafka_there_is_nothing_to_publish_to(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YUJING_")}
    done = subprocess.run(
        command("publish", "some.ndjson"), capture_output=True, text=True, check=False,
        env=kept | {"YUJING_DATA": str(tmp_path / "data")},
    )  # fmt: skip
    assert done.returncode == 2
    assert "yujing ingest" in done.stderr
