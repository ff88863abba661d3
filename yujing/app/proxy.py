"""Requests over the Unix socket of a running `serve`, and what comes back, line by line.

The caller sends one JSON line `{command, arguments}` and reads JSON lines `{kind, ...}`: result,
message, progress, then one `end` with the exit status or one `failure` with the name and the text
of the error. Hanging up stops the request at its next word.
"""

import contextlib
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

import yujing.errors
from yujing.app.output import Fields, Output
from yujing.app.requests import Request
from yujing.errors import DataHeldError, YujingError

_LONGEST_SOCKET_PATH = 100  # bytes; the system's limit is 107


class CallerGoneError(YujingError):
    """Nobody listens to this request any more; it stops where the store is consistent."""


@contextlib.contextmanager
def _address(path: Path) -> Iterator[str]:
    """Yield a spelling of the path that is short enough for the system."""
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        yield str(path)
        return
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)


def listen(path: Path) -> socket.socket:
    """Return a listening socket at `path` that only its owner may use.

    The data directory's lock is held, so a socket that lies there is a dead one.
    """
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    try:
        with _address(path) as address:
            listener.bind(address)
    finally:
        os.umask(mask)
    listener.listen(16)
    return listener


def connect(path: Path) -> socket.socket | None:
    """Return a connection to a running `serve`, or None when none listens."""
    try:
        if not stat.S_ISSOCK(path.stat().st_mode):
            return None
    except OSError:
        return None
    caller = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _address(path) as address:
            caller.connect(address)
    except OSError:
        caller.close()
        return None
    return caller


class SocketOutput:
    """Carries what a use case says to the caller."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def result(self, fields: Fields, text: str | None = None) -> None:
        """Send a result."""
        self._send({"kind": "result", "fields": fields, "text": text})

    def message(self, text: str) -> None:
        """Send a message."""
        self._send({"kind": "message", "text": text})

    def progress(self, task: str, done: int, total: int | None) -> None:
        """Send how far a task is."""
        self._send({"kind": "progress", "task": task, "done": done, "total": total})

    def end(self, status: int) -> None:
        """Send the exit status; the last word."""
        self._send({"kind": "end", "status": status})

    def failure(self, error: YujingError) -> None:
        """Send the error that ended the request; the last word."""
        self._send({"kind": "failure", "error": type(error).__name__, "text": str(error)})

    def _send(self, words: dict[str, Any]) -> None:
        try:
            self._connection.sendall(msgspec.json.encode(words) + b"\n")
        except OSError:
            raise CallerGoneError("the caller hung up") from None


def read_request(connection: socket.socket) -> Request:
    """Return the request that a caller sent."""
    with connection.makefile("rb") as lines:
        words = msgspec.json.decode(lines.readline())
    return Request(str(words["command"]), dict(words["arguments"]))


def ask(connection: socket.socket, request: Request, output: Output) -> int:
    """Send a request, show what comes back and return the exit status.

    Raises
    ------
    YujingError
        The error that ended the request, as the use case raised it.
    """
    asked = {"command": request.command, "arguments": request.arguments}
    connection.sendall(msgspec.json.encode(asked) + b"\n")
    with connection.makefile("rb") as lines:
        for line in lines:
            words = msgspec.json.decode(line)
            match words["kind"]:
                case "result":
                    output.result(words["fields"], words["text"])
                case "message":
                    output.message(words["text"])
                case "progress":
                    output.progress(words["task"], words["done"], words["total"])
                case "end":
                    return int(words["status"])
                case "failure":
                    raise _error(words["error"], words["text"])
    raise DataHeldError("the running service ended before the request was done; run it again")


def _error(name: str, text: str) -> YujingError:
    kind = getattr(yujing.errors, name, None)
    if not (isinstance(kind, type) and issubclass(kind, YujingError)):
        return YujingError(text)
    return yujing.errors.SettingsError([text]) if name == "SettingsError" else kind(text)


__all__ = ["CallerGoneError", "SocketOutput", "ask", "connect", "listen", "read_request"]
