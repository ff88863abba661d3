"""Places by name: county, township and village as people write them, into region codes.

A name is compared in three forms, the strictest first: as the table has it; without the words of
an administration (``东门村村民委员会`` -> ``东门村``); its stem (``东门``). The first form that
fits exactly one place inside the wider one decides. Two places that fit are no answer.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from yujing.domain.region import Place

_PEOPLES = (
    "(?:"
    "柯尔克孜|乌孜别克|维吾尔|哈萨克|达斡尔|塔吉克|俄罗斯|鄂温克|塔塔尔|鄂伦春|蒙古|"
    "布依|朝鲜|土家|哈尼|傈僳|高山|拉祜|东乡|纳西|景颇|仫佬|布朗|撒拉|毛南|仡佬|锡伯|"
    "阿昌|普米|德昂|保安|裕固|独龙|赫哲|门巴|珞巴|基诺|回|藏|苗|彝|壮|满|侗|瑶|白|傣|"
    "黎|佤|畲|水|土|羌|怒|京"
    ")族"
)
_SELF_RULE = re.compile(f"(?<=.)(?:各族|{_PEOPLES})+(?:自治[州县]|乡)$")
_OFFICE = re.compile(
    r"(?:社区)?(?:村村民委员会|村民委员会|村民委会员|村委员会|村委会|社区居民委员会|居民委员会|居民委会员|居委会)$"
)
_STEM_ENDS = {
    "county": re.compile(r"(?<=.)(?:特区|林区|新区|自治县|县|区|市)$"),
    "township": re.compile(r"(?<=.)(?:街道办事处|街道办|街道|民族乡|乡|镇)$"),
    "village": re.compile(r"(?<=.)(?:行政村|社区|村)$"),
}
_PROVINCE = re.compile(r"^(?:贵州省|贵州)(?=.)")
_CITY = re.compile(r"^[^县区]{2,8}?(?:市|自治州|地区)(?=.*[县区市])")

_LEVELS = ("county", "township", "village")
_WIDER = {"township": 10**6, "village": 10**3}

Trouble = Literal["", "not_found", "ambiguous"]


@dataclass(frozen=True, slots=True)
class Found:
    """The place that some names stand for.

    Parameters
    ----------
    code
        12 digits of the finest place that is sure; 0 for none.
    trouble
        Why a finer name could not be followed.
    name
        That name.
    """

    code: int
    trouble: Trouble = ""
    name: str = ""


def comparable(name: str) -> str:
    """Return a name as it is compared: no blanks, ordinary forms of letters."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def forms(name: str, level: str) -> tuple[str, str, str]:
    """Return the three forms of a name.

    Parameters
    ----------
    name
        Of a place.
    level
        county, township or village.

    Examples
    --------
    >>> forms("东门村村民委员会", "village")
    ('东门村村民委员会', '东门村', '东门')
    >>> forms("务川仡佬族苗族自治县", "county")[2]
    '务川'
    """
    whole = comparable(name)
    if level == "village":
        office = _OFFICE.search(whole)
        core = whole
        if office and office.start():
            core = whole[: office.start()] + ("村" if office[0][0] == "村" else "社区")
    else:
        core = _SELF_RULE.sub(lambda found: found[0][-1], whole)
    stem = _STEM_ENDS[level].sub("", core)
    return whole, core, stem


