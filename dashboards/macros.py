"""The macros and variables of the Grafana plugin for ClickHouse, expanded for pages and exports.

A panel's SQL is written once, for the plugin. Used are `$__dateFilter(column)`,
`$__timeFilter(column)`, `$__fromTime`, `$__toTime` (expanded by the plugin's backend),
`$__conditionalAll(condition, $variable)` (by its frontend) and `${variable:csv}` (by Grafana);
anything else beginning with `$` is refused, so that no panel leans on what is not tried.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from yujing.errors import UsageError

COUNTY, TOWNSHIP = "county", "township"
VARIABLES = (COUNTY, TOWNSHIP)
_CALL = re.compile(r"\$__(\w+)(\()?")
_VARIABLE = re.compile(r"\$\{(\w+):csv\}")


@dataclass(frozen=True)
class Filters:
    """The one fixed set of filters of all boards.

    Parameters
    ----------
    first, last
        The span of time, aware.
    counties, townships
        12-digit codes; none of a kind is all.
    """

    first: datetime
    last: datetime
    counties: tuple[int, ...] = ()
    townships: tuple[int, ...] = ()

    def of(self, variable: str) -> Sequence[int]:
        """Return the choice of a variable, nothing for all."""
        return self.counties if variable == COUNTY else self.townships


def expanded(sql: str, filters: Filters) -> str:
    """Return SQL that the engine understands.

    Raises
    ------
    UsageError
        If it names a macro or variable that is not known here.
    """
    sql = _without_calls(sql, filters)
    for name in _VARIABLE.findall(sql):
        if name not in VARIABLES:
            raise UsageError(f"unknown variable ${{{name}}}")
    sql = _VARIABLE.sub(lambda match: _codes(filters.of(match[1])), sql)
    if "$" in sql:
        raise UsageError(f"cannot expand {sql[sql.index('$') :][:40]!r}")
    return sql


def _without_calls(sql: str, filters: Filters) -> str:
    """Replace macros from the last to the first, so that an inner one is done before its outer."""
    for match in reversed(list(_CALL.finditer(sql))):
        name, end, arguments = match[1], match.end(), [""]
        if match[2]:
            arguments, end = _arguments(sql, end)
        sql = sql[: match.start()] + _macro(name, arguments, filters) + sql[end:]
    return sql


def _macro(name: str, arguments: list[str], filters: Filters) -> str:
    first, last = filters.first.astimezone(UTC), filters.last.astimezone(UTC)
    if name == "dateFilter" and len(arguments) == 1:
        column = arguments[0]
        return f"{column} >= toDate('{first:%Y-%m-%d}') AND {column} <= toDate('{last:%Y-%m-%d}')"
    if name == "timeFilter" and len(arguments) == 1:
        column = arguments[0]
        return f"{column} >= {_moment(first)} AND {column} <= {_moment(last)}"
    if name in ("fromTime", "toTime") and arguments == [""]:
        return _moment(first if name == "fromTime" else last)
    if name == "conditionalAll" and len(arguments) == 2:
        variable = arguments[1].strip().removeprefix("$")
        if variable in VARIABLES:
            return arguments[0] if filters.of(variable) else "1=1"
    raise UsageError(f"cannot expand $__{name}({', '.join(arguments)})")


def _arguments(sql: str, start: int) -> tuple[list[str], int]:
    """Return the arguments of a call and the place behind its closing bracket."""
    depth, at, arguments = 1, start, [""]
    while depth and at < len(sql):
        character = sql[at]
        depth += (character == "(") - (character == ")")
        if depth == 1 and character == ",":
            arguments.append("")
        elif depth:
            arguments[-1] += character
        at += 1
    if depth:
        raise UsageError("a macro has no closing bracket")
    return arguments, at


def _moment(moment: datetime) -> str:
    return f"toDateTime({int(moment.timestamp())})"


def _codes(codes: Sequence[int]) -> str:
    return ",".join(str(int(code)) for code in codes) or "0"
