"""Differences written down by hand."""

from datetime import date
from typing import Any

import numpy as np

from alerts.comparisons import DIFFERENCE, Differences, shipped_comparisons
from yujing.domain.days import to_day

NUMBERS = {one.code: one.number for one in shipped_comparisons()}


def difference(code: str, household: int, person: int = 0, **more: Any) -> Any:
    """Return one difference; `since` a date, `month` YYYY-MM."""
    row = np.zeros(1, dtype=DIFFERENCE)[0]
    row["household"], row["person"], row["comparison"] = household, person, NUMBERS[code]
    row["region"], row["since"], row["basis"] = 520526111202, to_day(date(2026, 6, 1)), 1
    for name, value in more.items():
        if name == "since":
            value = to_day(value)
        if name == "month":
            year, month = value.split("-")
            value = int(year) * 12 + int(month) - 1
        row[name] = value
    return row


def differences(*rows: Any) -> Differences:
    """Return differences as one array."""
    return np.array(list(rows), dtype=DIFFERENCE) if rows else np.empty(0, dtype=DIFFERENCE)
