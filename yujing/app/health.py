"""`/health`, `/ready` and `/metrics` of a process, and the looks at what it needs."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine, text
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from streams.state.checkpoint import MANIFEST
from yujing.app.county import County
from yujing.errors import StorageError
from yujing.storage.sql import reading
from yujing.telemetry.metrics import Metrics
from yujing.telemetry.readiness import Readiness

LEAST_FREE_BYTES = 256 * 2**20  # judgement: below it a batch may not fit on the disk any more
_PATIENCE_S = 0.5  # a scrape does not wait for a sweep; it gets the gauges of before


def routes(metrics: Metrics, readiness: Readiness, measure: Callable[[], None]) -> list[BaseRoute]:
    """Return the routes for whoever watches a process.

    Parameters
    ----------
    metrics, readiness
        Those of the process.
    measure
        Sets the gauges before a scrape.
    """

    async def health(_request: Request) -> Response:
        verdict = readiness.healthy()
        return JSONResponse(verdict.body("ok"), verdict.status)

    async def ready(_request: Request) -> Response:
        verdict = await run_in_threadpool(readiness.ready)
        return JSONResponse(verdict.body("ready"), verdict.status)

    def measured() -> bytes:
        metrics.set("yujing_ready", readiness.ready().good)
        measure()
        return metrics.text()

    async def scrape(_request: Request) -> Response:
        return Response(await run_in_threadpool(measured), media_type="text/plain; version=0.0.4")

    return [Route("/health", health), Route("/ready", ready), Route("/metrics", scrape)]


def watch_stores(county: County) -> None:
    """Have `/ready` look at the stores of a county."""
    readiness = county.readiness
    engines = {"desk": county.engine, "vault": county.vault_engine}
    if engines["desk"] is engines["vault"]:
        engines = {"postgres": county.engine}
        readiness.probe("clickhouse", lambda: _answers(county))
    for name, engine in engines.items():
        readiness.probe(name, lambda engine=engine: _asks(engine))  # type: ignore[misc] # bound now
    readiness.probe("disk", lambda: enough_disk(county.settings.data))


def measure(county: County) -> None:
    """Set the gauges of a county unless a sweep is at work."""
    measure_checkpoint(county)
    if county.busy.acquire(timeout=_PATIENCE_S):
        try:
            county.measure()
        finally:
            county.busy.release()


def measure_checkpoint(county: County) -> None:
    """Set the age of the last checkpoint; it stays as it is where there is none."""
    with suppress(FileNotFoundError):
        made_at = (county.settings.data / "checkpoint" / MANIFEST).stat().st_mtime
        county.metrics.set("yujing_checkpoint_age_seconds", max(0.0, county.now_s() - made_at))


def enough_disk(place: Path) -> None:
    """Raise if a batch may not fit on the disk.

    Raises
    ------
    StorageError
        Saying how much is free.
    """
    free = shutil.disk_usage(place).free
    if free < LEAST_FREE_BYTES:
        raise StorageError(f"only {free // 2**20} MiB free at {place}")


def _asks(engine: Engine) -> None:
    with reading(engine) as connection:
        connection.execute(text("SELECT 1"))


def _answers(county: County) -> None:
    if not county.clickhouse.ping():
        raise StorageError("ClickHouse does not answer")
