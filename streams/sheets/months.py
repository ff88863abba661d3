"""What makes the month of a sheet: a column, else its title, its name, the name of the file."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from streams.sheets.choosing import Choice
from streams.sheets.month import named_in, sheet_day_in
from streams.sheets.table import Table
from streams.sheets.values.dates import Span
from streams.sheets.values.reading import Values, constant
from yujing.domain.days import month_start
from yujing.errors import SheetRefusedError

Texts = tuple[str, str, str, str]  # header, Chinese, English, code


@dataclass
class Months:
    """The months of the rows.

    Parameters
    ----------
    values
        Number of the month of each row; None where the mapping needs none.
    whence_zh, whence
        What made it.
    faults
        Rows whose own month is not the one that the sender named.
    """

    values: Values | None = None
    whence_zh: str = ""
    whence: str = ""
    faults: list[tuple[int, Texts]] = field(default_factory=list)

    @property
    def single(self) -> int | None:
        """The one month of all rows, None where there are several or none."""
        found = [month for month in (self.values.distinct if self.values else ()) if month]
        return found[0] if len(found) == 1 and isinstance(found[0], int) else None

    def sheet_day(self, texts: Iterable[str], column: Values | None, today: date) -> date | None:
        """Return the sheet's own date, None where it has none or one in the future.

        Parameters
        ----------
        texts
            Title, last rows, names of the sheet and the file.
        column
            A column with the date, if there is one; the latest counts.
        today
            The clock.
        """
        day = sheet_day_in(texts)
        if column is not None:
            days = [value.last for value in column.distinct if isinstance(value, Span)]
            days += [value for value in column.distinct if isinstance(value, date)]
            day = max(days) if days else day
        return day if day is not None and day <= today else None


def months_of(
    table: Table, choice: Choice, values: dict[str, Values], file_name: str, hint: int | None
) -> Months:
    """Return the month of each row.

    Parameters
    ----------
    table, choice
        The sheet and its mapping.
    values
        Of the columns.
    file_name
        As it came.
    hint
        The month that the sender named; it settles what title, sheet and file say otherwise.

    Raises
    ------
    SheetRefusedError
        If nothing names a month, or two places name different ones.
    """
    mapping = choice.mapping
    if mapping.period == "none":
        return Months()
    column = values.get("month")
    if column is not None and not column.given.any() and not column.refused.any():
        column = None
    if hint is not None:
        return _hinted(table, choice, column, hint)
    own = {month for month in column.distinct if isinstance(month, int)} if column else set()
    said = _said(table, file_name)
    if mapping.period == "year":
        return _of_year(table, choice, values.get("year"), said, file_name)
    named = {zh: months for zh, months in said.items() if months}
    _refuse_contradiction(mapping.title, own, named)
    if column is not None:
        header = table.columns[choice.columns["month"]].header
        return Months(column, f"列“{header}”", f"column {header}")
    if not named:
        raise SheetRefusedError(
            f"看不出{_called(table)}是哪个月的：没有月份列，标题、表名、文件名中也没有"
            "月份；请在标题中写明月份，或指定月份（--month 2023-03）",
            "no column, title or name says which month it is about; use --month YYYY-MM",
            question="month",
        )
    whence, months = next(iter(named.items()))
    return Months(constant(len(table.data), min(months)), whence, _ENGLISH[whence])


def _called(table: Table) -> str:
    return f"“{table.name}”" if table.name else "这张表"  # the name of a file may name a person


_ENGLISH = {
    "标题": "title",
    "表名": "name of the sheet",
    "文件名": "name of the file",
    "表的日期": "date of the sheet",
}


def _said(table: Table, file_name: str) -> dict[str, set[int]]:
    """Return the months that title, sheet and file name, in this order of weight."""
    found = {}
    for zh, text in (("标题", table.title), ("表名", table.name), ("文件名", file_name)):
        named = named_in(text)
        if named.several:
            raise SheetRefusedError(
                f"{zh}中写的是几个月，看不出数据是哪个月的；请指定月份（--month 2023-03）",
                f"the {_ENGLISH[zh]} names several months; use --month YYYY-MM",
                question="month",
            )
        found[zh] = set(named.months)
    alone = {
        month
        for text in (table.title, table.name, file_name)
        for month in named_in(text).months_of_year
    }
    full = set().union(*found.values())
    if full and alone - {month % 12 + 1 for month in full}:
        raise _contradiction([f"{month_start(m):%Y-%m}" for m in sorted(full)]
                             + [f"{month} 月" for month in sorted(alone)])  # fmt: skip
    return found


def _refuse_contradiction(title: str, own: set[int], named: dict[str, set[int]]) -> None:
    said = set().union(*named.values()) if named else set()
    if len(said) > 1 or (own and said and own != said):
        raise _contradiction([f"{month_start(month):%Y-%m}" for month in sorted(said | own)])


def _contradiction(found: list[str]) -> SheetRefusedError:
    listed = "、".join(found)
    return SheetRefusedError(
        f"月份互相矛盾（{listed}）：列、标题、表名、文件名应是同一个月；"
        "请改正，或指定月份（--month 2023-03）",
        f"it names different months ({', '.join(found)}); mend it or use --month YYYY-MM",
        question="month",
    )


def _hinted(table: Table, choice: Choice, column: Values | None, hint: int) -> Months:
    n = len(table.data)
    if choice.mapping.period == "year":
        hint = hint // 12 * 12
    months = Months(constant(n, hint), "--month", "--month")
    if column is None:
        return months
    header = table.columns[choice.columns["month"]].header
    for row in np.flatnonzero(column.given).tolist():
        own = column.distinct[column.at[row]]
        if isinstance(own, int) and own != hint:
            told, wanted = f"{month_start(own):%Y-%m}", f"{month_start(hint):%Y-%m}"
            zh = f"“{header}”列是 {told}，与指定的月份 {wanted} 不同"
            en = f"{header} says {told}, the sender said {wanted}"
            months.faults.append((row, (header, zh, en, "month_differs")))
    return months


def _of_year(
    table: Table,
    choice: Choice,
    column: Values | None,
    said: dict[str, set[int]],
    file_name: str,
) -> Months:
    """Return January of the year that the sheet is about."""
    if column is not None and (column.given.any() or column.refused.any()):
        header = table.columns[choice.columns["year"]].header
        starts = [year * 12 if isinstance(year, int) else None for year in column.distinct]
        return Months(Values(column.at, list(starts)), f"列“{header}”", f"column {header}")
    years = {
        zh: {month // 12 for month in said[zh]} | set(named_in(text).years)
        for zh, text in (("标题", table.title), ("表名", table.name), ("文件名", file_name))
    }
    own_day = sheet_day_in((table.title, table.tail, table.name, file_name))
    if own_day is not None and not any(years.values()):
        years["表的日期"] = {own_day.year}
    every = set().union(*years.values())
    if len(every) > 1:
        raise _contradiction([str(year) for year in sorted(every)])
    if not every:
        raise SheetRefusedError(
            "看不出是哪一年的：没有年度列，标题、表名、文件名中也没有年份；"
            "请在标题中写明年份，或指定（--month 2023-12）",
            "no column, title or name says which year it is about; use --month YYYY-MM",
            question="month",
        )
    whence = next(zh for zh, found in years.items() if found)
    year = every.pop()
    return Months(constant(len(table.data), year * 12), whence, _ENGLISH[whence])
