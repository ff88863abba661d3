"""A difference in words, and as a question on a card."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from alerts.comparisons.catalogue import CARD, Comparison
from alerts.reasons import MOST_QUESTIONS, Asked, dated
from yujing.domain.codes import Category, members, zh
from yujing.domain.days import month_start, to_day

CODE = "difference_"   # of a question, before the number of its difference


class Row(Protocol):
    """What words need of a difference."""

    @property
    def id(self) -> int:
        """Its number."""
        ...

    @property
    def person(self) -> int:
        """Whom it is about, 0 for the household."""
        ...

    @property
    def of(self) -> Comparison | None:
        """Its comparison."""
        ...

    @property
    def since(self) -> int:
        """Day number from which the sources contradict each other."""
        ...

    @property
    def month(self) -> int:
        """Month number of the second claim, 0 none."""
        ...

    @property
    def value(self) -> int:
        """Number of the sentence."""
        ...

    @property
    def what(self) -> int:
        """Number of a code that the sentence names."""
        ...


def sentence_of(row: Row, *, as_of: date) -> str:
    """Return what both sides say, with days and months counted up to a day."""
    one = row.of
    if one is None:
        return ""
    start = month_start(row.month) if row.month else as_of
    months = as_of.year * 12 + as_of.month - 1 - _month_of(row.since)
    year = "" if start.year == as_of.year else f"{start.year} 年 "
    return one.zh.format(
        since=dated(row.since, as_of), month=f"{year}{start.month} 月", value=row.value,
        what=zh(members(one.what)[row.what]) if one.what else "",
        days=to_day(as_of) - row.since, months=months,
    )


def _month_of(day: int) -> int:
    one = date.fromordinal(date(1970, 1, 1).toordinal() + day)
    return one.year * 12 + one.month - 1


def questions_of(
    rows: Sequence[Row], names: dict[int, str], *, as_of: date
) -> tuple[list[Asked], set[str]]:
    """Return the questions of differences for a card, and which questions of rules they cover.

    Parameters
    ----------
    rows
        Open differences of a household, the most telling first.
    names
        Masked names by person.
    """
    asked: list[Asked] = []
    covered: set[str] = set()
    for row in rows:
        one = row.of
        if one is None or one.asked != CARD or len(asked) == MOST_QUESTIONS:
            continue
        who = f"{names[row.person]}：" if names.get(row.person) else ""
        words = f"{who}{sentence_of(row, as_of=as_of)}。{one.ask}"
        asked.append(Asked(f"{CODE}{row.id}", words, tuple(a.zh for a in one.answers)))
        covered |= set(one.covers)
    return asked, covered


def split(answers: dict[str, str]) -> tuple[dict[str, str], dict[int, str]]:
    """Return the answers to questions of rules, and those to differences by their numbers.

    Examples
    --------
    >>> split({"works": "有活", "difference_7": "还在干", "difference_x": "?"})
    ({'works': '有活'}, {7: '还在干'})
    """
    rules, settled = {}, {}
    for code, word in answers.items():
        number = code.removeprefix(CODE)
        if number == code:
            rules[code] = word
        elif number.isascii() and number.isdigit() and len(number) < 16:
            settled[int(number)] = word
    return rules, settled


def categories_zh(mask: int) -> str:
    """Return the categories of a bit mask in Chinese."""
    named = [zh(one) for n, one in enumerate(Category) if n and mask >> n & 1]
    return "、".join(named)
