"""A command's words go through the socket and come out as they went in."""

import socket
import stat
from pathlib import Path
from threading import Thread

import pytest

from yujing.app.output import Collected
from yujing.app.proxy import (
    CallerGoneError,
    SocketOutput,
    ask,
    connect,
    listen,
    read_request,
)
from yujing.app.requests import Request
from yujing.errors import DataHeldError, SettingsError, UsageError, YujingError


class Heard(Collected):
    """An output that keeps all it hears."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[object] = []

    def message(self, text: str) -> None:
        self.words.append(text)

    def progress(self, task: str, done: int, total: int | None) -> None:
        self.words.append((task, done, total))


def pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)


def test_results_messages_progress_and_status_arrive() -> None:
    here, there = pair()
    heard = Heard()

    def answer() -> None:
        with there:
            asked = read_request(there)
            output = SocketOutput(there)
            output.message(asked.command)
            output.progress("task", 1, None)
            output.result({"a": asked.arguments["x"]}, "words")
            output.end(3)

    thread = Thread(target=answer)
    thread.start()
    with here:
        status = ask(here, Request("sweep", {"x": 5}), heard)
    thread.join()

    assert status == 3
    assert heard.words == ["sweep", ("task", 1, None)]
    assert heard.results == [{"a": 5}]


@pytest.mark.parametrize("error", [UsageError("no"), SettingsError(["bad"]), YujingError("other")])
def test_an_error_arrives_as_itself(error: YujingError) -> None:
    here, there = pair()

    def answer() -> None:
        with there:
            read_request(there)
            SocketOutput(there).failure(error)

    thread = Thread(target=answer)
    thread.start()
    with here, pytest.raises(type(error), match=str(error)):
        ask(here, Request("sweep", {}), Heard())
    thread.join()


def test_a_service_that_dies_is_said() -> None:
    here, there = pair()
    there.close()

    with here, pytest.raises((DataHeldError, OSError)):
        ask(here, Request("sweep", {}), Heard())


def test_who_hangs_up_stops_the_request() -> None:
    here, there = pair()
    here.close()
    output = SocketOutput(there)

    with there, pytest.raises(CallerGoneError):
        output.message("x")


@pytest.mark.parametrize("folder", ["short", "long" * 40])
def test_the_socket_is_its_owner_s_and_its_path_may_be_long(tmp_path: Path, folder: str) -> None:
    directory = tmp_path / folder
    directory.mkdir()
    path = directory / "socket"
    assert connect(path) is None

    listener = listen(path)
    caller = connect(path)

    assert caller is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    caller.close()
    listener.close()
    assert connect(path) is None
    listen(path).close()


def test_a_file_of_that_name_is_no_service(tmp_path: Path) -> None:
    (tmp_path / "socket").write_text("x")

    assert connect(tmp_path / "socket") is None
