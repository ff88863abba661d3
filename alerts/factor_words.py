"""A model's cell in the words of a worker: whole days and months with units, shares in percent.

The data team reads the exact edges (`models.card.cell_zh`); nobody asks about 122.5 days.
"""

import re
from math import ceil, floor

from models.features import FEATURES

_UNITS = {
    "days": " 天",
    "months": " 个月",
    "years": " 岁",
    "persons": " 人",
    "lines": " 种",
    "grade": "",
    "yuan/month": " 元",
}
_COUNTED = (" 个月", " 人", " 种")  # never below zero
_RANGE = re.compile(r"(-?[\d.e+]+)~(-?[\d.e+]+)|(≤|>)(-?[\d.e+]+)")
_UNIT_OF = {feature.name: feature.unit for feature in FEATURES}


def factor_words(name: str, cell: str) -> str:
    """Return the words for a cell of a feature; what is no range of numbers stays as it is.

    Parameters
    ----------
    name
        Name of the feature.
    cell
        The cell as the scorecard words it: `low~high` means above low and at most high.

    Examples
    --------
    >>> factor_words("days_since_job_end", "122.5~151.5"), factor_words("idle_months_12", "2.5~3.5")
    ('123 到 151 天', '3 个月')
    >>> factor_words("months_worked_12", "≤1.5"), factor_words("tenure_days", ">365")
    ('最多 1 个月', '366 天以上')
    >>> factor_words("wage_drop", "-0.42~-0.2"), factor_words("plans_to_leave", ">0.5")
    ('-42% 到 -20%', '是')
    """
    match = _RANGE.fullmatch(cell)
    unit = _UNIT_OF.get(name)
    if match is None or unit is None:
        return cell
    low, high = _bounds(match)
    if unit == "0/1":
        return "是" if low is not None and low >= 0 else "否"
    if unit == "ratio":
        return _said(_percent(low), _percent(high), "%", joint="% 到 ")
    first = None if low is None else floor(low) + 1
    last = None if high is None else floor(high)
    if first is not None and last is not None and first > last:
        return cell
    return _said(first, last, _UNITS.get(unit, ""))


def _bounds(match: re.Match[str]) -> tuple[float | None, float | None]:
    if match[1] is not None:
        return float(match[1]), float(match[2])
    bound = float(match[4])
    return (None, bound) if match[3] == "≤" else (bound, None)


def _percent(share: float | None) -> int | None:
    if share is None:
        return None
    return floor(100 * share + 0.5) if share >= 0 else ceil(100 * share - 0.5)


def _said(first: int | None, last: int | None, unit: str, joint: str = " 到 ") -> str:
    if first is None:
        return f"{last}{unit}" if last == 0 and unit in _COUNTED else f"最多 {last}{unit}"
    if last is None:
        return f"{first}{unit}以上"
    return f"{first}{unit}" if first == last else f"{first}{joint}{last}{unit}"
