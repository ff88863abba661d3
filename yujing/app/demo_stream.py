"""The stream on one machine: `yujing demo-stream`.

Real servers, one process that serves, two workers. The older history of a simulated county comes as
a file and yesterday's cards are dealt; then the newest weeks come event by event as if they were
news, and today's cards are dealt. Every start begins anew: what a demo left is removed first.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from time import monotonic, sleep

from streams.door.grant import Grant
from streams.kafka.offsets import Offsets
from streams.log.position import end_of
from yujing.app.county import County
from yujing.app.cut_offs import CutOffs
from yujing.app.demo import (
    BACKFILL,
    LOGINS,
    DemoOrder,
    keep_logins,
    show_logins,
    simulated,
    week_of,
)
from yujing.app.demo_people import make_people
from yujing.app.demo_stream_processes import Process, Processes
from yujing.app.demo_stream_servers import look_for_programs, running_servers
from yujing.app.demo_stream_stop import Stop
from yujing.app.demo_stream_watch import Watch
from yujing.app.migrate import migrate_all
from yujing.app.output import DONE, Output, Silence
from yujing.app.publish import publish_files
from yujing.app.serve import listen_at
from yujing.app.stream_door import Sending
from yujing.errors import DependencyError, StorageError
from yujing.settings import Settings
from yujing.storage.lock import LOCK_FILE, hold
from yujing.storage.private import private_directory

PLACE = "stream-demo"  # beside the data directory
PARTITIONS = 12
WORKERS = ("worker-1", "worker-2")
SESSION_TIMEOUT_S = 10  # a killed worker's partitions go to the other after it
_NO_OWN_DEAL = time(23, 59)  # the demo asks for the deal once there is something to deal
_WORKERS_STOP_WITHIN_S, _SERVE_STOPS_WITHIN_S = 7.0, 3.0  # all of it in 20 s
_DEALT_WITHIN_S = 600
_TURN_S = 0.05
_AWAY_S = 1.0


@dataclass(frozen=True)
class StreamOrder:
    """Which county, and how fast its newest weeks come.

    Parameters
    ----------
    county
        Size, length of the history, seed.
    weeks
        The newest weeks, which come event by event.
    rate
        Events a second.
    """

    county: DemoOrder
    weeks: int
    rate: float


def demo_stream(settings: Settings, order: StreamOrder, output: Output) -> int:
    """Start everything, stream, and go on until the process is told to stop.

    Parameters
    ----------
    settings
        Name a ClickHouse server; what they say of Kafka and PostgreSQL is not looked at.

    Raises
    ------
    DependencyError
        If a program is missing or a process ends again and again.
    UsageError
        If the port is taken.
    DataHeldError
        If another demo of the stream runs.
    """
    place = settings.data.with_name(PLACE)
    look_for_programs(place.parent, output)
    listen_at(settings.host, settings.port).close()
    with Stop(output) as stop, hold(place):
        _clear(place)
        own = _for_the_demo(settings, place)
        with (
            running_servers(own, place, output) as named,
            County.open(_of(named, "publish"), output) as county,
        ):
            migrate_all(named, Silence(), dry=False)
            _ = county.keys  # made here, by one process
            serving = Process("serve", ["serve"], _of(named, "serve"))
            workers = [
                Process(name, ["worker", "--name", name], _of(named, name)) for name in WORKERS
            ]
            with Processes(
                [[serving], workers], output,
                stop_within_s=[_SERVE_STOPS_WITHIN_S, _WORKERS_STOP_WITHIN_S],
            ) as processes:  # fmt: skip
                watch = Watch(county, workers, output)
                _Demo(county, order, processes, watch, stop).run(place / LOGINS, serving)
    return DONE


def _for_the_demo(settings: Settings, place: Path) -> Settings:
    return settings.model_copy(
        update={
            "data": place / "publish", "key_file": place / "vault.key", "group": "yujing",
            "partitions": PARTITIONS, "replication": 1, "kafka_security": "plaintext",
            "session_timeout_s": SESSION_TIMEOUT_S, "deal_at": _NO_OWN_DEAL, "worker_port": 0,
            "log_level": "info", "worker_name": None,
        }
    )  # fmt: skip


def _of(settings: Settings, name: str) -> Settings:
    """Return the settings of a process of that name, with models that all share."""
    data = settings.data.with_name(name)
    shared = private_directory(data.with_name("models"))
    own = private_directory(data) / "models"
    if not own.is_symlink():
        own.symlink_to(shared)
    return settings.model_copy(update={"data": data})


def _clear(place: Path) -> None:
    for left in place.iterdir():
        if left.name == LOCK_FILE:
            continue
        shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()


class _Demo:
    """The course of the demo once everything is started."""

    def __init__(
        self, county: County, order: StreamOrder, processes: Processes, watch: Watch, stop: Stop
    ) -> None:
        self._county, self._order, self._output = county, order, stop
        self._processes, self._watch = processes, watch

    def run(self, logins: Path, serving: Process) -> None:
        county, output, today = self._county, self._output, self._county.today()
        folder = simulated(county.settings, self._order.county, today, output)
        older, newest = _parted(sorted((folder / "events").glob("*.ndjson")), self._order.weeks)
        self._processes.until_ready(self._output.check)
        output.message(f"publishing {len(older)} weeks of history to Kafka")
        history = _joined(older, logins.with_name("history.ndjson"))
        publish_files(county, [history], BACKFILL, output)
        self._deal(today - timedelta(days=1), 0)
        keep_logins(logins, make_people(county))
        output.message(f"pages, door and metrics: {serving.address}; Ctrl-C stops everything")
        show_logins(logins, output)
        output.message(
            f"streaming the newest {len(newest)} weeks, {self._order.rate:g} events a second"
        )
        sent = self._stream([line for path in newest for line in path.read_bytes().splitlines()])
        output.message("the newest weeks are through")
        self._deal(today, sent)
        output.message("pages, door and workers go on until Ctrl-C")
        while True:
            self._turn(sent, sent)
            sleep(_TURN_S)

    def _deal(self, day: date, sent: int) -> None:
        """Ask for a day's deal with everything that was sent, and wait until it is made."""
        county = self._county
        offsets = Offsets(county.settings)
        ends = {at: end_of(at, offset) for at, offset in offsets.ends().items()}
        offsets.close()
        now = county.now_s()
        # what we sent was known at the latest in this second
        CutOffs(county.engine, PARTITIONS).ask(day, known_before=now + 1, positions=ends, at=now)
        self._output.message(f"the workers read on, score everybody and deal the cards of {day}")
        until = monotonic() + _DEALT_WITHIN_S
        while self._watch.last_dealt() != day:
            if monotonic() > until:
                raise DependencyError(f"there is no deal after {_DEALT_WITHIN_S} s; see the logs")
            self._turn(sent, sent)
            sleep(_TURN_S)
        for burst in county.desk.held():
            self._output.message(
                f"{burst.n} cards of one reason came at once: a supervisor looks at them first"
            )

    def _stream(self, lines: Sequence[bytes]) -> int:
        """Send events at the rate; return how many."""
        sending = Sending(self._county, self._county.stream_door, Grant(), "demo")
        began, sent = monotonic(), 0
        while sent < len(lines):
            due = min(len(lines), int((monotonic() - began) * self._order.rate))
            due = min(due, sent + self._county.settings.batch_rows)
            if due > sent:
                try:
                    sending.take(lines[sent:due], first_row=sent)
                    sent = due
                except StorageError as error:
                    if error.permanent:
                        raise
                    self._output.message(f"waiting: {error}")
                    sleep(_AWAY_S)
            self._turn(sent, len(lines))
            sleep(_TURN_S)
        return sent

    def _turn(self, sent: int, of: int) -> None:
        self._output.check()
        self._processes.revive()
        self._watch.look(sent, of)


def _joined(files: Sequence[Path], into: Path) -> Path:
    """Write files into one: fewer and larger messages than from each week by itself."""
    with into.open("wb") as whole:
        for path in files:
            whole.write(path.read_bytes())
    return into


def _parted(files: Sequence[Path], weeks: int) -> tuple[list[Path], list[Path]]:
    """Return the older files and those of the newest weeks."""
    first = week_of(files[-1]) - timedelta(weeks=weeks - 1)
    older = [path for path in files if week_of(path) < first]
    return older, [path for path in files if week_of(path) >= first]
