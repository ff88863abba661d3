"""The side of a running `serve` that answers commands over its socket."""

import contextlib
import socket
from threading import Thread

import structlog

from yujing.app.county import County
from yujing.app.proxy import CallerGoneError, SocketOutput, listen, read_request
from yujing.app.requests import perform
from yujing.errors import StorageError, YujingError


class SocketService:
    """Answers commands, each caller in a thread of its own.

    Parameters
    ----------
    county
        The open data.
    """

    def __init__(self, county: County) -> None:
        self._county = county
        self._path = county.settings.socket
        self._listener = listen(self._path)
        self._thread = Thread(target=self._accept, name="socket", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def alive(self) -> bool:
        """Return whether callers are taken."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Stop taking callers; who is being answered is cut off with the process."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        log = structlog.get_logger()
        output = SocketOutput(connection)
        with connection:
            try:
                asked = read_request(connection)
                log.info("request", command=asked.command)
                status = perform(self._county, asked, output)
                output.end(status)
            except CallerGoneError:
                log.info("caller_gone")
            except YujingError as error:
                self._fail(output, error)
            except Exception as error:
                # one request must not end the service; the caller gets one line, the log the rest
                log.exception("unforeseen_error")
                self._county.metrics.count("yujing_errors_total", where="socket")
                self._fail(output, StorageError(f"{type(error).__name__} in the running service"))

    @staticmethod
    def _fail(output: SocketOutput, error: YujingError) -> None:
        with contextlib.suppress(CallerGoneError):
            output.failure(error)
