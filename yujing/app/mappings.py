"""Mappings from the command line: `yujing mappings`. It reads files alone, no county is opened."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from streams.sheets.cells import Cell, plain
from streams.sheets.choosing import Choice, choose
from streams.sheets.lines import rows_of
from streams.sheets.mapping import Mappings
from streams.sheets.masking import PRIVATE_HEADER, shown
from streams.sheets.proposal import propose
from streams.sheets.rules import ColumnRule, SheetMapping
from streams.sheets.table import Table
from streams.sheets.translate import Frame, Hints, RowFault, read_frame
from streams.sheets.workbook import read_book, read_bytes
from yujing.app.output import DONE, PARTLY, Fields, Output
from yujing.clock import SystemClock
from yujing.domain.days import month_start
from yujing.domain.region import Regions
from yujing.errors import SheetRefusedError, UsageError
from yujing.settings import SHANGHAI, Settings

_SAMPLES = 3
_ROWS_TOLD = 5  # faults of each code that a person is told


def list_mappings(settings: Settings, output: Output) -> int:
    """Show every mapping in a line."""
    for mapping in _load(settings):
        output.result(
            {
                "name": mapping.name,
                "title": mapping.title,
                "source": mapping.source.value,
                "period": mapping.period,
                "replaces": list(mapping.replaces),
                "events": list(_types(mapping)),
                "own": _is_own(settings, mapping),
            },
            f"{mapping.name:<20} {mapping.source.value:<20} {mapping.title}"
            + ("  (the county's own)" if _is_own(settings, mapping) else ""),
        )
    return DONE


def show(settings: Settings, name: str, output: Output) -> int:
    """Show what a mapping knows, a column a line.

    Raises
    ------
    UsageError
        If there is none of that name.
    """
    mappings = _load(settings)
    names = [mapping.name for mapping in mappings]
    if name not in names:
        raise UsageError(f"there is no mapping {name!r}; there are {', '.join(names)}")
    mapping = mappings.get(name)
    told: list[tuple[Fields, tuple[str, ...]]] = []
    for rule in mapping.columns.values():
        headers = [alias.header for alias in rule.aliases]
        fields: Fields = {
            "field": rule.field,
            "spelling": rule.spelling,
            "required": rule.required,
            "headers": headers,
            "seen": [alias.seen for alias in rule.aliases],
            "words": dict(rule.words),
            "unknown": rule.unknown,
        }
        kind = rule.spelling + (f" {rule.code_set.__name__}" if rule.code_set else "")
        mark = "required" if rule.required else ""
        told.append((fields, (rule.field, kind, mark, " ".join(headers))))
    texts = _aligned([("field", "spelling", "", "headers"), *(row for _, row in told)])
    texts[1] = f"{mapping.title}: {', '.join(_types(mapping))}\n{texts[0]}\n{texts[1]}"
    for (fields, _), text in zip(told, texts[1:], strict=True):
        output.result(fields, text)
    return DONE


def month_number(text: str) -> int | None:
    """Return the number of a month written YYYY-MM, None for none.

    Raises
    ------
    UsageError
        If it is no month.
    """
    if not text:
        return None
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise UsageError(f"{text!r} is no month; write it as 2026-10")
    return int(text[:4]) * 12 + int(text[5:]) - 1


def try_file(settings: Settings, path: Path, month: int | None, output: Output) -> int:
    """Show what a file would become, column by column; nothing is taken.

    Parameters
    ----------
    settings
        Where the county's own mappings are.
    path
        An XLSX or CSV.
    month
        Number of the month that the caller names.
    output
        Where it is shown.

    Returns
    -------
    3 if some sheet is unknown or refused, or has rows that would be.

    Raises
    ------
    UnreadableFileError
        If it cannot be read as a whole.
    """
    mappings = _load(settings)
    book = read_book(read_bytes(path), path.name, known_headers=mappings.known_headers)
    for left in book.left:
        output.result({"sheet": left.name, "left": left.why}, f"{left.name}: left, {left.why}")
    regions = Regions.load()
    hints = Hints(path.name, month, SystemClock().now().astimezone(SHANGHAI).date())
    good = True
    for table in book.tables:
        good &= _try_table(table, mappings, hints, regions, output)
    return DONE if good else PARTLY


def _try_table(
    table: Table, mappings: Mappings, hints: Hints, regions: Regions, output: Output
) -> bool:
    choice = choose(table, mappings, file_name=hints.file_name)
    if choice is None:
        proposal = propose(table, mappings)
        output.result(
            {"sheet": table.name, "mapping": None, "rows": len(table.data), "proposal": proposal},
            f"{_called(table)}: no mapping fits. One to start from, for DATA/mappings/NAME.toml:"
            f"\n\n{proposal}",
        )
        return False
    try:
        frame = read_frame(table, choice, hints, regions)
    except SheetRefusedError as error:
        fields: Fields = {
            "sheet": table.name, "mapping": choice.mapping.name, "rows": len(table.data),
            "error": str(error), "error_zh": error.zh, "missing": list(choice.missing),
        }  # fmt: skip
        output.result(fields, f"{_called(table)}: {choice.mapping.name}, refused: {error.zh}")
        _tell_columns(_columns(table, choice, None), output)
        return False
    _tell_frame(frame, output)
    return not frame.faults


def _tell_frame(frame: Frame, output: Output) -> None:
    mapping = frame.choice.mapping
    events = Counter[str]()
    good = ~frame.faulty
    for event in mapping.events:
        events[event.event_type.name] += int((rows_of(frame, event) & good).sum())
    month = f"{month_start(frame.month):%Y-%m}" if frame.month is not None else None
    refused = int(frame.faulty.sum())
    scopes = len({scope for scope in frame.scopes if scope})
    output.result(
        {
            "sheet": frame.table.name, "mapping": mapping.name, "rows": frame.n_rows,
            "month": month, "month_from": frame.months.whence or None,
            "sheet_day": frame.sheet_day.isoformat() if frame.sheet_day else None,
            "refused": refused, "warnings": len(frame.warnings), "events": dict(events),
            "scopes": scopes, "unknown_columns": list(frame.unknown_columns),
            "faults": dict(Counter(fault.code for fault in frame.faults)),
        },
        f"{_called(frame.table)}: {mapping.name} ({mapping.title})\n"
        f"  rows {frame.n_rows:,}, would be refused {refused:,}, warnings {len(frame.warnings):,}\n"
        + (f"  month {month} from the {frame.months.whence}\n" if month else "")
        + (f"  the sheet's own date {frame.sheet_day}\n" if frame.sheet_day else "")
        + (f"  replaces {' x '.join(mapping.replaces)}: {scopes} scopes\n" if scopes else "")
        + "  events " + (", ".join(f"{kind} {n:,}" for kind, n in events.items() if n) or "none"),
    )  # fmt: skip
    _tell_columns(_columns(frame.table, frame.choice, frame), output)
    for kind, faults in (("refused", frame.faults), ("warning", frame.warnings)):
        for fault in _told(faults):
            row = frame.table.row_number(fault.row)
            fields: Fields = {
                "row": row, kind: fault.code, "header": fault.column,
                "reason_zh": fault.zh, "reason": fault.en,
            }  # fmt: skip
            output.result(fields, f"  row {row}, {kind}: {fault.zh}")


@dataclass(frozen=True)
class _Shown:
    """One column as it is told."""

    letter: str
    header: str
    field: str | None
    spelling: str | None
    samples: list[str]
    problems: dict[str, int]


def _columns(table: Table, choice: Choice, frame: Frame | None) -> Iterator[_Shown]:
    fields = {at: field for field, at in choice.columns.items()}
    names = _names(table, choice)
    counted: dict[str, Counter[str]] = {}
    for fault in (*frame.faults, *frame.warnings) if frame else ():
        counted.setdefault(fault.column, Counter())[fault.code] += 1
    for at, column in enumerate(table.columns):
        field = fields.get(at)
        rule = choice.mapping.columns[field] if field else None
        yield _Shown(
            column.letter,
            column.header,
            field,
            rule.spelling if rule else None,
            _samples(column.cells, column.header, rule, names),
            dict(counted.get(column.header, ())),
        )


def _tell_columns(columns: Iterator[_Shown], output: Output) -> None:
    told = list(columns)
    rows = [
        (
            f"  {column.letter}", column.header, f"-> {column.field}" if column.field else "-",
            "; ".join(column.samples),
            " ".join(f"{code} {n}" for code, n in column.problems.items()),
        )
        for column in told
    ]  # fmt: skip
    texts = _aligned([("", "column", "field", "samples", "problems"), *rows])
    texts[1:2] = [f"{texts[0]}\n{texts[1]}"] if told else []
    for column, text in zip(told, texts[1:], strict=True):
        output.result(
            {
                "column": column.letter, "header": column.header, "field": column.field,
                "spelling": column.spelling, "samples": column.samples,
                "problems": column.problems,
            },
            text,
        )  # fmt: skip


def _samples(
    cells: Sequence[Cell], header: str, rule: ColumnRule | None, names: frozenset[str]
) -> list[str]:
    """Return the first different values, what is personal masked."""
    spelling = rule.spelling if rule else "text"
    personal = rule.personal if rule else PRIVATE_HEADER.search(header) is not None
    found: dict[str, None] = {}
    for cell in cells:
        text = plain(cell)
        if text:
            found[shown(cell, spelling, personal=personal, names=names)] = None
        if len(found) == _SAMPLES:
            break
    return list(found)


def _names(table: Table, choice: Choice) -> frozenset[str]:
    rules = choice.mapping.columns
    columns = [table.columns[at] for field, at in choice.columns.items()
               if rules[field].spelling == "name"]  # fmt: skip
    return frozenset(text for column in columns for text in map(plain, column.cells) if text)


def _told(faults: Sequence[RowFault]) -> Iterator[RowFault]:
    """Return the first few faults of each kind."""
    counted = Counter[str]()
    for fault in faults:
        counted[fault.code] += 1
        if counted[fault.code] <= _ROWS_TOLD:
            yield fault


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return rows as lines with aligned columns; a Chinese character is two wide."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _called(table: Table) -> str:
    return f"sheet {table.name!r}" if table.name else "the file"


def _types(mapping: SheetMapping) -> dict[str, None]:
    return dict.fromkeys(event.event_type.name for event in mapping.events)


def _load(settings: Settings) -> Mappings:
    return Mappings.load(settings.data / "mappings")


def _is_own(settings: Settings, mapping: SheetMapping) -> bool:
    return (settings.data / "mappings" / f"{mapping.name}.toml").is_file()
