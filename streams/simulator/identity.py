"""Invented identities: ID numbers with a right check digit, names, phones; nobody real is meant."""

import numpy as np

from streams.simulator.array import Array, Ints

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])   # GB 11643
_CHECKS = np.array(list("10X98765432"))
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史"
    "顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉建国荣志文金红春梅海燕飞鹏浩"
    "宇欣怡子涵梓萱思雨佳琪俊豪天成光福德才生林云山水花凤仙珍琴莲"
)


def id_numbers(counties: Ints, births: Ints, sexes: Ints, *, first_order: int = 0) -> Array:
    """Return 18-character ID numbers, all different.

    Parameters
    ----------
    counties
        6-digit codes of the issuing county.
    births
        Day numbers of birth.
    sexes
        1 male, 2 female: the 17th digit is odd for men.
    first_order
        Where the order numbers begin; another range makes second numbers of the same people.
    """
    dates = births.astype("datetime64[D]")
    years = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    months = dates.astype("datetime64[M]").astype(np.int64) % 12 + 1
    days = (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
    group = ((counties * 10_000 + years) * 10_000 + months * 100 + days) * 10 + sexes
    order = (first_order + _places_within(group)) * 2 + (sexes % 2)
    number = group // 10 * 1000 + order % 1000
    digits = number[:, None] // 10 ** np.arange(16, -1, -1) % 10
    checks = _CHECKS[digits @ _WEIGHTS % 11]
    return np.char.add(number.astype("U17"), checks)


def _places_within(group: Ints) -> Ints:
    """Return for each row how many earlier rows have the same group."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    lengths = np.diff(np.r_[starts, len(group)])
    places = np.empty(len(group), np.int64)
    places[order] = np.arange(len(group)) - np.repeat(starts, lengths)
    return places


def names(rng: np.random.Generator, surnames: Ints) -> Array:
    """Return names of two and three characters, given the place of each surname in `SURNAMES`."""
    n = len(surnames)
    first = np.array(list(SURNAMES))[surnames % len(SURNAMES)]
    given = np.array(list(GIVEN))
    second = given[rng.integers(0, len(given), n)]
    third = np.where(rng.random(n) < 0.7, given[rng.integers(0, len(given), n)], "")
    return np.char.add(np.char.add(first, second), third)


def phones(rng: np.random.Generator, n: int) -> Array:
    """Return `n` mobile numbers of eleven digits."""
    prefixes = np.array([134, 135, 136, 137, 138, 150, 151, 152, 158, 159, 178, 182, 183, 187, 188])
    chosen = prefixes[rng.integers(0, len(prefixes), n)]
    return (chosen * 10**8 + rng.integers(0, 10**8, n)).astype("U11")
