"""Places by name: every place is found by its own names, and none is taken for another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yujing.domain.place_names import forms
from yujing.domain.region import Regions

REGIONS = Regions.load()
NAMES = REGIONS.names
VILLAGES = [place for place in REGIONS.places.values() if place.level == "village"]
ZHIJIN, VILLAGE = 520524000000, 520524001001


@given(st.sampled_from(VILLAGES), st.integers(0, 2), st.integers(0, 2), st.integers(0, 2))
def test_a_place_is_found_by_any_form_or_is_ambiguous(place, county, township, village) -> None:  # type: ignore[no-untyped-def]
    code = place.code
    names = (
        forms(REGIONS.name(code // 10**6 * 10**6), "county")[county],
        forms(REGIONS.name(code // 10**3 * 10**3), "township")[township],
        forms(place.name, "village")[village],
    )

    found = NAMES.resolve(*names)

    assert found.code == code or found.trouble == "ambiguous"
    assert found.code in (code, code // 10**3 * 10**3, code // 10**6 * 10**6, 0)


@given(st.sampled_from(VILLAGES))
def test_its_full_names_are_always_enough(place) -> None:  # type: ignore[no-untyped-def]
    code = place.code
    names = (REGIONS.name(code // 10**6 * 10**6), REGIONS.name(code // 10**3 * 10**3), place.name)

    assert NAMES.resolve(*names).code == code or len(_namesakes(code)) > 1
    assert NAMES.resolve("", *names[1:], home=code // 10**6 * 10**6) == NAMES.resolve(*names)


def _namesakes(code: int) -> list[int]:
    inside = REGIONS.under(code // 10**3 * 10**3, "village").tolist()
    return [other for other in inside if REGIONS.name(other) == REGIONS.name(code)]


@pytest.mark.parametrize(
    "names",
    [
        ("织金县", "双堰街道", "星秀社区居民委员会"), ("织金", "双堰", "星秀"),
        ("贵州省毕节市织金县", "织金县双堰街道", "双堰街道星秀社区"),
        (" 织 金 县 ", "双堰街道办事处", "星秀居委会"),
        ("毕节市织金县", "双堰镇", "星秀村"),
    ],
)  # fmt: skip
def test_spellings_of_one_village(names: tuple[str, str, str]) -> None:
    assert NAMES.resolve(*names).code == VILLAGE


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("水城县", 520204),
        ("水城区", 520204),
        ("务川自治县", 520326),
        ("务川县", 520326),
        ("三都", 522732),
        ("六盘水市六枝特区", 520203),
        ("威宁彝族回族苗族自治县", 520526),
        ("遵义市红花岗区", 520302),
    ],
)  # fmt: skip
def test_counties_by_old_and_short_names(name: str, code: int) -> None:
    assert NAMES.resolve(name).code == code * 10**6


def test_the_finest_sure_place_is_given_with_what_could_not_be_followed() -> None:
    unknown = NAMES.resolve("织金县", "双堰街道", "无此村")
    nowhere = NAMES.resolve("无此县", "双堰街道", "星秀社区")

    assert (unknown.code, unknown.trouble, unknown.name) == (520524001000, "not_found", "无此村")
    assert (nowhere.code, nowhere.trouble) == (0, "not_found")
    assert NAMES.resolve().code == 0
    assert NAMES.resolve(home=ZHIJIN).code == ZHIJIN


def test_a_township_without_a_county_is_no_place_though_only_one_has_the_name() -> None:
    found = NAMES.resolve("", "城关镇", "")

    assert (found.code, found.trouble) == (0, "not_found")


def test_a_name_of_several_places_is_no_place() -> None:
    inside = [place for place in VILLAGES if place.code // 10**6 == 520524]
    names = [forms(place.name, "village")[2] for place in inside]
    doubled = next(name for name in names if names.count(name) > 1)

    found = NAMES.resolve("织金县", "", doubled)

    assert (found.code, found.trouble) == (ZHIJIN, "ambiguous")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("贵州省毕节市织金县双堰街道星秀社区", VILLAGE), ("织金县双堰街道", 520524001000),
        ("双堰街道星秀社区居民委员会", VILLAGE), ("织金县", ZHIJIN),
    ],
)  # fmt: skip
def test_whole_addresses(path: str, code: int) -> None:
    assert NAMES.along(path, home=ZHIJIN).code == code


def test_what_follows_in_an_address_is_told() -> None:
    found = NAMES.along("织金县双堰街道某某路1号")

    assert (found.code, found.trouble) == (520524001000, "not_found")
    assert NAMES.along("某某路").code == 0


@pytest.mark.parametrize(
    ("name", "level", "expected"),
    [
        ("东门村村民委员会", "village", ("东门村村民委员会", "东门村", "东门")),
        ("东门村民委员会", "village", ("东门村民委员会", "东门村", "东门")),
        ("金华村委会", "village", ("金华村委会", "金华村", "金华")),
        ("机关居委会", "village", ("机关居委会", "机关社区", "机关")),
        ("村", "village", ("村", "村", "村")),
        ("猴场苗族布依族乡", "township", ("猴场苗族布依族乡", "猴场乡", "猴场")),
        ("务川仡佬族苗族自治县", "county", ("务川仡佬族苗族自治县", "务川县", "务川")),
    ],
)
def test_forms(name: str, level: str, expected: tuple[str, str, str]) -> None:
    assert forms(name, level) == expected
