"""Where the people of a table live and work: names of places into codes, unknown where unsure."""

from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from streams.sheets.cells import plain
from streams.sheets.choosing import Choice
from streams.sheets.masking import shown
from streams.sheets.table import Table
from streams.sheets.values.reading import Values, constant
from yujing.domain.codes import Area
from yujing.domain.place_names import Found, comparable
from yujing.domain.region import CODE_DIGITS, Regions
from yujing.domain.work_places import ABROAD, WorkPlaces

Texts = tuple[str, str, str, str]  # header, Chinese, English, code

PLACE_FIELDS = ("county", "township", "village", "place", "region_code")
_COUNTY, _PROVINCE = 10**6, 10**4  # of 12 and of 6 digits
_LEVELS = (2, 4, 6, 9)  # digits of a province, a city, a county, a township


@dataclass
class Places:
    """Where the rows are.

    Parameters
    ----------
    regions
        12 digits of the home of each row.
    work_codes
        6 digits of where they work.
    work_areas
        Word of `Area` that follows from both.
    doubts
        Rows with a name that stands for no place, or for several.
    names, names_at
        Names from the county down of each home, and which home is that of each row. A name that
        the table of places lacks stands as it was written.
    """

    regions: Values
    work_codes: Values
    work_areas: Values
    doubts: list[tuple[int, Texts]] = field(default_factory=list)
    names: list[tuple[str, ...]] = field(default_factory=list)
    names_at: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def scope_names(self, level: str) -> list[str | None]:
        """Return per row the place that a scope names, down to a village or a township."""
        depth = 3 if level == "village" else 2
        of = ["/".join(names[:depth]) if len(names) >= depth else None for names in self.names]
        return [of[at] for at in self.names_at.tolist()]


def places_of(
    table: Table,
    choice: Choice,
    values: dict[str, Values],
    regions: Regions,
    home: int,
    n: int,
) -> Places:
    """Return where the rows of a table are.

    Parameters
    ----------
    table, choice, values
        The sheet, its mapping and what its columns say.
    regions
        Places by name.
    home
        12-digit code of the county that holds where none is named; 0 for none.
    n
        Rows.
    """
    doubts: list[tuple[int, Texts]] = []
    homes, names, at = _homes(table, choice, values, regions, home, n, doubts)
    work = _work_codes(table, choice, values, doubts, n)
    return Places(homes, work, _areas(homes, work, home), doubts, names, at)


def names_of(choice: Choice, values: dict[str, Values]) -> frozenset[str]:
    """Return the names of people in a table, which no reason may show in any column."""
    columns = choice.mapping.columns
    held = [values[name] for name in choice.columns if columns[name].spelling == "name"]
    return frozenset(plain(cell) for column in held for cell in column.cells if cell)


def _homes(
    table: Table,
    choice: Choice,
    values: dict[str, Values],
    regions: Regions,
    home: int,
    n: int,
    doubts: list[tuple[int, Texts]],
) -> tuple[Values, list[tuple[str, ...]], NDArray[np.int64]]:
    used = [name for name in PLACE_FIELDS if name in values]
    held, at = _combinations([values[name] for name in used], n)
    people = cache(lambda: names_of(choice, values))
    index: dict[object, int] = {None: 0}
    of = np.zeros(len(held), dtype=np.int64)
    names: list[tuple[str, ...]] = []
    for place, parts in enumerate(held):
        told = dict(zip(used, parts, strict=True))
        found = _resolve(told, regions, home)
        of[place] = index.setdefault(f"{found.code:012d}" if found.code else None, len(index))
        if found.trouble:
            texts = _doubt(found, table, choice, told, people())
            doubts += [(row, texts) for row in np.flatnonzero(at == place).tolist()]
        names.append(_scope(found, told, regions))
    return Values(of[at], list(index)), names, at


def _scope(found: Found, told: dict[str, object], regions: Regions) -> tuple[str, ...]:
    """Return the names of a place; below what is sure they stand as they were written."""
    sure = _names(found.code, regions) if found.code else ()
    written = tuple(
        comparable(str(told[name])) if told.get(name) else ""
        for name in ("county", "township", "village")
    )
    rest = written[len(sure) :]
    return sure if not found.trouble or "" in rest else (*sure, *rest)


def _resolve(told: dict[str, object], regions: Regions, home: int) -> Found:
    text = {name: str(value) for name, value in told.items() if value is not None}
    names = [text.get(name, "") for name in ("county", "township", "village")]
    if not any(names) and "place" in text:
        found = regions.names.along(text["place"], home=home)
    else:
        found = regions.names.resolve(*names, home=home)
    code = told.get("region_code")
    if not isinstance(code, int):
        return found
    if any(names) and found.code and not found.trouble and not _one_place(code, found.code):
        return Found(0, "ambiguous", f"{code:012d}")  # the code and the names are two places
    return Found(code)


