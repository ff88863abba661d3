"""Rows that could not be taken: `yujing deadletters`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from streams.door.grant import Grant
from streams.kafka.messages import SOURCE, Message
from streams.kafka.stamped import StampedReader
from streams.pipeline import Outcome
from streams.vault.deadletters import DeadLetter
from yujing.app.bad_messages import standpoint_of
from yujing.app.county import County
from yujing.app.intake import Intake, Taken, finish
from yujing.app.output import DONE, PARTLY, Output
from yujing.app.people import source_of
from yujing.app.reds import deal_reds
from yujing.app.requests import Arguments
from yujing.domain.codes import Source
from yujing.errors import UsageError

if TYPE_CHECKING:
    from yujing.app.stream_door import StreamDoor


def list_letters(county: County, arguments: Arguments, output: Output) -> int:
    """Show what waits, newest first, without its content."""
    letters = county.deadletters.list(waiting=not arguments["replayed"])
    for letter in reversed(letters[-int(arguments["limit"]) :]):
        output.result(_shown(letter))
    return DONE


def show(county: County, arguments: Arguments, output: Output) -> int:
    """Show one row as it came."""
    letter = county.deadletters.show(int(arguments["number"]))
    if letter is None or letter.raw is None:
        raise UsageError(f"there is no dead letter {arguments['number']}")
    raw = letter.raw.decode("utf8", "replace")
    output.result({**_shown(letter), "raw": raw}, raw)
    return DONE


def replay(county: County, arguments: Arguments, output: Output) -> int:
    """Send rows on their way again; those that are taken now are marked.

    A row of a door goes through the door. A stamped event that a worker could not read goes back to
    its partition if it can be read now, by a worker that was mended. A mended line, which takes the
    place of one letter, goes through the door whatever it stands for.
    """
    waiting = [letter.id for letter in county.deadletters.list()]
    numbers = [int(number) for number in arguments["numbers"]] or waiting
    mended: str | None = arguments.get("mended")
    if mended is not None and len(arguments["numbers"]) != 1:
        raise UsageError("a mended line stands for one dead letter: name its number")
    refused = 0
    with _way(county) as way:
        for number in numbers:
            letter = county.deadletters.show(number)
            if letter is None or letter.raw is None:
                raise UsageError(f"there is no dead letter {number}")
            if mended is not None:
                outcome = way.through_door(letter, mended.strip().encode())
            else:
                outcome = way.again(letter, letter.raw)
            if outcome["outcome"] != Outcome.REJECTED.word:
                county.deadletters.mark_replayed([letter.id], at=county.now_s())
            refused += outcome["outcome"] in ("rejected", "conflict", "unmatched")
            output.result({"number": number, **outcome})
    return PARTLY if refused else DONE


class _Way(Protocol):
    """Where a replayed row goes."""

    def again(self, letter: DeadLetter, raw: bytes) -> dict[str, object]:
        """Send a row as it came, and return what became of it."""
        ...

    def through_door(self, letter: DeadLetter, line: bytes) -> dict[str, object]:
        """Send a line through the door, and return what became of it."""
        ...


@contextmanager
def _way(county: County) -> Iterator[_Way]:
    if not county.settings.distributed:
        yield _OwnWay(county)
        return
    from yujing.app.stream_door import StreamDoor  # Kafka's client: only where it is used

    door = StreamDoor(county)
    try:
        yield _StreamWay(county, door)
    finally:
        door.close()


class _OwnWay:
    """Into the stores of this process."""

    def __init__(self, county: County) -> None:
        self._county = county

    def again(self, letter: DeadLetter, raw: bytes) -> dict[str, object]:
        return self.through_door(letter, raw)

    def through_door(self, letter: DeadLetter, line: bytes) -> dict[str, object]:
        county = self._county
        intake = Intake(county, _grant(letter), letter.file)
        with county.busy:
            taken = intake.take([line], first_row=letter.row - 1)
            deal_reds(county, finish(county, [intake]))
        return _said(taken)


class _StreamWay:
    """To Kafka: a stamped event to its partition, everything else through the door."""

    def __init__(self, county: County, door: "StreamDoor") -> None:
        self._county, self._door = county, door
        self._reader = StampedReader()

    def again(self, letter: DeadLetter, raw: bytes) -> dict[str, object]:
        stood = standpoint_of(letter.file)
        if stood is None:
            return self.through_door(letter, raw)
        reading = self._reader.read([raw])
        if reading.rejects:
            told = reading.rejects[0]
            return {
                "outcome": Outcome.REJECTED.word, "reason": told.reason,
                "reason_zh": told.reason_zh,
            }  # fmt: skip
        headers = [(SOURCE, letter.source.encode())]
        self._door.producer.send(
            [Message(stood.topic, stood.partition, None, raw, headers, len(reading.facts))]
        )
        return {"outcome": Outcome.ACCEPTED.word}

    def through_door(self, letter: DeadLetter, line: bytes) -> dict[str, object]:
        from yujing.app.stream_door import Sending

        sending = Sending(self._county, self._door, _grant(letter), letter.file)
        return _said(sending.take([line], first_row=letter.row - 1))


def _grant(letter: DeadLetter) -> Grant:
    source = None if letter.source == Source.UNKNOWN.value else source_of(letter.source)
    return Grant(source, None, ("",), False)


def _said(taken: Taken) -> dict[str, object]:
    line = taken.lines(0)[0]
    return {name: value for name, value in line.items() if name != "row"}


def _shown(letter: DeadLetter) -> dict[str, object]:
    def moment(seconds: int | None) -> str | None:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()

    return {
        "number": letter.id,
        "source": letter.source,
        "file": letter.file,
        "row": letter.row,
        "reason": letter.reason,
        "kept_at": moment(letter.kept_at),
        "replayed_at": moment(letter.replayed_at),
    }
