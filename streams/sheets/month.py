"""The month or year that a sheet is about, and the sheet's own date, read from words around it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from streams.sheets.cells import plain

_CHINESE = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CHINESE_YEAR = re.compile(r"[〇零○一二三四五六七八九]{4}年")
_CHINESE_MONTH = re.compile(r"(?<=年)(度?)(十[一二]?|[一二三四五六七八九])(?=月)")
_CHINESE_TEN = {"十": "10", "十一": "11", "十二": "12"}

_DAY = re.compile(
    r"(?<!\d)(20\d\d)(?:\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?|([-/._])(\d{1,2})\4(\d{1,2})"
    r"|(\d\d)(\d\d))(?!\d)"
)
_MONTH = re.compile(
    r"(?<!\d)(20\d\d)(?:\s*年(?:度)?\s*(\d{1,2})\s*月|[-/._](\d{1,2})月?|(0[1-9]|1[0-2]))(?![-/._]?\d)"
)
_SEVERAL = re.compile(r"(?<!\d)\d{1,2}\s*月?\s*(?:[-—~至到、]+)\s*\d{1,2}\s*月")
_MONTH_ALONE = re.compile(r"(?<![\d年])(\d{1,2})\s*月(?!\d)")
_YEAR = re.compile(r"(?<!\d)(20\d\d)\s*年?(?!\d)")
_DATE_WORDS = re.compile(
    r"(?:填报|填表|制表|制作|导出|生成|打印|上报|报送|统计|报表|截止|截至)"
    r"(?:日期|时间|于|到)?[:\s]*(?=20\d\d)"
)


@dataclass(frozen=True, slots=True)
class Named:
    """What one text names.

    Parameters
    ----------
    months
        Numbers of months.
    months_of_year
        1 to 12, of months without a year.
    years
        Years without a month.
    several
        Whether it names a span of months.
    """

    months: frozenset[int]
    months_of_year: frozenset[int]
    years: frozenset[int]
    several: bool


def named_in(text: str) -> Named:
    """Return the months and years that a text names; a whole date is none of them.

    Examples
    --------
    >>> sorted(named_in("织金县2023年3月务工监测表（截至2023年4月5日）").months) == [2023 * 12 + 2]
    True
    """
    rest = _DAY.sub(_keep_unless_day, arabic(text))
    several = _SEVERAL.search(rest) is not None
    rest = _SEVERAL.sub(" ", rest)
    months = set()
    for found in _MONTH.finditer(rest):
        month = int(found[2] or found[3] or found[4])
        if 1 <= month <= 12:
            months.add(int(found[1]) * 12 + month - 1)
    rest = _MONTH.sub(" ", rest)
    alone = {int(found[1]) for found in _MONTH_ALONE.finditer(rest) if 1 <= int(found[1]) <= 12}
    years = {int(found[1]) for found in _YEAR.finditer(rest)}
    if len(years) == 1 and len(alone) == 1 and not months:
        months = {next(iter(years)) * 12 + next(iter(alone)) - 1}
    return Named(frozenset(months), frozenset(alone), frozenset(years), several)


def sheet_day_in(texts: Iterable[str]) -> date | None:
    """Return the date that a sheet gives itself in its title, its last rows or its name.

    Parameters
    ----------
    texts
        Where it may stand, the surest first. A date after a word as 填报日期 counts before one
        without; several different ones in a text are none.
    """
    for text in map(arabic, texts):
        said = _said_days(text)
        if len(said) == 1:
            return said.pop()
        if said:
            continue
        every = {day for day in map(_date, _DAY.finditer(text)) if day}
        if len(every) == 1:
            return every.pop()
    return None


def arabic(text: str) -> str:
    """Return a text with Chinese years and months in digits: 二〇二三年三月 is 2023年3月."""
    shown = plain(text)
    shown = _CHINESE_YEAR.sub(lambda found: found[0].translate(_CHINESE), shown)
    return _CHINESE_MONTH.sub(_month_in_digits, shown)


def _month_in_digits(found: re.Match[str]) -> str:
    return found[1] + (_CHINESE_TEN.get(found[2]) or found[2].translate(_CHINESE))


def _said_days(text: str) -> set[date]:
    """Return the dates that follow on a word as 填报日期."""
    found = (_DAY.match(text, word.end()) for word in _DATE_WORDS.finditer(text))
    return {day for day in (_date(there) for there in found if there) if day}


def _date(found: re.Match[str]) -> date | None:
    parts = [part for part in (*found.group(2, 3), *found.group(5, 6, 7, 8)) if part]
    try:
        return date(int(found[1]), int(parts[0]), int(parts[1]))
    except (ValueError, IndexError):
        return None


def _keep_unless_day(found: re.Match[str]) -> str:
    return " " if _date(found) else found[0]
