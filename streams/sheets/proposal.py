"""A mapping file to start from, for a sheet that no mapping knows.

Columns whose headers other mappings know come as these read them; of the others the spelling is
guessed from the cells. What they mean, and which events they make, is for a person to say.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence

from streams.sheets.cells import Cell, header_text, plain
from streams.sheets.choosing import bare_header, fit
from streams.sheets.masking import PRIVATE_HEADER
from streams.sheets.rules import ColumnRule, SheetMapping
from streams.sheets.table import Column, Table
from streams.sheets.values import dates, money
from streams.sheets.values.id_number import LENGTHS
from streams.sheets.values.reading import Read

_MONEY = re.compile("元|金额|金$|费|收入|支出|工资|薪")
_SAMPLE = 200  # distinct cells that a guess looks at
_MOST = 0.8  # of them must read as what is guessed
_FEW_WORDS = 12


def propose(table: Table, mappings: Iterable[SheetMapping]) -> str:
    """Return the text of a mapping file for a table.

    Parameters
    ----------
    table
        With its header.
    mappings
        Those that there are; their words for headers are taken over.
    """
    known = list(mappings)
    nearest = nearest_to(table, known)
    title = table.title.splitlines()[0] if table.title else table.name
    lines = [
        "# A mapping to start from: check each column, then say which events a row makes.",
        "# Every alias says where it was seen. docs/adr/0024-sheets-as-data.md tells all keys.",
    ]
    if nearest is not None:
        choice = fit(table, nearest)
        lacking = ", ".join(choice.missing) or "nothing"
        lines.append(f"# Nearest: {nearest.name} ({nearest.title}); it lacks {lacking}.")
    lines += [
        f"title = {_quoted(header_text(title) or '?')}",
        f"source = {_quoted(nearest.source.value if nearest else 'village_report')}",
        'period = "month"      # or "year", or "none" where each row has its own date',
        '# replaces = ["month", "village"]   # what a sheet is the whole of, if it is',
        f"words = [{_quoted(header_text(title))}]" if header_text(title) else "words = []",
        "",
    ]
    fields: set[str] = set()
    for column in table.columns:
        lines += _column(column, known, fields, typed=table.typed)
    return "\n".join(lines + _EVENT)


def nearest_to(table: Table, mappings: Iterable[SheetMapping]) -> SheetMapping | None:
    """Return the mapping that knows most of a table's columns, None where none knows any."""
    best = max(mappings, key=lambda mapping: len(fit(table, mapping).columns), default=None)
    return best if best is not None and fit(table, best).columns else None


_EVENT = [
    "",
    "# One row may make several events. Types and their fields: `yujing schema`; a record id names",
    "# fields of the row and never its place, so that the same row sent again is the same record.",
    "# [[event]]",
    '# type = "employment.monthly_status"',
    '# record = "NAME-{id_number}-{month}"',
    '# occurred_from = "month"',
    "# scoped = true                    # with `replaces`: what is missing next time is retracted",
    "# [event.values]",
    '# id_number = "id_number"',
    '# month = "month"',
    '# worked = "worked"',
    "",
]


def _column(
    column: Column, mappings: Sequence[SheetMapping], fields: set[str], *, typed: bool
) -> list[str]:
    rule = _known(column.header, mappings)
    if rule is not None and rule.field not in fields:
        fields.add(rule.field)
        lines = [
            "[[column]]",
            f"field = {_quoted(rule.field)}    # {_called(column)}",
        ]
        return [*lines, f"spelling = {_quoted(rule.spelling)}", *_code_set(rule), *_alias(column)]
    spelling = _guess(column, typed=typed)
    name = f"column_{column.letter.lower()}"
    lines = ["[[column]]", f"field = {_quoted(name)}    # {_called(column)}"]
    if spelling == "code" and not PRIVATE_HEADER.search(column.header):
        words = "、".join(_distinct(column.cells)[:_FEW_WORDS])
        lines.append(f"# few words: {words}; with a code set of Yujing they become codes")
    spelling = "text" if spelling == "code" else spelling
    return [*lines, f"spelling = {_quoted(spelling)}", *_alias(column)]


def _called(column: Column) -> str:
    return f"{column.letter}: {column.header}"


def _alias(column: Column) -> list[str]:
    return [f'aliases = [{{ header = {_quoted(column.header)}, seen = "this file" }}]', ""]


def _code_set(rule: ColumnRule) -> list[str]:
    if rule.spelling not in ("code", "codes") or rule.code_set is None:
        return []
    return [f"code_set = {_quoted(rule.code_set.__name__)}"]


def _known(header: str, mappings: Sequence[SheetMapping]) -> ColumnRule | None:
    wanted = bare_header(header)
    for mapping in mappings:
        for rule in mapping.columns.values():
            if any(bare_header(alias.header) == wanted for alias in rule.aliases):
                return rule
    return None


def _guess(column: Column, *, typed: bool) -> str:
    """Return the spelling that most cells of a column have."""
    cells = column.cells
    sample = [cell for cell in dict.fromkeys(cells) if plain(cell)][:_SAMPLE]
    if not sample:
        return "text"

    def most(holds: Callable[[Cell], bool]) -> bool:
        return sum(map(holds, sample)) >= _MOST * len(sample)

    def reads(read: Callable[..., Read]) -> Callable[[Cell], bool]:
        return lambda cell: read(cell, typed=typed).value is not None

    if most(_like_an_id):
        return "id_number"
    if most(_like_a_phone):
        return "phone"
    if most(reads(dates.read_day)):
        return "day"
    if most(reads(dates.read_day_or_month)):
        return "day_or_month"
    if most(lambda cell: plain(cell) in ("是", "否")):
        return "answer"
    if most(lambda cell: money.read_yuan(cell).value is not None):
        whole = most(lambda cell: money.read_count(cell).value is not None)
        return "count" if whole and not _MONEY.search(column.header) else "yuan"
    return "code" if len(sample) <= _FEW_WORDS and len(cells) > 2 * len(sample) else "text"


def _like_an_id(cell: Cell) -> bool:
    text = "".join(plain(cell).split())
    return len(text) in LENGTHS and text[:-1].isdigit() and not text.endswith("000000")


def _like_a_phone(cell: Cell) -> bool:
    text = plain(cell)
    return len(text) == 11 and text.isdigit() and text[0] == "1" and text[1] in "3456789"


def _distinct(cells: Sequence[Cell]) -> list[str]:
    return [text for text in dict.fromkeys(map(plain, cells)) if text]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
