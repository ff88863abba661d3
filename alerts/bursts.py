"""Bursts: one file, employer, rule or source that would open too many cards in a county and day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from alerts.candidates import Candidates
from alerts.rules import FACT, RED, SEASONAL
from alerts.view import DeskView
from yujing.domain.policy import Policy

Ints = npt.NDArray[np.int64]
DIMENSIONS = ("file", "employer", "rule", "source")   # the narrowest explanation first
COUNTY_UNIT = 1_000_000


@dataclass(frozen=True)
class Burst:
    """Candidates that become one held item.

    Parameters
    ----------
    county
        6-digit code.
    dimension, value
        What they have in common.
    limit
        How many cards one such group may open in a county and day.
    places
        Their places among the candidates.
    """

    county: int
    dimension: str
    value: int
    limit: int
    places: Ints


def burst_limit(n_households: int, *, region: int, as_of: date, policy: Policy) -> int:
    """Return how many cards one file, source, rule or employer may open in a county and day."""
    least = policy.whole("red_burst.least", region=region, day=as_of)
    share = policy.number("red_burst.share", region=region, day=as_of)
    return max(least, int(share * n_households + 1e-9))


def find_burst(
    candidates: Candidates, chosen: Ints, view: DeskView, *, as_of: date, policy: Policy,
    sizes: Mapping[int, int] | None = None,
) -> Burst | None:
    """Return the first burst among the candidates that would get a card, None without one.

    Parameters
    ----------
    sizes
        Households of counties, where the candidates' population is only a part of them; a county
        that is not named has the size of its population.

    Scores, people's own reports and households picked by chance are no part of a burst. Cards that
    the same group opened earlier this day count too. By rule and by source only reds count: what
    capacity bounds cannot flood anybody, and a county's main source is in most cards.
    """
    rows = candidates.rows
    by_rule = chosen[np.isin(rows["kind"][chosen], (FACT, SEASONAL))]
    counties = rows["region"][by_rule] // COUNTY_UNIT
    opened = view.opened_today
    for county in np.unique(counties):
        mine = by_rule[counties == county]
        n = (sizes or {}).get(int(county)) or int(
            (candidates.regions // COUNTY_UNIT == county).sum())
        limit = burst_limit(n, region=int(county) * COUNTY_UNIT, as_of=as_of, policy=policy)
        before = opened[opened["region"] // COUNTY_UNIT == county]
        if len(mine) + len(before) <= limit:
            continue
        for dimension in DIMENSIONS:
            wide = dimension in ("rule", "source")
            could = mine[rows["level"][mine] >= RED] if wide else mine
            known = before[before["level"] >= RED] if wide else before
            values, counts = np.unique(rows[dimension][could], return_counts=True)
            for value, count in zip(values, counts, strict=True):
                earlier = int((known[dimension] == value).sum())
                if value and count + earlier > limit:
                    places = could[rows[dimension][could] == value]
                    return Burst(int(county), dimension, int(value), limit, places)
    return None
