import numpy as np
import pytest

from yujing.domain.region import Regions, county_of, township_of, village_of

KNOWN_COUNTS = {"province": 1, "city": 9, "county": 88, "township": 1510, "village": 17964}


@pytest.fixture(scope="module")
def regions() -> Regions:
    return Regions.load()


@pytest.mark.parametrize(("level", "n"), KNOWN_COUNTS.items())
def test_guizhou_has_as_many_places_as_the_package_it_was_taken_from(regions, level, n) -> None:
    assert len(regions.under(520000000000, level)) == n


def test_a_county_has_its_own_townships_and_villages(regions) -> None:
    townships = regions.under(520526000000, "township")
    villages = regions.under(520526000000, "village")

    assert len(townships) == 41  # 威宁
    assert len(villages) == 623
    assert set(township_of(villages)) <= set(townships)
    assert regions.under(int(townships[0]), "township").tolist() == [townships[0]]


def test_the_old_county_and_the_new_district_are_one_place(regions) -> None:
    old, new = np.array([520221000000, 520221101000]), np.array([520204000000, 520204101000])

    assert regions.canonical(old).tolist() == new.tolist()
    assert regions.known(old).tolist() == regions.known(new).tolist() == [True, True]
    assert regions.name(520221000000) == "水城区"
    assert regions.places[520204000000].valid_from == 2020


def test_an_unknown_code_is_unknown_and_named_by_itself(regions) -> None:
    assert regions.known(np.array([0, 520526999999, 110000000000])).tolist() == [False] * 3
    assert regions.name(520526999999) == "520526999999"
    assert not Regions([], {}).known(np.array([520526000000])).any()


def test_a_full_name_starts_at_the_county(regions) -> None:
    village = int(regions.under(520526000000, "village")[0])

    assert regions.full_name(village).startswith(regions.name(520526000000))
    assert regions.full_name(village).endswith(regions.name(village))


def test_wider_places_of_an_array() -> None:
    codes = np.array([520526101203, 520526101000, 520526000000, 0])

    assert county_of(codes).tolist() == [520526000000] * 3 + [0]
    assert township_of(codes).tolist() == [520526101000, 520526101000, 0, 0]
    assert village_of(codes).tolist() == [520526101203, 0, 0, 0]
