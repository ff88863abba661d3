"""Kinds of report, and the months or years that they are about."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from yujing.domain.days import month_start, to_month
from yujing.errors import UsageError

_MONTH, _YEAR = re.compile(r"\d{4}-\d{2}"), re.compile(r"\d{4}")
_EARLIEST = 2000


class Kind(StrEnum):
    """What is reported how often."""

    MONTHLY = "monthly"  # 调度
    ANNUAL = "annual"  # to the province, clause 25

    @property
    def letter(self) -> str:
        """The first letter of the ids of its reports."""
        return self.value[0].upper()

    @property
    def zh(self) -> str:
        """Its name."""
        return "月调度报告" if self is Kind.MONTHLY else "年度报告"


@dataclass(frozen=True)
class Period:
    """A month or a year that a report is about.

    Parameters
    ----------
    kind
        Whether it is a month or a year.
    first, last
        Month numbers.
    """

    kind: Kind
    first: int
    last: int

    @classmethod
    def read(cls, kind: Kind, text: str, today: date) -> "Period":
        """Return the period of a text, YYYY-MM or YYYY.

        Raises
        ------
        UsageError
            If it cannot be read, or has not begun yet.
        """
        wanted, example = (_MONTH, "2026-10") if kind is Kind.MONTHLY else (_YEAR, "2026")
        try:
            if not wanted.fullmatch(text):
                raise ValueError(text)
            first = to_month(date.fromisoformat(f"{text}-01-01"[:10]))
        except ValueError:
            raise UsageError(f"the period of this report is written like {example}") from None
        if first > to_month(today) or month_start(first).year < _EARLIEST:
            raise UsageError(f"{text} has not begun yet, or is too long ago")
        return cls(kind, first, first if kind is Kind.MONTHLY else first + 11)

    @property
    def code(self) -> str:
        """The period as it is read.

        Examples
        --------
        >>> Period.read(Kind.ANNUAL, "2025", date(2026, 1, 1)).code
        '2025'
        """
        start = month_start(self.first)
        return f"{start:%Y-%m}" if self.kind is Kind.MONTHLY else f"{start:%Y}"

    @property
    def zh(self) -> str:
        """The period in words.

        Examples
        --------
        >>> Period.read(Kind.MONTHLY, "2026-03", date(2026, 11, 1)).zh
        '2026年3月'
        """
        start = month_start(self.first)
        month = f"{start.month}月" if self.kind is Kind.MONTHLY else ""
        return f"{start.year}年{month}"

    def running(self, today: date) -> bool:
        """Tell whether it is not over yet."""
        return self.last >= to_month(today)

    @property
    def earlier(self) -> tuple[tuple[str, "Period"], ...]:
        """What it is compared with, each with its word."""
        if self.kind is Kind.ANNUAL:
            return (("上年", self._moved(12)),)
        return ("上月", self._moved(1)), ("上年同月", self._moved(12))

    def _moved(self, months: int) -> "Period":
        return Period(self.kind, self.first - months, self.last - months)
