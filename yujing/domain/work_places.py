"""Where people work, by name: provinces, cities and counties of China into codes of six digits.

A name that several places have is no answer unless the names before it settle it. Where only the
province or the city is told, the code is theirs (``440000``, ``440300``).
"""

import csv
import gzip
import io
from functools import cache
from importlib import resources
from typing import Literal

from yujing.domain.place_names import comparable, forms

ABROAD = 900000
_ABROAD_WORDS = frozenset({"境外", "国外", "海外", "出国"})
_LONGEST_NAME = 15
_MUNICIPALITY = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
_STEM_ENDS = (
    "特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市", "地区", "盟",
)  # fmt: skip

Trouble = Literal["", "not_found", "ambiguous"]


class WorkPlaces:
    """Places of work by their names.

    Parameters
    ----------
    rows
        Code of two, four or six digits and name of each.
    """

    def __init__(self, rows: list[tuple[str, str]]) -> None:
        self._index: dict[tuple[int, bool, str], set[int]] = {}
        for code, name in rows:
            if name in _MUNICIPALITY and len(code) == 4:
                continue
            number = int(code.ljust(6, "0"))
            for form, ends in _forms(name, len(code)):
                for wider in {0, number // 10**4 * 10**4, number // 100 * 100} - {number}:
                    key = (wider, ends and not (wider and len(code) == 4), form)
                    self._index.setdefault(key, set()).add(number)

    @classmethod
    @cache
    def load(cls) -> "WorkPlaces":
        """Return the places of 2023 as they come with Yujing."""
        folder = resources.files("yujing.domain") / "data" / "region"
        text = gzip.decompress((folder / "china.csv.gz").read_bytes()).decode("utf8")
        return cls([(row["code"], row["name"]) for row in csv.DictReader(io.StringIO(text))])

    def find(self, text: str) -> tuple[int, Trouble]:
        """Return the code of a place of work.

        Parameters
        ----------
        text
            A code of six digits, or names from the province, city or county down, joined; what
            follows the county is left aside.

        Returns
        -------
        Code and trouble; with a trouble the code is that of the wider place that is sure, or 0.

        Examples
        --------
        >>> WorkPlaces.load().find("广东省东莞市长安镇")
        (441900, '')
        """
        rest = comparable(text)
        if rest in _ABROAD_WORDS:
            return ABROAD, ""
        if rest.isascii() and rest.isdigit():
            return (int(rest), "") if len(rest) == 6 else (0, "not_found")
        return self._follow(rest, 0) if rest else (0, "not_found")

    def _follow(self, rest: str, inside: int) -> tuple[int, Trouble]:
        """Return the place that a text names inside a wider one."""
        if not rest or inside % 100:
            return inside, ""
        found, end = self._start(rest, inside)
        if not found:  # streets follow a city, never a province
            return inside, "" if inside % 10**4 else "not_found"
        if len(found) == 1:
            return self._follow(rest[end:], next(iter(found)))
        ways = [self._follow(rest[end:], place) for place in found if rest[end:]]
        sure = {code for code, trouble in ways if not trouble and code not in found}
        return (sure.pop(), "") if len(sure) == 1 else (inside, "ambiguous")

    def _start(self, text: str, wider: int) -> tuple[set[int], int]:
        """Return the places whose name begins a text, the longest, and where it ends."""
        for end in range(min(len(text), _LONGEST_NAME), 1, -1):
            found = set(self._index.get((wider, False, text[:end]), ()))
            for place in self._index.get((wider, True, text[:end]), ()):
                if end == len(text) or self._follow(text[end:], place)[0] != place:
                    found.add(place)
            if found:
                return found, end
        return set(), 0


def _forms(name: str, digits: int) -> set[tuple[str, bool]]:
    """Return how a name may be written, and whether only a place inside it may follow.

    ``红河`` is a county and ``红河州`` a city, but ``红河路`` is a street of another.
    """
    whole, core, stem = forms(name, "county")
    spelled = {(whole, False), (core, False)}
    if digits == 6:
        spelled.add((stem, stem not in (whole, core)))
    else:
        end = next((end for end in _STEM_ENDS if whole.endswith(end)), "州")
        spelled |= {(core.removesuffix("州"), digits == 4), (whole.removesuffix(end), digits == 4)}
        spelled -= {(core.removesuffix("州"), False)} if digits == 4 else set()
        spelled.add((core, False))
    return {(form, ends) for form, ends in spelled if len(form) > 1}
