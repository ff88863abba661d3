"""What the policy says, as dated data: lines, amounts, deadlines, thresholds, capacity, losses.

Every row has a key, a region prefix, a span of days, a value with its unit, a source and a
confidence. Shipped rows lie in `data/policy/*.csv`; a county's own files of the same form lie in
one directory over them. Among the rows that hold for a place and day the longest region prefix
wins, then the county's file, then the latest `valid_from`.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from yujing.errors import ReferenceDataError

PROVINCE = 520000000000   # Guizhou as a 12-digit region code
VERIFIED, UNVERIFIED = "verified", "未核实"
COLUMNS = ("key", "region", "valid_from", "valid_to", "value", "unit", "source", "confidence")
LEVELS = (1, 2, 3)
_OTHERS = ("holidays.csv", "sources.csv")   # files of the calendar and of the register of sources


@dataclass(frozen=True)
class PolicyRow:
    """One dated value.

    Parameters
    ----------
    key
        What it is, dotted.
    region
        Prefix of the 12-digit region codes it holds for; 52 is the whole province.
    valid_from, valid_to
        First and last day; no last day while it holds.
    value, unit
        As written in the file; `Policy.number` reads it as a number.
    source, confidence
        Where it was found, and `verified` or 未核实.
    own
        True when a county's file brought it.
    """

    key: str
    region: str
    valid_from: date
    valid_to: date | None
    value: str
    unit: str
    source: str
    confidence: str
    own: bool = False

    def holds(self, region: str, day: date) -> bool:
        """Return whether the row holds for a 12-digit region code and a day."""
        return (
            region.startswith(self.region)
            and self.valid_from <= day
            and (self.valid_to is None or day <= self.valid_to)
        )

    @property
    def rank(self) -> tuple[int, bool, date]:
        """Return the order among rows that hold at once; the largest wins."""
        return (len(self.region), self.own, self.valid_from)


class Policy:
    """All dated values; immutable.

    Parameters
    ----------
    rows
        Shipped and own rows, any order.

    Raises
    ------
    ReferenceDataError
        If two shipped rows for the same key and region overlap in time.
    """

    def __init__(self, rows: Iterable[PolicyRow]) -> None:
        self.rows = tuple(rows)
        self._by_key: dict[str, list[PolicyRow]] = {}
        for row in self.rows:
            self._by_key.setdefault(row.key, []).append(row)
        self._found: dict[tuple[str, str, date], PolicyRow | None] = {}
        _refuse_overlaps(self.rows)

    @classmethod
    def load(cls, override_dir: Path | None = None) -> "Policy":
        """Return the shipped policy with the county's files of `override_dir` over it.

        Parameters
        ----------
        override_dir
            Directory of `*.csv` files with the same columns.

        Raises
        ------
        ReferenceDataError
            If a file or row cannot be read; the message names file and line.
        """
        rows: list[PolicyRow] = []
        folder = files("yujing.domain").joinpath("data", "policy")
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if entry.name.endswith(".csv"):
                rows.extend(read_rows(entry.read_text("utf-8"), entry.name, own=False))
        if override_dir is not None and override_dir.is_dir():
            for path in sorted(override_dir.glob("*.csv")):
                if path.name not in _OTHERS:
                    rows.extend(read_rows(path.read_text("utf-8-sig"), str(path), own=True))
        return cls(rows)

    def find(self, key: str, *, region: int = PROVINCE, day: date) -> PolicyRow | None:
        """Return the row that holds for `key` at a place and day, None when there is none."""
        place = f"{region:012d}"
        asked = (key, place, day)
        if asked not in self._found:
            if len(self._found) > 200_000:   # villages x keys x days of a long replay
                self._found.clear()
            holding = (row for row in self._by_key.get(key, ()) if row.holds(place, day))
            self._found[asked] = max(holding, key=lambda row: row.rank, default=None)
        return self._found[asked]

    def row(self, key: str, *, region: int = PROVINCE, day: date) -> PolicyRow:
        """Return the row that holds for `key` at a place and day.

        Raises
        ------
        ReferenceDataError
            If no row holds; the message names key, place and day.
        """
        found = self.find(key, region=region, day=day)
        if found is None:
            raise ReferenceDataError(f"no policy value {key} for region {region} on {day}")
        return found

    def text(self, key: str, *, region: int = PROVINCE, day: date) -> str:
        """Return the value of `key` as text."""
        return self.row(key, region=region, day=day).value

    def number(self, key: str, *, region: int = PROVINCE, day: date) -> float:
        """Return the value of `key` as a number in its unit."""
        return float(self.row(key, region=region, day=day).value)

    def whole(self, key: str, *, region: int = PROVINCE, day: date) -> int:
        """Return the value of `key` as a whole number in its unit."""
        return round(self.number(key, region=region, day=day))

    def amount_fen(self, key: str, *, region: int = PROVINCE, day: date) -> int:
        """Return the value of `key`, kept in yuan, as fen."""
        return round(self.number(key, region=region, day=day) * 100)

    def numbers(
        self, key: str, regions: npt.NDArray[np.int64], *, day: date,
    ) -> npt.NDArray[np.float64]:
        """Return the value of `key` for each region code, NaN where no row holds.

        Parameters
        ----------
        regions
            12-digit codes as numbers, shape (n,).

        Notes
        -----
        Looks up each distinct place once, cut to the longest region prefix that `key` has.
        """
        widths = [len(row.region) for row in self._by_key.get(key, ())]
        unit = 10 ** (12 - max(widths, default=2))
        places, inverse = np.unique(regions // unit, return_inverse=True)
        rows = [self.find(key, region=int(place) * unit, day=day) for place in places]
        values = np.array([np.nan if row is None else float(row.value) for row in rows])
        return values[inverse.reshape(-1)] if len(values) else np.empty(0)

    def income_line_fen(self, region: int, year: int) -> int:
        """Return the yearly income line (监测线, from 2026 认定标准) per head of a place in fen.

        Raises
        ------
        ReferenceDataError
            If no line is known; the message names the year.
        """
        row = self.find("income_line", region=region or PROVINCE, day=date(year, 1, 1))
        if row is None:
            raise ReferenceDataError(f"no income line for the year {year} in region {region}")
        return round(float(row.value) * 100)

    def income_lines_fen(
        self, regions: npt.NDArray[np.int64], year: int,
    ) -> npt.NDArray[np.float64]:
        """Return the income line per head of each place in fen, NaN where unknown.

        A region code of 0 counts as the province.
        """
        places = np.where(regions == 0, PROVINCE, regions)
        return self.numbers("income_line", places, day=date(year, 1, 1)) * 100

    def capacity(self, region: int, *, day: date) -> int:
        """Return how many cards a village can take in the month of `day`."""
        return self.whole("capacity.village_month", region=region, day=day)

    def deadline_workdays(self, what: str, level: int, *, region: int = PROVINCE, day: date) -> int:
        """Return the working days for `what` (verify or measure) at a level."""
        return self.whole(f"deadline.{what}.{level}", region=region, day=day)

    def colour(self, level: int, *, region: int = PROVINCE, day: date) -> str:
        """Return the county's word for a level."""
        return self.text(f"colour.{level}", region=region, day=day)

    def replacing(self, old: PolicyRow, value: str) -> "Policy":
        """Return a policy in which one row has another value."""
        return Policy(replace(row, value=value) if row is old else row for row in self.rows)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Return every key, sorted."""
        return tuple(sorted(self._by_key))

    def unverified(self) -> list[PolicyRow]:
        """Return the rows that nobody has confirmed."""
        return [row for row in self.rows if row.confidence != VERIFIED]


def read_rows(text: str, name: str, *, own: bool) -> Iterator[PolicyRow]:
    """Yield the rows of one policy file.

    Raises
    ------
    ReferenceDataError
        If a row cannot be read; the message names `name` and the line.
    """
    reader = csv.DictReader(text.splitlines())
    missing = set(COLUMNS) - set(reader.fieldnames or ())
    if missing:
        raise ReferenceDataError(f"{name}: missing columns {', '.join(sorted(missing))}")
    for number, raw in enumerate(reader, start=2):
        try:
            yield _row(raw, own=own)
        except (TypeError, ValueError, AttributeError) as error:
            raise ReferenceDataError(f"{name} line {number}: {error}") from error


def _row(raw: dict[str, str], *, own: bool) -> PolicyRow:
    """Return one row, raising ValueError for what cannot be right."""
    if not raw["key"] or not raw["source"].strip():
        raise ValueError("key and source must not be empty")
    if not (raw["region"].isdigit() and len(raw["region"]) in (2, 4, 6, 9, 12)):
        raise ValueError(f"region {raw['region']!r} is no prefix of 2, 4, 6, 9 or 12 digits")
    if raw["confidence"] not in (VERIFIED, UNVERIFIED):
        raise ValueError(f"confidence must be {VERIFIED} or {UNVERIFIED}")
    if raw["unit"] != "word" and not np.isfinite(float(raw["value"])):
        raise ValueError("value must be a finite number")
    valid_from = date.fromisoformat(raw["valid_from"])
    valid_to = date.fromisoformat(raw["valid_to"]) if raw["valid_to"] else None
    if valid_to is not None and valid_to < valid_from:
        raise ValueError("valid_to lies before valid_from")
    return PolicyRow(
        raw["key"], raw["region"], valid_from, valid_to, raw["value"], raw["unit"], raw["source"],
        raw["confidence"], own,
    )


def _refuse_overlaps(rows: Iterable[PolicyRow]) -> None:
    """Raise when two rows of one origin could both hold."""
    ordered = sorted(rows, key=lambda row: (row.key, row.region, row.own, row.valid_from))
    for first, second in pairwise(ordered):
        same = (first.key, first.region, first.own) == (second.key, second.region, second.own)
        open_ended = first.valid_to is None or second.valid_from <= first.valid_to
        if same and open_ended and not first.own:   # a county adds rows; its latest wins by rank
            raise ReferenceDataError(
                f"{first.key} for {first.region}: the rows from {first.valid_from} and "
                f"{second.valid_from} overlap"
            )
