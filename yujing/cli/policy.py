"""`yujing policy`."""

from datetime import date
from typing import Annotated

from cyclopts import App, Parameter

app = App(name="policy", help="Lines, amounts, deadlines, capacity with source and validity.")
Json = Annotated[bool, Parameter(negative=())]


@app.command(name="list")
def list_rows(
    key: str = "", *, region: str = "", day: date | None = None, json: Json = False
) -> int:
    """List dated values.

    Parameters
    ----------
    key
        Beginning of their names.
    region
        Only what holds for this region code.
    day
        Only what holds on this day.
    json
        Print one JSON object a row.
    """
    from yujing.cli.perform import call

    day_text = day.isoformat() if day else None
    return call("policy.list", json=json, key=key, region=region, day=day_text)


@app.command
def add(
    key: str,
    value: str,
    *,
    source: str,
    region: str = "52",
    valid_from: date,
    valid_to: date | None = None,
    unit: str = "",
    confidence: str = "verified",
    json: Json = False,
) -> int:
    """Add a value of the county's own; it wins over what is shipped.

    Parameters
    ----------
    key
        Name of the value, for example income_line.
    value
        The value, written as in the list.
    source
        Where it stands.
    region
        Beginning of the region codes it holds for.
    valid_from
        First day.
    valid_to
        Last day.
    unit
        Unit; that of the shipped rows of this name when not given.
    confidence
        verified or 未核实.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call(
        "policy.add",
        json=json,
        key=key,
        value=value,
        source=source,
        region=region,
        valid_from=valid_from.isoformat(),
        valid_to=valid_to.isoformat() if valid_to else None,
        unit=unit,
        confidence=confidence,
    )


@app.command
def check(*, json: Json = False) -> int:
    """Say what is missing or unverified for this county and year.

    Parameters
    ----------
    json
        Print one JSON object a finding.
    """
    from yujing.cli.perform import call

    return call("policy.check", json=json)
