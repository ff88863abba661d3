"""Rows that could not be taken: `yujing deadletters`."""

from datetime import UTC, datetime

from streams.door.grant import Grant
from streams.pipeline import Outcome
from streams.vault.deadletters import DeadLetter
from yujing.app.county import County
from yujing.app.intake import Intake, finish
from yujing.app.output import DONE, PARTLY, Output
from yujing.app.people import source_of
from yujing.app.reds import deal_reds
from yujing.app.requests import Arguments
from yujing.errors import UsageError


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
    """Send rows through the door again; those that are taken now are marked."""
    waiting = [letter.id for letter in county.deadletters.list()]
    numbers = [int(number) for number in arguments["numbers"]] or waiting
    refused = 0
    for number in numbers:
        letter = county.deadletters.show(number)
        if letter is None or letter.raw is None:
            raise UsageError(f"there is no dead letter {number}")
        outcome = _replayed(county, letter, letter.raw)
        refused += outcome["outcome"] in ("rejected", "conflict", "unmatched")
        output.result({"number": number, **outcome})
    return PARTLY if refused else DONE


def _replayed(county: County, letter: DeadLetter, raw: bytes) -> dict[str, object]:
    source = None if letter.source == "unknown" else source_of(letter.source)
    intake = Intake(county, Grant(source, None, ("",), False), letter.file)
    with county.busy:
        taken = intake.take([raw], first_row=letter.row - 1)
        touched = finish(county, [intake])
        if taken.outcomes[0] != Outcome.REJECTED:
            county.deadletters.mark_replayed([letter.id], at=county.now_s())
        deal_reds(county, touched)
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
