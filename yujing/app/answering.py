"""What came through the door and answers: visits and services cards, answers differences."""

from datetime import datetime

import numpy as np
import numpy.typing as npt

from streams.fact import FactArray
from streams.wire.catalogue import BY_NAME
from yujing.app.county import County
from yujing.settings import SHANGHAI

VERIFICATION = BY_NAME["verification.result"].kind
SERVICE = BY_NAME["service.delivered"].kind
ANSWER = BY_NAME["comparison.answer"].kind
_CHINA_S, _DAY_S = 8 * 3600, 86_400


def take_answers(county: County, facts: FactArray, *, backfill: bool) -> int:
    """Bring visits and services that came through the door to their cards; return how many.

    Parameters
    ----------
    facts
        Facts that were taken in or known already; one that came before counts once.
    backfill
        Whether the visit was recorded when the source says, instead of now.
    """
    _settle(county, facts)
    answers = (facts["kind"] == VERIFICATION) | (facts["kind"] == SERVICE)
    mine = facts.compress(answers & (facts["card"] > 0) & (facts["retracted"] == 0))
    if not len(mine):
        return 0
    if not backfill:
        return _bring(county, mine, county.now())
    taken = 0
    for part in by_day(mine):
        at = county.moment(int(part["known_at"].max())).astimezone(SHANGHAI)
        taken += _bring(county, part, at)
    return taken


def _settle(county: County, facts: FactArray) -> None:
    """Close the differences that answers from outside settle, whatever card they name."""
    mine = facts.compress(facts["kind"] == ANSWER)
    if len(mine):
        county.desk.differences.take_answers(mine, day=county.today())


def _bring(county: County, facts: FactArray, at: datetime) -> int:
    """Record visits before services: help completes only what was confirmed."""
    taken = county.desk.take_answers(facts, at=at)
    return len(taken) + len(county.desk.take_help(facts, at=at))


def by_day(facts: FactArray) -> list[FactArray]:
    """Return the facts of each day on which some were known, in order."""
    ordered = facts[np.lexsort((facts["fact"], facts["known_at"]))]
    days: npt.NDArray[np.int64] = (ordered["known_at"].astype(np.int64) + _CHINA_S) // _DAY_S
    edges = np.flatnonzero(np.diff(days)) + 1
    return list(np.split(ordered, edges))
