"""How complete a source is against the register: whom it should tell of, and of how many it did."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.rules.situation import Situation
from streams.state.read import packed_value
from yujing.app.county import County
from yujing.domain.codes import InsuranceStatus, Source, number
from yujing.domain.days import month_start
from yujing.domain.sources import Feed

Bools = npt.NDArray[np.bool_]
_PAYING = [number(InsuranceStatus.ENROL), number(InsuranceStatus.RESUME)]
_STATUS = 0xFF  # the status is the lowest byte of the register of a line
_MEDICAL = 1  # place of 390 in `resident_paid`
_OF = {
    "employment.monthly_status": (Source.EMPLOYMENT_PLATFORM, "登记的劳动力里，当月有务工情况的"),
    "insurance.payment": (Source.SOCIAL_INSURANCE, "在保的职工里，当月有缴费记录的"),
    "insurance.resident_annual": (Source.MEDICAL_INSURANCE, "登记的家庭成员里，当年有居民医保的"),
}


@dataclass(frozen=True, slots=True)
class Share:
    """Of how many that should be told of a source told.

    Parameters
    ----------
    feed
        Which feed.
    what
        Of whom, in Chinese.
    period
        The newest period that is due.
    told, of
        How many were told of, and should have been.
    """

    feed: Feed
    what: str
    period: int
    told: int
    of: int


def shares_of(county: County, sources: Iterable[Source]) -> dict[Source, list[Share]]:
    """Return how complete some sources are for the newest period that is due."""
    found: dict[Source, list[Share]] = {}
    for source in sources:
        for feed in county.source_register.feeds(source):
            known = _OF.get(feed.events[0])
            if known is None or known[0] is not source or not feed.promised:
                continue
            period = feed.last_period(county.today())
            with county.busy:
                told, asked = _told(county, feed.events[0], period)
            share = Share(feed, known[1], period, int((told & asked).sum()), int(asked.sum()))
            found.setdefault(source, []).append(share)
    return found


def _told(county: County, event: str, period: int) -> tuple[Bools, Bools]:
    """Return who was told of, and who should have been, of the present members."""
    situation = Situation(county.state, month_start(period + 1), county.policy)
    members, bit = situation.members, period - county.state.base_month
    nobody = np.zeros(len(situation.rows), dtype=bool)
    if bit < 0:
        return nobody, nobody
    if event == "employment.monthly_status":
        return _has(members["worked"] | members["idle"], bit), situation.labour
    if event == "insurance.payment":
        paying = np.isin(packed_value(members["line"]) & _STATUS, _PAYING)
        paid_any = np.bitwise_or.reduce(members["paid"], axis=1)
        return _has(paid_any, bit), np.asarray(paying.any(axis=1))
    year = np.uint64(bit // 12)
    paid = members["resident_paid"][:, _MEDICAL].astype(np.uint64)
    return (paid >> year) & np.uint64(1) == 1, ~nobody


def _has(bits: npt.NDArray[np.uint64], bit: int) -> Bools:
    found: Bools = (bits >> np.uint64(bit)) & np.uint64(1) == 1
    return found
