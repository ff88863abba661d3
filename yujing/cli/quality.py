"""`yujing quality`."""

from typing import Annotated

from cyclopts import Parameter

Flag = Annotated[bool, Parameter(negative=())]


def quality(
    *,
    source: str | None = None,
    rule: str | None = None,
    state: str = "open",
    rows: int = 0,
    json: Flag = False,
) -> int:
    """Show what rules of data quality found, by source and rule, with its trend by month.

    Parameters
    ----------
    source
        Only what this source is asked to mend.
    rule
        Only this rule.
    state
        open, mended or all.
    rows
        Show so many of the newest findings instead of counts.
    json
        Print one JSON object a line.
    """
    from yujing.cli.perform import call

    return call("quality", json=json, source=source, rule=rule, state=state, rows=rows)
