"""`yujing worker`: one Faust agent over all input topics, one thread that does the work.

Faust reads, keeps the group's membership and commits; the work runs in one thread of its own, so
that heartbeats go on however long a step takes. Messages are acknowledged only when all stores have
them. Anything that nobody foresaw ends the process: its supervisor starts it again and the same
messages come again, which is always safe.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Timer
from typing import Any, cast

import structlog

from streams.kafka.bundles import BundlingApp, records_of
from streams.kafka.connection import faust_options
from streams.kafka.messages import SOURCE, TRACE
from streams.kafka.topics import INPUT_TOPICS
from yujing.app.county import County
from yujing.app.output import DONE, FAILED, Output
from yujing.app.stream_batch import Arrived
from yujing.app.worker_core import InterruptedTakeError, WorkerCore
from yujing.app.worker_web import WorkerWeb
from yujing.errors import FencedError, UsageError
from yujing.settings import SHANGHAI, Settings
from yujing.telemetry.readiness import Readiness

RESTART = 75  # sysexits' "try again": the supervisor starts the worker anew
WINDOW_S = 0.005  # idle, a message waits so long; behind, a batch is what came meanwhile
MOST_MESSAGES = 2_000
_LOOK_EVERY_S = 0.5
_STOP_WITHIN_S = 8.0  # a stop that takes longer is cut off: nothing is lost by it


def work(settings: Settings, output: Output) -> int:
    """Work until the process is told to stop.

    Raises
    ------
    UsageError
        In the embedded shape, where `serve` does the work.
    """
    if not settings.distributed:
        raise UsageError("a worker needs kafka, postgres and clickhouse; `yujing serve` does not")
    readiness = Readiness(("partitions",))
    with County.open(settings, output) as county:
        name = settings.worker_name or f"{socket.gethostname()}-{os.getpid()}"
        core = WorkerCore(county, name, readiness)
        with WorkerWeb(county, readiness) as web:
            output.message(f"worker {name}; health and metrics at {web.address}")
            return asyncio.run(_run(settings, core))


async def _run(settings: Settings, core: WorkerCore) -> int:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _begin_to_stop, core, stopping)
    shell = Shell(settings, core)
    await shell.app.start()
    stopped = asyncio.ensure_future(shell.app.wait_until_stopped())
    asked = asyncio.ensure_future(stopping.wait())
    await asyncio.wait({stopped, asked}, return_when=asyncio.FIRST_COMPLETED)
    crashed = shell.app.crash_reason is not None
    if crashed:
        structlog.get_logger().error("faust_crashed", reason=repr(shell.app.crash_reason)[:500])
        _cut_off(RESTART)
    await shell.app.stop()
    shell.finish()
    return FAILED if crashed else DONE


def _begin_to_stop(core: WorkerCore, stopping: asyncio.Event) -> None:
    structlog.get_logger().info("stopping")
    core.interrupt()
    stopping.set()
    cutting = Timer(_STOP_WITHIN_S, _cut_off, args=(DONE,))
    cutting.daemon = True
    cutting.start()


def _cut_off(status: int) -> None:
    """End the process here and now; what is in hand comes again."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


class Shell:
    """The Faust application around the core.

    Parameters
    ----------
    settings
        Servers and limits.
    core
        Does the work.
    """

    def __init__(self, settings: Settings, core: WorkerCore) -> None:
        self._settings, self._core = settings, core
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="work")
        self.app = self._make_app()

    def _make_app(self) -> Any:
        import faust

        settings = self._settings
        make = BundlingApp if settings.bundles else faust.App
        app = make(
            settings.group,
            **faust_options(settings),
            autodiscover=False,
            datadir=str(settings.data / "faust"),
            store="memory://",
            web_enabled=False,
            topic_disable_leader=True,
            topic_allow_declare=False,
            canonical_url=f"http://{self._core.name}",
            consumer_auto_offset_reset="earliest",
            broker_session_timeout=settings.session_timeout_s,
            broker_heartbeat_interval=settings.session_timeout_s / 5,
            broker_request_timeout=settings.session_timeout_s * 3,
            broker_max_poll_interval=3600.0,
            broker_max_poll_records=5_000,
            broker_commit_interval=1.0,
            broker_commit_every=None,
            stream_buffer_maxsize=4_096,
            stream_wait_empty=False,
            stream_processing_timeout=3600.0,
            producer_linger=0.0,
        )
        topic = app.topic(*INPUT_TOPICS, key_serializer="raw", value_serializer="raw")
        app.agent(topic, name="batches", concurrency=1)(self._agent)
        app.timer(_LOOK_EVERY_S, name="look")(self._look)
        app.crontab(self._cron(), timezone=SHANGHAI)(self._look)
        app.on_partitions_assigned.connect(cast(Any, self._assigned))
        app.on_partitions_revoked.connect(cast(Any, self._revoked))
        return app

    def _cron(self) -> str:
        at = self._settings.deal_at
        return f"{at.minute} {at.hour} * * *"

    async def _in_thread(self, what: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, what, *arguments)

    async def _agent(self, stream: Any) -> None:
        async for read in stream.noack_take(MOST_MESSAGES, within=WINDOW_S):
            generation = self.app.consumer_generation_id
            events = [e for e in read if e.message.generation_id == generation]
            if events and await self._guarded(self._core.take, arrived(events), generation):
                for event in events:
                    await stream.ack(event)

    async def _look(self) -> None:
        await self._guarded(self._core.look)

    async def _guarded(self, what: Any, *arguments: Any) -> bool:
        """Do something in the working thread; return whether it was done."""
        try:
            await self._in_thread(what, *arguments)
        except InterruptedTakeError:
            return False
        except asyncio.CancelledError:
            raise
        except FencedError as error:
            structlog.get_logger().warning("fenced", reason=str(error))
            self._core.county.metrics.count("yujing_fenced_total")
            _cut_off(RESTART)
        except Exception:
            structlog.get_logger().exception("worker_failed")
            _cut_off(RESTART)
        return True

    async def _assigned(self, _app: Any, assigned: Any, *_more: Any, **_named: Any) -> None:
        partitions = {tp.partition for tp in assigned if tp.topic in INPUT_TOPICS}
        self._core.county.metrics.count("yujing_rebalances_total")
        generation = self.app.consumer_generation_id
        await self._in_thread(self._core.assigned, partitions, generation)

    async def _revoked(self, _app: Any, *_more: Any, **_named: Any) -> None:
        self._core.interrupt()
        await self._in_thread(self._core.revoked)

    def finish(self) -> None:
        """Give back what is owned and keep a checkpoint."""
        self._thread.submit(self._core.revoked)
        self._thread.submit(self._core.share.save).result()
        self._thread.shutdown()


def arrived(events: Sequence[Any]) -> list[Arrived]:
    """Return the messages of Faust's events, those of bundles one by one."""
    return [_arrived(record) for event in events for record in records_of(event.message)]


def _arrived(record: Any) -> Arrived:
    headers = dict(record.headers or ())
    return Arrived(
        record.topic, record.partition, record.offset, record.value,
        _text(headers.get(SOURCE)), _text(headers.get(TRACE)), (record.timestamp or 0) / 1000,
    )  # fmt: skip


def _text(value: bytes | None) -> str:
    return value.decode("ascii", "replace")[:64] if value else ""
