"""The standing numbers of a state and its scores; a new one is a function and a line here."""

from dataclasses import dataclass

from dashboards.standing.cells import Cells, merged
from dashboards.standing.ground import Ground
from dashboards.standing.measures import festival, groups, households, people, risks

__all__ = ["MEASURES", "Measure", "measure"]


@dataclass(frozen=True)
class Measure:
    """One standing number.

    Parameters
    ----------
    code
        Its name in the table; never used again for something else.
    of
        Its function in this package.
    """

    code: str
    of: people.Count


MEASURES = (
    Measure("people", people.everybody),
    Measure("people.group", people.by_group),
    Measure("people.category", people.by_category),
    Measure("labourers", people.labourers),
    Measure("labourers.work", people.by_work),
    Measure("labourers.reported", people.reported),
    Measure("workers", people.workers),
    Measure("workers.industry", people.by_industry),
    Measure("workers.area", people.by_area),
    Measure("workers.public_post", people.public_posts),
    Measure("households", households.every),
    Measure("households.category", households.by_category),
    Measure("households.with_labour", households.with_labour),
    Measure("households.zero_employment", households.zero_employment),
    Measure("households.monitored", households.monitored),
    Measure("households.margin", households.by_margin),
    Measure("households.hardship", households.by_hardship),
    Measure("risk.u90", risks.unemployment),
    Measure("risk.p12", risks.poverty),
    Measure("risk.u90.group", groups.unemployment),
    Measure("festival.came_home", festival.came_home),
)


def measure(ground: Ground) -> Cells:
    """Return every standing number of a state, by code."""
    return merged([{one.code: one.of(ground) for one in MEASURES}])
