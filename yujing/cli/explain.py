"""`yujing explain`."""

from datetime import date
from typing import Annotated

from cyclopts import Parameter


def explain(
    key: str,
    *,
    as_of: date | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Print the facts, features, bins, points and rules behind a score and a card.

    Parameters
    ----------
    key
        Key of a person or a household, 16 hex digits.
    as_of
        Day to look from; that of the last sweep when not given.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call("explain", json=json, key=key, as_of=as_of.isoformat() if as_of else None)
