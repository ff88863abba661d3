import numpy as np

from streams.simulator.identity import GIVEN, SURNAMES, id_numbers, names, phones
from yujing.domain.days import from_day

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def test_id_numbers_have_the_right_check_digit_date_and_sex() -> None:
    births = np.array([0, 10_000, 10_000, 10_000, -5_000])
    numbers = id_numbers(np.full(5, 522632), births, np.array([1, 2, 2, 1, 1]))

    for text, birth, sex in zip(numbers.tolist(), births.tolist(), (1, 2, 2, 1, 1), strict=True):
        total = sum(w * int(d) for w, d in zip(_WEIGHTS, text[:17], strict=True))
        assert text[17] == "10X98765432"[total % 11]
        assert text[6:14] == from_day(birth).strftime("%Y%m%d")
        assert int(text[16]) % 2 == sex % 2


def test_id_numbers_are_different_also_in_another_range() -> None:
    births = np.zeros(400, np.int64)
    one = id_numbers(np.full(400, 522632), births, np.ones(400, np.int64))
    other = id_numbers(np.full(90, 522632), births[:90], np.ones(90, np.int64), first_order=400)

    assert len({*one.tolist(), *other.tolist()}) == 490


def test_names_have_two_or_three_characters_and_phones_eleven_digits() -> None:
    rng = np.random.default_rng(2)
    drawn, called = names(rng, np.arange(500)), phones(rng, 500)

    assert {len(name) for name in drawn.tolist()} == {2, 3}
    assert all(name[0] in SURNAMES and set(name[1:]) <= set(GIVEN) for name in drawn.tolist())
    assert all(len(p) == 11 and p.isdigit() and p[0] == "1" for p in called.tolist())
