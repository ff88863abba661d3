"""`yujing sweep`."""

from datetime import date
from typing import Annotated

from cyclopts import Parameter


def sweep(
    *, as_of: date | None = None, json: Annotated[bool, Parameter(negative=())] = False
) -> int:
    """Compute features, scores and decisions; cancel what is gone; deal the cards of the day.

    Parameters
    ----------
    as_of
        Day to look from, today when not given; a day before the last deal is a dry run.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call("sweep", json=json, as_of=as_of.isoformat() if as_of else None)