class PlaceNames:
    """Places of a table by their names.

    Parameters
    ----------
    places
        Of the table.
    former
        Name of each county that is no more, and the present six-digit code.
    """

    def __init__(self, places: Iterable["Place"], former: Iterable[tuple[str, int]] = ()) -> None:
        self._index: dict[tuple[str, int, int, str], set[int]] = {}
        self._forms: dict[int, tuple[str, ...]] = {}
        for place in places:
            if place.level in _LEVELS:
                self._add(place.name, place.level, place.code)
        for name, present in former:
            self._add(name, "county", present * 10**6)

    def resolve(
        self, county: str = "", township: str = "", village: str = "", *, home: int = 0
    ) -> Found:
        """Return the place that the names of its three levels stand for.

        Parameters
        ----------
        county, township, village
            Names; "" where none is told. A name may begin with those of the wider places.
        home
            12-digit code of the county that holds where no county is named; 0 for none.
        """
        county, township, village = map(comparable, (county, township, village))
        inside = home // 10**6 * 10**6
        if county:
            found = self._find("county", 0, _county_part(county))
            if len(found) != 1:
                return _trouble(0, found, county)
            inside = next(iter(found))
        for level, name in (("township", township), ("village", village)):
            if not name:
                continue
            if not inside:  # a name that only one county has may be an old one of another
                return _trouble(0, set(), name)
            wider = inside // _WIDER[level]
            if level == "village" and not inside % 10**6:
                wider = -(inside // 10**6)  # no township is told: the only one of the county
            found = self._find(level, wider, name)
            if not found:
                found = self._find(level, wider, self._without_wider(name, inside))
            if len(found) != 1:
                return _trouble(inside, found, name)
            inside = next(iter(found))
        return Found(inside)

    def along(self, path: str, *, home: int = 0) -> Found:
        """Return the place that a whole address stands for, as ``贵州省毕节市织金县双堰街道``.

        Parameters
        ----------
        path
            Names from the province, city, county or township down, joined; what follows the
            finest known name is left aside with a trouble.
        home
            12-digit code of the county that holds where the address begins with a township.
        """
        rest = _county_part(comparable(path))
        inside, start = 0, self._start(rest, "county", 0)
        if start is not None:
            inside, rest = start
        else:
            inside = home // 10**6 * 10**6
        for level in ("township", "village"):
            wider = inside // _WIDER[level]
            start = self._start(rest, level, wider) if inside and rest else None
            if start is None:
                break
            inside, rest = start
        return Found(inside, "not_found", path) if rest or not inside else Found(inside)

    def _add(self, name: str, level: str, code: int) -> None:
        wider = code // _WIDER[level] if level in _WIDER else 0
        spelled = forms(name, level)
        self._forms[code] = (*self._forms.get(code, ()), *spelled)
        widers = {wider}
        if level == "village":
            widers.add(-(code // 10**6))  # those of a whole county, told apart by the sign
        for tier, form in enumerate(spelled):
            for inside in widers:
                self._index.setdefault((level, inside, tier, form), set()).add(code)

    def _find(self, level: str, wider: int, name: str) -> set[int]:
        """Return the places of the strictest form that one place fits; several are no answer."""
        tried: set[int] = set()
        whole, core, stem = forms(name, level)
        for tier, form in ((0, whole), (1, core), (2, whole), (2, stem)):
            found = self._index.get((level, wider, tier, form), set())
            if len(found) == 1:
                return found
            tried = tried or found
        return tried

    def _start(self, text: str, level: str, wider: int) -> tuple[int, str] | None:
        """Return the place whose name begins a text, the longest, and what follows."""
        for end in range(len(text), 1, -1):
            found = self._find(level, wider, text[:end])
            if len(found) == 1:
                return next(iter(found)), text[end:]
        return None

    def _without_wider(self, name: str, inside: int) -> str:
        """Return a name without those of the places around it."""
        for step in (10**6, 10**3):
            code = inside // step * step
            for form in sorted(self._forms.get(code, ()), key=len, reverse=True):
                if len(form) > 1 and len(name) > len(form) + 1 and name.startswith(form):
                    name = name[len(form) :]
                    break
        return name


def _county_part(name: str) -> str:
    """Return the name of a county without those of its province and city."""
    bare = _PROVINCE.sub("", name)
    return _CITY.sub("", bare)


def _trouble(code: int, found: set[int], name: str) -> Found:
    return Found(code, "ambiguous" if found else "not_found", name)
