"""A worker's own small server: /health, /ready and /metrics."""

from threading import Thread
from types import TracebackType
from typing import Self

import uvicorn
from starlette.applications import Starlette

from yujing.app.county import County
from yujing.app.health import measure_checkpoint, routes
from yujing.app.serve import ADDRESS_FILE, listen_at
from yujing.storage.private import private_directory
from yujing.telemetry.readiness import Readiness


class WorkerWeb:
    """Serves in a thread while the block lasts; its address is in the data directory.

    Parameters
    ----------
    county
        Its metrics and settings.
    readiness
        Of the worker.
    """

    def __init__(self, county: County, readiness: Readiness) -> None:
        self._county = county
        settings = county.settings
        self._listener = listen_at(settings.host, settings.worker_port)
        self.address = f"http://{settings.host}:{self._listener.getsockname()[1]}"
        watched = routes(county.metrics, readiness, lambda: measure_checkpoint(county))
        self._server = uvicorn.Server(
            uvicorn.Config(
                Starlette(routes=watched), log_config=None, access_log=False,
                server_header=False, lifespan="off",
            )
        )  # fmt: skip
        self._thread = Thread(target=self._serve, name="web", daemon=True)

    def _serve(self) -> None:
        self._server.run(sockets=[self._listener])

    def __enter__(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        path = private_directory(self._county.settings.data) / ADDRESS_FILE
        path.write_text(self.address + "\n", encoding="utf8")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop serving."""
        self._server.should_exit = True
        self._thread.join(timeout=2)
