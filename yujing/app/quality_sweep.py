"""The day's look at the quality of what is known: rules over the state, findings out of date."""

from datetime import timedelta

from alerts.quality.columns import Ground
from alerts.quality.rules import evaluate_quality
from alerts.quality.told import COLUMNS, KINDS, Told
from streams.state.fact_index import FactIndex
from yujing.app.county import County
from yujing.app.findings import settle_findings
from yujing.app.ordered import Owned
from yujing.app.picture import Picture

KEPT_DAYS = 400  # judgement: a department looks back a year


def look_at_quality(
    county: County, seen: Picture, index: FactIndex, *, known_before: int | None = None,
    owned: Owned | None = None,
) -> None:  # fmt: skip
    """Keep where rules over the state hold, and mend findings that do not stand any more.

    Again does no harm.

    Parameters
    ----------
    seen
        The picture of the day, of all households or of those of some partitions.
    index
        Which versions count, as far as this process knows.
    known_before
        Its cut-off; everything when not given.
    owned
        Which households it is a picture of; all when not given.
    """
    found = evaluate_quality(Ground(seen.situation, told_before(county, known_before)))
    county.quality.keep_state(found, day=seen.as_of, looked_at=owned)
    settle_findings(county, index)
    county.quality.forget(seen.as_of - timedelta(days=KEPT_DAYS))


def told_before(county: County, known_before: int | None) -> Told:
    """Return risks, warnings, help and visits that were known before a moment."""
    told = f"kind IN ({', '.join(map(str, KINDS))})"
    return Told.of(county.log.facts_where(told, known_before, columns=COLUMNS))
