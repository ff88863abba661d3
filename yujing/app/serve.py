"""The service of a county: pages, HTTP door, commands over the socket, and the day's sweep.

In the distributed shape any number of such processes serve, each on a data directory of its own;
workers sweep and deal.
"""

import gc
import socket
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import FrameType

import structlog
import uvicorn

from yujing.app import daily
from yujing.app.county import County
from yujing.app.health import watch_stores
from yujing.app.http_door import routes as door_routes
from yujing.app.output import DONE, Output
from yujing.app.pages import page_routes, services
from yujing.app.reconcile import let_in
from yujing.app.socket_service import SocketService
from yujing.app.uploads.sheets import SheetDeliverer
from yujing.app.uploads.store import Uploads
from yujing.app.uploads.worker import ImportWorker
from yujing.errors import UsageError
from yujing.settings import Settings
from yujing.storage.allocator import give_back
from yujing.storage.lock import hold
from yujing.storage.private import private_directory
from yujing.web.application import application

ADDRESS_FILE = "address"
_PATIENCE_S = 5  # for answers in flight when the service is told to stop


def serve(settings: Settings, output: Output, *, ready: Callable[[str], None] | None = None) -> int:
    """Serve until the process is told to stop.

    Parameters
    ----------
    settings
        Address, port, data.
    ready
        Called with the address once it answers.
    """
    # servers hold nothing for us: the socket of a second process would take the first one's place
    own = hold(settings.data) if settings.distributed else nullcontext()
    with own, County.open(settings, output) as county:
        return serve_county(county, output, ready=ready)


def serve_county(
    county: County, output: Output, *, ready: Callable[[str], None] | None = None
) -> int:
    """Serve an open county until the process is told to stop."""
    prepare(county)
    listener = listen_at(county.settings.host, county.settings.port)
    imports = imports_of(county)
    address = f"http://{county.settings.host}:{listener.getsockname()[1]}"
    server = _Server(
        uvicorn.Config(
            application(services(county), [*door_routes(county), *page_routes(county, imports)]),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_PATIENCE_S,
            lifespan="off",
        )
    )
    commands, day = SocketService(county), daily.Daily(county)
    commands.start()
    day.start()
    imports.start()
    county.readiness.watch("commands", commands.alive)
    county.readiness.watch("daily", day.alive)
    county.readiness.watch("imports", imports.alive)
    _tell_address(county.settings.data, address)
    output.message(f"serving at {address}; Ctrl-C stops")
    if ready is not None:
        ready(address)
    try:
        server.run(sockets=[listener])
    finally:
        imports.stop()
        day.stop()
        commands.stop()
        (county.settings.data / ADDRESS_FILE).unlink(missing_ok=True)
    structlog.get_logger().info("stopped")
    return DONE


def imports_of(county: County) -> ImportWorker:
    """Return what delivers the sheets that departments upload."""
    uploads = Uploads(county.vault_engine, county.keys)
    alone = not county.settings.distributed
    return ImportWorker(uploads, SheetDeliverer(county), county.clock, alone=alone)


def prepare(county: County) -> None:
    """Open everything that a request may need, so that the first one does not wait.

    Memory is compared with the whole log by the day's sweep: a checkpoint proves itself by its
    hash, and what came after it was folded a moment ago.
    """
    with county.busy:
        if county.settings.distributed:
            _ = county.stream_door, county.unmatched
            county.readiness.report("kafka", "not asked yet")
        else:
            let_in(county)
            _ = county.registered
        county.measure()
        _ = county.vault, county.deadletters, county.registry, county.door
    watch_stores(county)
    gc.collect()
    give_back()
    gc.freeze()  # what is there now stays: no collection has to look through it while pages wait


def listen_at(host: str, port: int) -> socket.socket:
    """Return a listening socket.

    Raises
    ------
    UsageError
        If the address is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise UsageError(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another with --port"
        ) from None
    listener.listen(128)
    return listener


def _tell_address(data: Path, address: str) -> None:
    """Write the address whole: who waits for the file reads it the moment that it is there."""
    partial = private_directory(data) / f"{ADDRESS_FILE}.partial"
    partial.write_text(address + "\n", encoding="utf8")
    partial.replace(data / ADDRESS_FILE)


class _Server(uvicorn.Server):
    """uvicorn that, told to stop, ends with its work done instead of raising the signal again."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; a second signal stops at once."""
        if self.should_exit:
            self.force_exit = True
        self.should_exit = True
