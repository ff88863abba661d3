"""Regions of Guizhou from the province down to the village, as codes in arrays.

A region code has 12 digits: county (6), township (3), village (3); a wider place is filled up with
zeros. The table is of 2023 (see its `year` and `source` columns); a code that it lacks may still be
a place, so callers flag it and refuse nothing. A place that changed its code is one place:
`canonical` gives its present code.
"""

import csv
import gzip
import io
from dataclasses import dataclass
from functools import cached_property
from importlib import resources

import numpy as np
import numpy.typing as npt

from yujing.domain.place_names import PlaceNames

CODE_DIGITS = 12
_LEVELS = {2: "province", 4: "city", 6: "county", 9: "township", 12: "village"}
_TOWNSHIP_STEP, _COUNTY_STEP, _CITY_STEP = 10**3, 10**6, 10**8

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the table.

    Parameters
    ----------
    code
        12 digits as a number.
    name
        Its Chinese name.
    level
        province, city, county, township or village.
    year
        Year of the table that it was read from.
    valid_from, valid_to
        First and last year of the code; None where the table does not say.
    """

    code: int
    name: str
    level: str
    year: int
    valid_from: int | None
    valid_to: int | None


class Regions:
    """The places of a table and the codes that went before.

    Parameters
    ----------
    places
        Every place once.
    former
        Six-digit code of a county that is no more -> its present six-digit code.
    former_names
        Six-digit code of such a county -> the name it had.
    """

    def __init__(
        self,
        places: list[Place],
        former: dict[int, int],
        former_names: dict[int, str] | None = None,
    ) -> None:
        self.places = {place.code: place for place in places}
        self.former = former
        self._former_names = former_names or {}
        self._codes: Codes = np.array(sorted(self.places), dtype=np.int64)

    @classmethod
    def load(cls) -> "Regions":
        """Return the regions of Guizhou as they come with Yujing."""
        folder = resources.files("yujing.domain") / "data" / "region"
        packed = (folder / "guizhou.csv.gz").read_bytes()
        rows = csv.DictReader(io.StringIO(gzip.decompress(packed).decode("utf8")))
        text = (folder / "former.csv").read_text(encoding="utf8")
        former = list(csv.DictReader(io.StringIO(text)))
        return cls(
            [_place(row) for row in rows],
            {int(row["code"]): int(row["present"]) for row in former},
            {int(row["code"]): row["name"] for row in former},
        )

    @cached_property
    def names(self) -> PlaceNames:
        """The places by their names."""
        former = [(name, self.former[code]) for code, name in self._former_names.items()]
        return PlaceNames(self.places.values(), former)

    def canonical(self, codes: Codes) -> Codes:
        """Return each code with the present code of its county.

        Parameters
        ----------
        codes
            12-digit codes, any shape; 0 stays 0.

        Examples
        --------
        >>> Regions([], {520221: 520204}).canonical(np.array([520221101000])).tolist()
        [520204101000]
        """
        out = codes
        for old, present in self.former.items():
            inside = out // _COUNTY_STEP == old
            if inside.any():
                out = np.where(inside, out + (present - old) * _COUNTY_STEP, out)
        return out

    def known(self, codes: Codes) -> npt.NDArray[np.bool_]:
        """Tell which codes, present or former, name a place of the table."""
        wanted = self.canonical(codes)
        if not len(self._codes):
            return np.zeros(wanted.shape, dtype=bool)
        at = np.minimum(np.searchsorted(self._codes, wanted), len(self._codes) - 1)
        found: npt.NDArray[np.bool_] = self._codes[at] == wanted
        return found

    def name(self, code: int) -> str:
        """Return the name of a place, the code itself where it is unknown."""
        place = self.places.get(int(self.canonical(np.array([code], dtype=np.int64))[0]))
        return place.name if place else f"{code:0{CODE_DIGITS}d}"

    def full_name(self, code: int) -> str:
        """Return the names from the county down to the place, joined.

        Examples
        --------
        >>> Regions.load().full_name(520204101000)[:3]
        '水城区'
        """
        present = int(self.canonical(np.array([code], dtype=np.int64))[0])
        chain = dict.fromkeys(present // step * step for step in (_COUNTY_STEP, _TOWNSHIP_STEP, 1))
        return "".join(self.name(part) for part in chain)

    def under(self, code: int, level: str) -> Codes:
        """Return the codes of a level inside a place, itself included if it is of that level.

        Parameters
        ----------
        code
            12-digit code of the wider place.
        level
            One of province, city, county, township, village.
        """
        step = _step(code)
        codes = self._of_level[level]
        inside: Codes = codes[codes // step == code // step]
        return inside

    @cached_property
    def _of_level(self) -> dict[str, Codes]:
        levels = np.array([self.places[int(code)].level for code in self._codes])
        return {level: self._codes[levels == level] for level in _LEVELS.values()}


def county_of(codes: Codes) -> Codes:
    """Return the county's 12-digit code of each code.

    Examples
    --------
    >>> county_of(np.array([520526101203])).tolist()
    [520526000000]
    """
    return codes // _COUNTY_STEP * _COUNTY_STEP


def township_of(codes: Codes) -> Codes:
    """Return the township's 12-digit code of each code, 0 where it names none.

    Examples
    --------
    >>> township_of(np.array([520526101203, 520526000000])).tolist()
    [520526101000, 0]
    """
    township = codes // _TOWNSHIP_STEP * _TOWNSHIP_STEP
    return np.where(township % _COUNTY_STEP == 0, 0, township)


def village_of(codes: Codes) -> Codes:
    """Return each code that names a village, 0 for wider places.

    Examples
    --------
    >>> village_of(np.array([520526101203, 520526101000])).tolist()
    [520526101203, 0]
    """
    return np.where(codes % _TOWNSHIP_STEP == 0, 0, codes)


def _step(code: int) -> int:
    for step in (10**10, _CITY_STEP, _COUNTY_STEP, _TOWNSHIP_STEP):
        if code % step == 0:
            return step
    return 1


def _place(row: dict[str, str]) -> Place:
    return Place(
        code=int(row["code"].ljust(CODE_DIGITS, "0")),
        name=row["name"],
        level=_LEVELS[len(row["code"])],
        year=int(row["year"]),
        valid_from=int(row["valid_from"]) if row["valid_from"] else None,
        valid_to=int(row["valid_to"]) if row["valid_to"] else None,
    )
