"""Where the rows of a request at the HTTP door go: into the log of this process, or to Kafka."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from threading import BoundedSemaphore
from typing import Any, Protocol

from streams.door.grant import Grant
from yujing.app.county import County
from yujing.app.intake import Intake, Taken, finish, log_batch
from yujing.app.reds import deal_reds
from yujing.app.stream_door import Sending, StreamDoor, log_sent
from yujing.errors import StorageError

HTTP = "http"  # where its dead letters came from
_REQUESTS_AT_ONCE = 16  # of the 40 threads that answer requests
_LONGEST_WAIT_S = 5.0  # for a place


class Taker(Protocol):
    """Where the rows of a request go."""

    def turn(self) -> AbstractContextManager[Any]:
        """Return a context in which one request is answered."""
        ...

    def take(self, lines: Sequence[bytes], grant: Grant) -> Taken:
        """Take rows and return what became of each."""
        ...


class ToLog:
    """Takes rows into the log and the state of this process, one request at a time.

    Parameters
    ----------
    county
        The open data.
    """

    def __init__(self, county: County) -> None:
        self._county = county

    def turn(self) -> AbstractContextManager[Any]:
        """Return the lock of the county."""
        return self._county.busy

    def take(self, lines: Sequence[bytes], grant: Grant) -> Taken:
        """Take rows in, and deal the reds that cannot wait."""
        intake = Intake(self._county, grant, HTTP)
        taken = intake.take(lines)
        touched = finish(self._county, [intake])
        log_batch(intake)
        if not grant.backfill:
            deal_reds(self._county, touched)
        return taken


class ToKafka:
    """Sends rows to Kafka, a few requests at a time.

    Parameters
    ----------
    county
        The open stores.
    door
        The way to Kafka.
    """

    def __init__(self, county: County, door: StreamDoor) -> None:
        self._county, self._door = county, door
        self._places = BoundedSemaphore(_REQUESTS_AT_ONCE)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Take one of a few places: pages are served though Kafka makes the door wait."""
        if not self._places.acquire(timeout=_LONGEST_WAIT_S):
            raise StorageError("other requests wait for Kafka")
        try:
            yield
        finally:
            self._places.release()

    def take(self, lines: Sequence[bytes], grant: Grant) -> Taken:
        """Send rows; workers do the rest."""
        sending = Sending(self._county, self._door, grant, HTTP)
        taken = sending.take(lines)
        log_sent(sending)
        return taken


def taker_of(county: County) -> Taker:
    """Return where rows go in this shape of the installation."""
    return ToKafka(county, county.stream_door) if county.settings.distributed else ToLog(county)
