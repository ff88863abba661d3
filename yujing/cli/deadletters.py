"""`yujing deadletters`."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

app = App(name="deadletters", help="Rows that could not be taken.")
Json = Annotated[bool, Parameter(negative=())]


@app.command(name="list")
def list_letters(*, replayed: bool = False, limit: int = 100, json: Json = False) -> int:
    """List rows that could not be taken, newest first.

    Parameters
    ----------
    replayed
        Also those that were taken later.
    limit
        Most rows to print.
    json
        Print one JSON object a row.
    """
    from yujing.cli.perform import call

    return call("deadletters.list", json=json, replayed=replayed, limit=limit)


@app.command
def show(number: int, *, json: Json = False) -> int:
    """Show one row as it came, decrypted; the look is recorded.

    Parameters
    ----------
    number
        Its number in the list.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call("deadletters.show", json=json, number=number)


@app.command
def replay(*numbers: int, mended: Path | None = None, json: Json = False) -> int:
    """Send rows on their way again, all that are waiting when none is named.

    Parameters
    ----------
    numbers
        Their numbers in the list.
    mended
        A file with one line that takes the place of the one row that is named; it goes through the
        door.
    json
        Print one JSON object a row.
    """
    from yujing.cli.perform import call

    line = None if mended is None else mended.read_text("utf8")
    return call("deadletters.replay", json=json, numbers=list(numbers), mended=line)
