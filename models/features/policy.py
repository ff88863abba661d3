"""What features and labels ask of the policy: income lines and the ages of labour."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol

import numpy as np
import numpy.typing as npt

from yujing.errors import ReferenceDataError

PROVINCE = 520000000000


class IncomePolicy(Protocol):
    """The part of `yujing.domain.policy.Policy` that the models need."""

    def income_line_fen(self, region: int, year: int) -> int:
        """Return the income line a head and year in fen; ReferenceDataError when unknown."""
        ...

    def whole(self, key: str, *, region: int = PROVINCE, day: date) -> int:
        """Return the whole number that holds for `key` at a place and day."""
        ...


def line_fen(
    policy: IncomePolicy, regions: npt.NDArray[np.int64], year: int,
) -> npt.NDArray[np.float64]:
    """Return the income line of each place in fen, NaN where the policy has none.

    Notes
    -----
    Lines are asked per county: a county may set its own, a village may not.
    """
    counties, inverse = np.unique(regions // 10**6, return_inverse=True)
    lines = np.full(len(counties), np.nan)
    for row, county in enumerate(counties):
        try:
            lines[row] = policy.income_line_fen(int(county) * 10**6 or PROVINCE, year)
        except ReferenceDataError:
            continue
    return lines[inverse.reshape(-1)] if len(counties) else np.empty(0)


def require_lines(
    policy: IncomePolicy, regions: npt.NDArray[np.int64], years: Iterable[int]
) -> None:
    """Raise when a line that training or labels need is missing.

    Raises
    ------
    ReferenceDataError
        Names the first missing year.
    """
    for county in np.unique(regions // 10**6):
        for year in sorted(set(years)):
            policy.income_line_fen(int(county) * 10**6 or PROVINCE, year)
