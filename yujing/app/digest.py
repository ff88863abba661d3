"""SHA-256 of the canonical content: the same facts and decisions give the same, in any order."""

import hashlib
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from streams.state.layout import base_month_of
from streams.state.state import State
from yujing.app.county import County
from yujing.app.output import DONE, Output
from yujing.app.picture import Picture, picture
from yujing.app.requests import Arguments
from yujing.settings import SHANGHAI

VERSION_COLUMNS = ("fact", "version", "content", "known_at")


def answer(county: County, _arguments: Arguments, output: Output) -> int:
    """Show the digests."""
    with county.busy:
        output.result(digest(county))
    return DONE


def digest(county: County) -> dict[str, str | None]:
    """Return the digests of events, facts, state, scores and deals, and the day of the scores.

    Notes
    -----
    No clock and no position is in any of them: the day is that of the last deal, or the day after
    the last fact was known.
    """
    as_of = day_of(county)
    state = county.state if as_of is None else state_of_year(county, as_of)
    return {
        "events": digest_events(county),
        "facts": digest_facts(county),
        "state": state.digest(),
        "scores": _digest([])
        if as_of is None
        else digest_scores(picture(county, as_of, state=state)),
        "deals": _digest(county.desk.canonical_deals()),
        "as_of": as_of.isoformat() if as_of else None,
    }


def day_of(county: County) -> date | None:
    """Return the day of the scores, None for an empty county."""
    last = county.desk.last_deal_day()
    if last is not None:
        return last
    known_at = county.log.last_known_at()
    if not known_at:
        return None
    return datetime.fromtimestamp(known_at, SHANGHAI).date() + timedelta(days=1)


def state_of_year(county: County, as_of: date) -> State:
    """Return the state of all that is known, in the window of a day's year."""
    base_month = base_month_of(as_of.year)
    if county.state.base_month == base_month:
        return county.state
    return State.build(county.log.history(), base_month)


def digest_events(county: County) -> str:
    """Return the digest of the accepted versions, each once with its earliest `known_at`."""
    return digest_versions(county.log.history(columns=VERSION_COLUMNS))


def digest_versions(history: npt.NDArray[np.void]) -> str:
    """Return the digest of versions of events, in whatever order and however often each comes."""
    order = np.lexsort(tuple(history[name] for name in reversed(VERSION_COLUMNS)))
    rows = history[order]
    first = np.ones(len(rows), dtype=bool)
    first[1:] = np.logical_or.reduce(
        [rows[name][1:] != rows[name][:-1] for name in VERSION_COLUMNS[:3]]
    )
    return _digest_columns(rows[first])


def digest_facts(county: County) -> str:
    """Return the digest of the effective facts, by fact."""
    return _digest_columns(county.log.facts(columns=VERSION_COLUMNS))


def digest_scores(seen: Picture) -> str:
    """Return the digest of both scores of everybody, by key."""
    scores, state = seen.scores, seen.state
    return _digest(
        [
            seen.u90.id.encode(),
            *_by_key(state.members["key"][scores.members], scores.u90, scores.without_wage),
            seen.p12.id.encode(),
            *_by_key(state.households["key"][scores.households], scores.p12),
        ]
    )


def _by_key(keys: npt.NDArray[np.uint64], *columns: npt.NDArray[np.float64]) -> list[bytes]:
    order = np.argsort(keys, kind="stable")
    return [np.ascontiguousarray(column[order]).tobytes() for column in (keys, *columns)]


def _digest_columns(rows: npt.NDArray[np.void]) -> str:
    return _digest([np.ascontiguousarray(rows[name]).tobytes() for name in VERSION_COLUMNS])


def _digest(parts: list[bytes]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big"))
        whole.update(part)
    return whole.hexdigest()
