"""Which people may be one and the same: a pure function of names, ID numbers and households."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from streams.vault.name_forms import one_form

Keys = npt.NDArray[np.uint64]

ONE_DIGIT, SWAPPED, SAME_HOME, VARIANT, TWO_HOMES = (
    "one_digit", "swapped", "same_home", "variant", "two_homes",
)  # fmt: skip
_COUNTED = 17  # the check character follows from the others
_BIRTH = slice(6, 14)
MOST_NAMESAKES = 400  # of one birth day; more are a filler such as 未知, not a name


@dataclass(frozen=True, slots=True)
class Person:
    """What is compared of somebody.

    Parameters
    ----------
    key
        Person key.
    name
        As it came.
    id_number
        18 characters, None where nobody told it.
    birth
        Day number as registered, None unknown.
    home
        Household, 0 unknown.
    """

    key: int
    name: str
    id_number: str | None
    birth: int | None
    home: int


@dataclass(frozen=True)
class Likely:
    """Two keys that may be one person, the smaller first, and why: words, in order."""

    one: int
    other: int
    why: tuple[str, ...]


def likely_doubles(people: Iterable[Person]) -> list[Likely]:
    """Return the pairs that somebody should look at, by key; the order of people plays no part.

    Two people are likely one when their name is the same up to its spelling, they were born on the
    same day, by their ID number or by their registration, and either their ID numbers differ in one
    digit or in two neighbouring digits exchanged, or they are registered in one household.
    """
    found: dict[tuple[int, int], Likely] = {}
    for namesakes in _namesakes(people):
        for one, other in combinations(sorted(namesakes, key=lambda p: p.key), 2):
            why = reasons(one, other)
            if why:
                found[one.key, other.key] = Likely(one.key, other.key, why)
    return [found[pair] for pair in sorted(found)]


def reasons(one: Person, other: Person) -> tuple[str, ...]:
    """Return why two people of one name and birth may be the same, nothing where they are not."""
    why = number_reason(one.id_number, other.id_number)
    if one.home and one.home == other.home:
        why = (*why, SAME_HOME)
    if why and one.name != other.name:
        why = (*why, VARIANT)
    return why


def number_reason(one: str | None, other: str | None) -> tuple[str, ...]:
    """Return how two ID numbers resemble each other.

    Examples
    --------
    >>> number_reason("110105194912310021", "110105194912310121")
    ('one_digit',)
    >>> number_reason("110105194912310021", "110105194912310201")
    ('swapped',)
    >>> number_reason("110105194912310021", "110105194912311121")
    ()
    """
    if one is None or other is None:
        return ()
    at = [i for i in range(_COUNTED) if one[i] != other[i]]
    if len(at) == 1:
        return (ONE_DIGIT,)
    if len(at) == 2 and at[1] == at[0] + 1:
        i, k = at
        if one[i] == other[k] and one[k] == other[i]:
            return (SWAPPED,)
    return ()


def _namesakes(people: Iterable[Person]) -> Iterator[Sequence[Person]]:
    """Yield the people of one name and one birth; somebody with two births is in two groups."""
    groups: dict[tuple[str, str], list[Person]] = {}
    for person in people:
        name = one_form(person.name)
        if not name:
            continue
        for birth in _births(person):
            groups.setdefault((name, birth), []).append(person)
    return (group for group in groups.values() if 1 < len(group) <= MOST_NAMESAKES)


def _births(person: Person) -> set[str]:
    births = set()
    if person.id_number is not None:
        births.add(person.id_number[_BIRTH])
    if person.birth is not None:
        day = np.datetime64(person.birth, "D")
        births.add(str(day).replace("-", ""))
    return births
