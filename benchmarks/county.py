"""A county by its real commands: ingest, sweep, restart, memory, pages.

Run with `python -m benchmarks.county [households]`; 53000 make a log of 12 million events and
200,000 members. The baseline of ingest is `benchmarks.plain`: the same files, old and new, with the
standard library and SQLite. Both must end with the same effective facts.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from alerts.desk.queries import n_live
from benchmarks.figure import Figure
from benchmarks.plain import PlainStore, digest_of_log
from yujing.settings import SHANGHAI
from yujing.storage.sql import open_sqlite, reading

YUJING = [sys.executable, "-c", "from yujing.cli import main; main()"]
SHARE_OF_NEW = 1 / 6  # of all events: 2 million into 10 million
REQUESTS = 60
PASSWORD = "lantern-on-the-hill-7"


class Installation:
    """A data directory of its own."""

    def __init__(self, root: Path) -> None:
        self.data = root / "data"
        self.environment = {
            **os.environ,
            "YUJING_DATA": str(self.data),
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


def ingest_seconds(installation: Installation, old: list[Path], new: list[Path]) -> float:
    """Return the seconds that the new files take in a log that already holds the old ones."""
    installation.run("ingest", "--backfill", *map(str, old))
    return timed(lambda: installation.run("ingest", "--backfill", *map(str, new)))


def baseline_seconds(path: Path, old: list[Path], new: list[Path], digest: str) -> float:
    """Return the seconds that the baseline takes for the same.

    Parameters
    ----------
    path
        Of its database.
    old, new
        Files of events.
    digest
        Of the effective facts that it must end with, or the bench fails.
    """
    store = PlainStore(path)
    try:
        store.take(old)
        seconds = timed(lambda: store.take(new))
        if store.digest() != digest:
            raise SystemExit(f"the contestants differ: {digest} and {store.digest()}")
    finally:
        store.close()
    return seconds


def logged_in(installation: Installation, address: str, role: str, scope: str) -> httpx.Client:
    """Return a client of somebody new who has changed the first password."""
    first = installation.run("users", "add", f"bench-{role}", "--role", role, "--scope", scope)
    client = httpx.Client(base_url=address, follow_redirects=True, timeout=30)

    def send(path: str, **fields: str) -> None:
        page = client.get(path).text
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
        client.post(path, data={**hidden, **fields}).raise_for_status()

    password = first[0]["password"]
    send("/login", username=f"bench-{role}", password=password)
    send("/password", old=password, new=PASSWORD, again=PASSWORD)
    return client


def busiest_village(installation: Installation) -> str:
    """Return the village with the most open cards, which is where the demo has its worker."""
    engine = open_sqlite(installation.data / "desk.sqlite")
    with reading(engine) as connection:
        cards = n_live(connection)
    engine.dispose()
    if not cards:
        raise SystemExit("the sweep dealt no cards, so there is no queue to measure")
    village = max(cards, key=lambda region: cards[region])
    show("cards_in_the_busiest_village", cards[village], "cards")
    return f"{village:012d}"


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
    # before today, so that no report lies in the future of one contestant alone
    end = datetime.now(SHANGHAI).date() - timedelta(days=1)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        installation = Installation(root)
        installation.run(
            "simulate", "--households", households, "--out", str(root / "in"),
            "--end", end.isoformat(), "--sheets", "0",
        )  # fmt: skip
        files = sorted((root / "in" / "events").glob("*.ndjson"))
        sizes = [path.stat().st_size for path in files]
        cut = next(i for i in range(len(files)) if sum(sizes[i:]) <= sum(sizes) * SHARE_OF_NEW)
        measure_ingest(installation, root, files[:cut], files[cut:])
        show("sweep_command", timed(lambda: installation.run("sweep")), "s")
        measure_service(installation)


def measure_ingest(
    installation: Installation, root: Path, old: list[Path], new: list[Path]
) -> None:
    """Print how fast new files enter a log that holds the old ones, beside the baseline."""
    n_old, n_new = (sum(p.read_bytes().count(b"\n") for p in files) for files in (old, new))
    show("ingest_log_before", n_old, "events")
    ours = ingest_seconds(installation, old, new)
    theirs = baseline_seconds(root / "plain.sqlite", old, new, digest_of_log(installation.data))
    show("ingest", n_new / ours, "events/s", n_new / theirs)


def measure_service(installation: Installation) -> None:
    """Print how soon the service is ready, what it holds and how quick its pages are."""
    process, address, ready = installation.serve()
    try:
        show("restart_to_ready", ready, "s")
        time.sleep(2)
        show("serve_idle_memory", idle_mb(process.pid), "MB")
        leader = logged_in(installation, address, "leader", "52")
        worker = logged_in(installation, address, "worker", busiest_village(installation))
        card = re.search(r'href="(/cards/\d+)"', worker.get("/queue").text)
        if card is None:
            raise SystemExit("the worker's queue shows no card")
        for client, path in (
            (leader, "/county"), (leader, "/login"), (worker, "/queue"), (worker, card[1]),
        ):  # fmt: skip
            name = re.sub(r"\d+", "{id}", path).replace("/", "_")
            show(f"page_p95{name}", page_p95_ms(client, path), "ms")
        show("serve_memory_after_pages", idle_mb(process.pid), "MB")
    finally:
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    main()
