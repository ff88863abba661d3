"""Where training and back-tests get their facts and leave their models.

With the data open here, directly; with a running `serve`, from a snapshot that it writes, so that
the heavy work is done in the caller's process and the service goes on.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Protocol

import numpy as np

from models.card import Scorecard, to_json
from streams.fact import FACT, FactArray
from yujing.app.county import County
from yujing.app.models import take_cards
from yujing.app.output import DONE, Collected, Fields, Output
from yujing.app.proxy import ask, connect
from yujing.app.requests import Arguments, Request
from yujing.domain.policy import Policy
from yujing.errors import StorageError
from yujing.settings import Settings


class School(Protocol):
    """What training needs of a county."""

    policy: Policy
    today: date

    def history(self) -> FactArray:
        """Return every version of every fact."""
        ...

    def accept(self, cards: Sequence[Scorecard], *, promote: bool) -> list[Fields]:
        """Keep models, make them the active ones if asked, and say what was kept."""
        ...


class Here:
    """A county that is open in this process.

    Parameters
    ----------
    county
        The open data.
    """

    def __init__(self, county: County) -> None:
        self._county = county
        self.policy = county.policy
        self.today = county.today()

    def history(self) -> FactArray:
        """Return every version of every fact."""
        return in_order(self._county.log.history())

    def accept(self, cards: Sequence[Scorecard], *, promote: bool) -> list[Fields]:
        """Keep models."""
        return take_cards(self._county, cards, promote=promote)


class There:
    """A county that a running `serve` holds.

    Parameters
    ----------
    settings
        Where its socket is.
    output
        Hears its words.
    """

    def __init__(self, settings: Settings, output: Output) -> None:
        self._settings = settings
        self._output = output
        own = settings.data / "policy"
        self.policy = Policy.load(own if own.is_dir() else None)
        described = self._ask("snapshot", {})[0]
        self._path = Path(str(described["path"]))
        self.today = date.fromisoformat(str(described["today"]))

    def history(self) -> FactArray:
        """Return every version of every fact, from the snapshot."""
        facts: FactArray = np.load(self._path)
        if facts.dtype != FACT:
            raise StorageError("the running service is of another version; restart it")
        return in_order(facts)

    def accept(self, cards: Sequence[Scorecard], *, promote: bool) -> list[Fields]:
        """Send models to the service."""
        pages = [to_json(card).decode() for card in cards]
        return self._ask("models.accept", {"cards": pages, "promote": promote})

    def close(self) -> None:
        """Remove the snapshot."""
        self._path.unlink(missing_ok=True)

    def _ask(self, command: str, arguments: Arguments) -> list[Fields]:
        connection = connect(self._settings.socket)
        if connection is None:
            raise StorageError("the running service ended; run the command again")
        heard = Collected()
        with connection:
            ask(connection, Request(command, arguments), heard)
        return heard.results


def in_order(history: FactArray) -> FactArray:
    """Return versions in an order that does not depend on how they came, copies once.

    Sums of floating point numbers depend on the order; so the same facts give the same model.
    """
    names = ("fact", "version", "content", "known_at")
    order = np.lexsort(tuple(history[name] for name in reversed(names)))
    rows = history.take(order)  # whole rows: an index copies them field by field
    first = np.ones(len(rows), dtype=bool)
    first[1:] = np.logical_or.reduce([rows[name][1:] != rows[name][:-1] for name in names[:3]])
    return rows.compress(first)


@contextmanager
def school(settings: Settings, output: Output) -> Iterator[School]:
    """Open the county for learning, wherever it is held."""
    connection = connect(settings.socket)
    if connection is None:
        with County.open(settings, output) as county:
            yield Here(county)
        return
    connection.close()
    there = There(settings, output)
    try:
        yield there
    finally:
        there.close()


def answer_snapshot(county: County, _arguments: Arguments, output: Output) -> int:
    """Write every version of every fact to a file that the caller removes."""
    with county.busy:
        history = county.log.history()
    path = county.settings.data / "tmp" / f"snapshot-{county.log.last_position()}.npy"
    with path.open("wb") as file:
        path.chmod(0o600)
        np.save(file, history)
    output.result({"path": str(path), "today": county.today().isoformat(), "rows": len(history)})
    return DONE
