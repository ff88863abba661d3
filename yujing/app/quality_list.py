"""The list of findings as people see it, on a page and as a CSV: masked, within their scope."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from alerts.quality.finding import FoundRow
from yujing.app.quality_words import RuleWords, event_zh
from yujing.domain.codes import Source, zh
from yujing.web import people
from yujing.web.words import masked

HEADER = (
    "来源", "需要核对的问题", "数据", "记录编号", "姓名", "所在地", "首次发现", "状态", "改好日期",
    "规则编号",
)  # fmt: skip
BOM = "\ufeff"  # Excel takes a CSV without it for the code page of the machine
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
NOBODY = ""


@dataclass(frozen=True)
class ListedRow:
    """One finding; `name` is masked, or empty for who may not see even that."""

    source: str
    rule: str
    words: str
    event: str
    record: str
    name: str
    place: str
    since: date
    mended: date | None
    region: int
    person: int


def listed(
    found: Sequence[FoundRow], words: RuleWords, services: Any, *, named: bool, today: date
) -> list[ListedRow]:
    """Return findings with masked names and places.

    Parameters
    ----------
    found
        Within the scope of who asks.
    services
        State, vault and places, as pages have them.
    named
        Whether masked names are shown; the data team works with keys alone.
    today
        Day of the memberships.
    """
    heads: dict[int, people.Household] = {}
    names: dict[int, str] = {}
    if named:
        names = services.vault.persons({row.person for row in found if row.person})
        homes = {row.household for row in found if not row.person and row.household}
        if homes:
            with services.reading():
                heads = people.households(services.state(), services.vault, homes, as_of=today)
    return [
        ListedRow(
            zh(Source(row.source)), row.rule, words.zh(row.rule), event_zh(row.kind), row.record,
            _name(row, names, heads) if named else NOBODY,
            services.place(row.region) if row.region else "", row.since, row.mended, row.region,
            row.person,
        )
        for row in found
    ]  # fmt: skip


def _name(row: FoundRow, names: dict[int, str], heads: dict[int, people.Household]) -> str:
    if row.person:
        return masked(names.get(row.person))
    home = heads.get(row.household)
    return f"{home.name} 户" if home else NOBODY


def as_csv(rows: Iterable[ListedRow]) -> Iterator[bytes]:
    """Yield a CSV for Excel, line by line; no cell is a formula."""
    yield (BOM + csv_line(HEADER)).encode()
    for row in rows:
        yield csv_line((
            row.source, row.words, row.event, row.record, row.name, row.place,
            row.since.isoformat(), "已改好" if row.mended else "待核",
            row.mended.isoformat() if row.mended else "", row.rule,
        )).encode()  # fmt: skip


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    Examples
    --------
    >>> harmless("=1+1"), harmless("R-17")
    ("'=1+1", 'R-17')
    """
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell


def csv_line(cells: Iterable[str]) -> str:
    """Return a line of a CSV in which no cell is a formula."""
    line = io.StringIO()
    csv.writer(line).writerow([harmless(cell) for cell in cells])
    return line.getvalue()
