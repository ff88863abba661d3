"""The demo of the stream as a process: it comes up, cards exist, a visit comes back, it stops."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.broker import CACHE, new_broker
from tests.support.clickhouse_front import ClickHouseFront
from tests.support.pages import token_in
from tests.support.running_county import command, run
from yujing.app.demo_stream_servers import DATABASE
from yujing.app.local_kafka.jars import KAFKA_VERSION
from yujing.app.local_postgres.server import runs
from yujing.storage.clickhouse import connect_server

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

_WITHIN_S = 240
_STOPS_WITHIN_S = 20
_PASSWORD = "da-yuan-cun-7"
VERIFICATION = 24


def until(there: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + _WITHIN_S
    while time.monotonic() < end:
        found = there()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"not in {_WITHIN_S} s: {what}")


def below(pid: int) -> list[int]:
    """Return all processes that a process started, and that those started."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    found, look = [], [pid]
    while look:
        children = [child for child, parent in parents.items() if parent in look]
        found += children
        look = children
    return found


def visit(place: Path) -> None:
    """Sign in as the village worker for the first time and record a visit on the first card."""
    logins = json.loads((place / "demo-logins.json").read_text())
    worker = next(login for login in logins if login["role"] == "worker")
    address = (place / "serve" / "address").read_text().strip()
    with httpx.Client(base_url=address, timeout=60, follow_redirects=True) as browser:

        def send(page: str, path: str, **fields: str) -> httpx.Response:
            form = {"form_token": token_in(browser.get(page).text), **fields}
            answer = browser.post(path, data=form)
            assert answer.status_code == 200, answer.text
            return answer

        first = worker["password"]
        send("/login", "/login", username=worker["username"], password=first)
        send("/password", "/password", old=first, new=_PASSWORD, again=_PASSWORD)
        card = re.findall(r"/cards/(\d+)", browser.get("/queue").text)[0]
        answer = send(f"/cards/{card}", f"/cards/{card}/record", outcome="confirmed")
        assert "已保存" in answer.text


@dataclass
class Demo:
    """A demo that runs."""

    process: "subprocess.Popen[bytes]"
    place: Path
    said: Path
    clickhouse: ClickHouseFront

    def lines(self) -> list[dict[str, Any]]:
        whole = self.said.read_text(encoding="utf8")
        return [json.loads(line) for line in whole[: whole.rfind("\n") + 1].splitlines()]

    def last(self) -> dict[str, Any]:
        return (self.lines() or [{}])[-1]

    def dealt_after_the_stream(self) -> str | None:
        assert self.process.poll() is None, "it ended"
        seen = self.last()
        through = seen.get("sent") and seen["left"] == 0
        deals = {line["last_deal"] for line in self.lines()}
        return max(deals - {None}) if through and len(deals - {None}) == 2 else None

    def stop(self, how: signal.Signals) -> None:
        """Stop it, look whether it keeps to its time, and that nothing of it is left."""
        children = below(self.process.pid)
        assert len(children) >= 5  # serve, two workers, Kafka, PostgreSQL
        began = time.monotonic()
        self.process.send_signal(how)
        assert self.process.wait(60) == 0
        assert time.monotonic() - began < _STOPS_WITHIN_S
        assert [pid for pid in children if runs(pid)] == []

    def visits_in_the_log(self) -> int:
        client = connect_server(self.clickhouse.url(DATABASE))
        try:
            sql = f"SELECT count() FROM events WHERE kind = {VERIFICATION} "
            return int(client.query(sql).result_rows[0][0])
        finally:
            client.close()


@pytest.fixture
def var(tmp_path: Path, postgres_server: object) -> Path:
    """A directory for all data, with Kafka's programs; skips where a program is missing."""
    new_broker(tmp_path / "unused")
    place = tmp_path / "var"
    place.mkdir()
    (place / f"kafka-{KAFKA_VERSION}").symlink_to(CACHE / f"kafka-{KAFKA_VERSION}")
    return place


@contextmanager
def running(var: Path, clickhouse: ClickHouseFront) -> Iterator[Demo]:
    """Run the demo of a tiny county, fast."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("YUJING_")}
    given = {
        "YUJING_DATA": str(var / "yujing"), "YUJING_SIMULATED": str(var / "simulated"),
        "YUJING_CLICKHOUSE": clickhouse.url("anything"),
    }  # fmt: skip
    tiny = ["--households", "60", "--months", "24", "--weeks", "2", "--rate", "500"]
    said, words = var / "said", var / "words"
    with said.open("wb") as out, words.open("wb") as err:
        process = subprocess.Popen(
            command("demo-stream", "--json", "--port", "0", *tiny), env=kept | given, stdout=out,
            stderr=err,
        )  # fmt: skip
    try:
        yield Demo(process, var / "stream-demo", said, clickhouse)
    finally:
        print(words.read_text())
        if process.poll() is None:  # the test failed
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_STOPS_WITHIN_S)
            process.kill()  # what it started ends with it
            process.wait()


@pytest.mark.soak
def test_it_streams_brings_a_visit_back_stops_whole_and_starts_anew(
    var: Path, clickhouse_front: ClickHouseFront
) -> None:
    clickhouse_front.heal()
    with running(var, clickhouse_front) as demo:
        today = until(demo.dealt_after_the_stream, "today is dealt")
        seen = demo.last()
        assert seen["cards"] > 0
        assert seen["left"] == 0
        assert seen["sent"] > 50
        assert seen["lag"].keys() == {"worker-1", "worker-2"}
        assert {line["last_deal"] for line in demo.lines()} >= {today}
        assert demo.visits_in_the_log() == 0

        visit(demo.place)

        until(lambda: demo.visits_in_the_log() == 1, "the visit in the log")
        until(lambda: demo.last()["visits"] == 1, "the visit on the screen")
        demo.stop(signal.SIGINT)
    n_rows = seen["log_rows"]

    with running(var, clickhouse_front) as again:
        until(lambda: (again.place / "serve" / "address").exists(), "it serves")
        assert all(line["log_rows"] < n_rows for line in again.lines()[:1])
        again.stop(signal.SIGTERM)


def test_without_a_clickhouse_server_it_says_how_to_get_one(tmp_path: Path) -> None:
    ran = run(tmp_path / "county", "demo-stream", YUJING_KAFKA="", YUJING_POSTGRES="")

    assert ran.status == 2
    assert "YUJING_CLICKHOUSE" in ran.messages
    assert "make demo-stream" in ran.messages