def _one_place(first: int, second: int) -> bool:
    """Tell whether one place lies in the other."""
    wide, narrow = sorted((_digits(first), _digits(second)), key=len)
    return narrow.startswith(wide)


def _digits(code: int) -> str:
    """Return the digits that name a place of some level; their last may well be a zero."""
    text = f"{code:0{CODE_DIGITS}d}"
    return next((text[:n] for n in _LEVELS if not int(text[n:])), text)


def _doubt(
    found: Found,
    table: Table,
    choice: Choice,
    told: dict[str, object],
    names: frozenset[str],
) -> Texts:
    field_name = next(
        (name for name in PLACE_FIELDS if told.get(name) and plain(str(told[name])) == found.name),
        next((name for name in reversed(PLACE_FIELDS) if told.get(name)), "village"),
    )
    at = choice.columns.get(field_name)
    header = table.columns[at].header if at is not None else ""
    name = shown(found.name, "text", personal=False, names=names)
    if not found.code and not told.get("county"):
        zh, en = "没有写明县，不能确定在哪里", "names no county"
    elif found.trouble == "ambiguous":
        zh, en = "对应不止一个地方", "stands for more than one place"
    else:
        zh, en = "不在区划表中", "is no place of the table"
    return (
        header,
        f"“{header}”列的“{name}”{zh}，这一级地区按未知处理",
        f"{header}: {name!r} {en}; the place counts as unknown",
        f"place_{found.trouble}",
    )


def _work_codes(
    table: Table,
    choice: Choice,
    values: dict[str, Values],
    doubts: list[tuple[int, Texts]],
    n: int,
) -> Values:
    used = [name for name in ("work_province", "work_city", "work_place") if name in values]
    if not used:
        return constant(n, None)
    held, at = _combinations([values[name] for name in used], n)
    places, people = WorkPlaces.load(), cache(lambda: names_of(choice, values))
    index: dict[object, int] = {None: 0}
    of = np.zeros(len(held), dtype=np.int64)
    header = table.columns[choice.columns[used[-1]]].header
    for place, parts in enumerate(held):
        text = "".join(str(part) for part in parts if part is not None)
        code, trouble = places.find(text) if text else (0, "")
        of[place] = index.setdefault(f"{code:06d}" if code else None, len(index))
        if trouble:
            name = shown(text, "text", personal=False, names=people())
            why = "对应不止一个地方" if trouble == "ambiguous" else "不在区划表中"
            texts = (
                header, f"“{header}”列的“{name}”{why}，务工地点按未知处理",
                f"{header}: {name!r} is {trouble}; the place counts as unknown", f"work_{trouble}",
            )  # fmt: skip
            doubts += [(row, texts) for row in np.flatnonzero(at == place).tolist()]
    return Values(of[at], list(index))


def _areas(homes: Values, work: Values, home: int) -> Values:
    """Return the area of work seen from home, where both are known and the county differs.

    Inside the home county a name of the county does not say whether it is the same township.
    """
    held, at = _combinations([homes, work], len(work.at))
    index: dict[object, int] = {None: 0}
    of = np.zeros(len(held), dtype=np.int64)
    for place, (lives, works) in enumerate(held):
        of[place] = index.setdefault(_area(str(lives or home), works), len(index))
    return Values(of[at], list(index))


def _area(lives: str, works: object) -> str | None:
    if works is None:
        return None
    code, county = int(str(works)), int(lives) // _COUNTY
    if code == ABROAD:
        return Area.OTHER.value
    if not county:
        return None
    if code // _PROVINCE != county // _PROVINCE:
        return Area.OUT_OF_PROVINCE.value
    if code % 100 and code != county:
        return Area.PROVINCE.value
    if code % _PROVINCE and code // 100 != county // 100:
        return Area.PROVINCE.value  # another city of the province
    return None


def _names(code: int, regions: Regions) -> tuple[str, ...]:
    steps = [step for step in (10**6, 10**3, 1) if code // step * step or step == 10**6]
    chain = list(dict.fromkeys(code // step * step for step in steps))
    return tuple(regions.name(part) for part in chain)


def _combinations(
    columns: list[Values], n: int
) -> tuple[list[tuple[object, ...]], NDArray[np.int64]]:
    """Return each combination of values once, and for each row which it is."""
    if not columns:
        return [()], np.zeros(n, dtype=np.int64)
    mixed = np.zeros(n, dtype=np.int64)
    for values in columns:
        mixed = mixed * len(values.distinct) + values.at
    codes, at = np.unique(mixed, return_inverse=True)
    held: list[tuple[object, ...]] = []
    for code in codes.tolist():
        parts: list[object] = []
        for values in reversed(columns):
            code, place = divmod(code, len(values.distinct))
            parts.append(values.distinct[place])
        held.append(tuple(reversed(parts)))
    return held, at.astype(np.int64)
