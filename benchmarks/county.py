"""A county by its real commands: ingest, sweep, restart, memory, pages.

Run with `python -m benchmarks.county [households]`; 53000 make a log of 12 million events and
200,000 members. The baseline of ingest reads the same files with the standard library and puts one
JSON text a row into SQLite, without any check.
"""

import json
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx

from benchmarks.figure import Figure

YUJING = [sys.executable, "-c", "from yujing.cli import main; main()"]
SHARE_OF_NEW = 1 / 6  # of all events: 2 million into 10 million
REQUESTS = 60
PASSWORD = "lantern-on-the-hill-7"


class Installation:
    """A data directory of its own."""

    def __init__(self, root: Path) -> None:
        self.environment = {
            **os.environ,
            "YUJING_DATA": str(root / "data"),
            "YUJING_KEY_FILE": str(root / "key"),
            "YUJING_LOG_LEVEL": "error",
        }

    def run(self, *words: str) -> list[dict[str, Any]]:
        """Run a command and return its JSON lines."""
        done = subprocess.run(
            [*YUJING, *words, "--json"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in (0, 3):
            raise RuntimeError(f"{words[0]}: {done.stderr[-500:]}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def serve(self) -> tuple[subprocess.Popen[bytes], str, float]:
        """Start the service; return its process, its address and the seconds until it is ready."""
        address = "http://127.0.0.1:8937"
        start = time.perf_counter()
        process = subprocess.Popen([*YUJING, "serve", "--port", "8937"], env=self.environment)
        while time.perf_counter() - start < 120:
            try:
                if httpx.get(f"{address}/ready").status_code == 200:
                    return process, address, time.perf_counter() - start
            except httpx.TransportError:
                time.sleep(0.05)
        process.kill()
        raise RuntimeError("the service did not become ready")


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds it took."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def baseline_seconds(files: Sequence[Path], folder: Path) -> float:
    """Return the seconds that plain rows in SQLite take."""
    store = sqlite3.connect(folder / "plain.sqlite")
    store.execute("CREATE TABLE events (source TEXT, record TEXT, version INTEGER, body TEXT)")

    def put() -> None:
        for path in files:
            rows = []
            for line in path.read_bytes().splitlines():
                event = json.loads(line)
                rows.append(
                    (
                        event["source_system"],
                        event["source_record_id"],
                        event["source_version"],
                        line.decode(),
                    )
                )
            store.executemany("INSERT INTO events VALUES (?, ?, ?, ?)", rows)
            store.commit()

    seconds = timed(put)
    store.close()
    return seconds


def logged_in(installation: Installation, address: str, region: str) -> httpx.Client:
    """Return a client of a worker who has changed the first password."""
    first = installation.run(
        "users", "add", "bench", "--role", "leader", "--scope", region
    )[0]["password"]
    client = httpx.Client(base_url=address, follow_redirects=True, timeout=30)

    def send(path: str, **fields: str) -> None:
        page = client.get(path).text
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
        client.post(path, data={**hidden, **fields}).raise_for_status()

    send("/login", username="bench", password=first)
    send("/password", old=first, new=PASSWORD, again=PASSWORD)
    return client


def page_p95_ms(client: httpx.Client, path: str) -> float:
    """Return the 95th percentile of the time of a page, in milliseconds."""
    client.get(path).raise_for_status()
    times = [timed(lambda: client.get(path).raise_for_status()) * 1000 for _ in range(REQUESTS)]
    return statistics.quantiles(times, n=20)[-1]


def idle_mb(pid: int) -> float:
    """Return the resident memory of a process, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found.group(1)) / 1000 if found else float("nan")


def show(bench: str, value: float, unit: str, baseline: float | None = None) -> None:
    """Print a figure; a baseline is in the same unit."""
    ratio = None if baseline is None else round(value / baseline, 2)
    print(Figure(bench, round(value, 1), unit, baseline and round(baseline, 1), ratio).line())


def main() -> None:
    """Print one line a figure."""
    households = sys.argv[1] if len(sys.argv) > 1 else "4000"
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        installation = Installation(root)
        installation.run("simulate", "--households", households, "--out", str(root / "in"))
        files = sorted((root / "in" / "events").glob("*.ndjson"))
        sizes = [path.stat().st_size for path in files]
        cut = next(i for i in range(len(files)) if sum(sizes[i:]) <= sum(sizes) * SHARE_OF_NEW)
        old, new = files[:cut], files[cut:]
        rows = sum(path.read_bytes().count(b"\n") for path in new)
        show("ingest_log_before", sum(p.read_bytes().count(b"\n") for p in old), "events")
        installation.run("ingest", "--backfill", *map(str, old))
        seconds = timed(lambda: installation.run("ingest", "--backfill", *map(str, new)))
        show("ingest", rows / seconds, "events/s", rows / baseline_seconds(new, root))
        show("sweep_command", timed(lambda: installation.run("sweep")), "s")
        measure_service(installation)


def measure_service(installation: Installation) -> None:
    """Print how soon the service is ready, what it holds and how quick its pages are."""
    process, address, ready = installation.serve()
    try:
        show("restart_to_ready", ready, "s")
        time.sleep(2)
        show("serve_idle_memory", idle_mb(process.pid), "MB")
        client = logged_in(installation, address, "52")
        for path in ("/county", "/login"):
            show(f"page_p95{path.replace('/', '_')}", page_p95_ms(client, path), "ms")
    finally:
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    main()
