"""Who belongs to a household, as pages show it: the head, the others, masked names, the number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.state import read
from yujing.domain.codes import Relation, Skill, Student, number
from yujing.domain.days import NEVER, to_day
from yujing.web.words import masked

Keys = npt.NDArray[np.uint64]
_HEAD = number(Relation.HEAD)
_ABLE = tuple(number(skill) for skill in (Skill.ORDINARY, Skill.SKILLED, Skill.WEAK))
_NOT_STUDYING = (number(Student.UNKNOWN), number(Student.NO))
_DAYS_A_YEAR = 365.25
_WORKING_AGE = range(16, 60)


@dataclass(frozen=True, slots=True)
class Member:
    """One member for a page; `name` is masked."""

    key: int
    name: str
    relation: int
    age: int | None
    is_head: bool
    is_labour: bool


@dataclass(frozen=True, slots=True)
class Household:
    """One household for a page.

    Parameters
    ----------
    key
        Household key.
    members
        Present members, the head first, then the oldest.
    """

    key: int
    members: tuple[Member, ...]

    @property
    def name(self) -> str:
        """Masked name of the head, or of whoever comes first."""
        return self.members[0].name if self.members else "姓名未登记"

    @property
    def head(self) -> int:
        """Person key of the head or of whoever comes first, 0 for an empty household."""
        return self.members[0].key if self.members else 0


def households(state: Any, vault: Any, keys: Iterable[int], *, as_of: date) -> dict[int, Household]:
    """Return households with their present members.

    Parameters
    ----------
    state
        Folded state.
    vault
        Names; asked once for all.
    keys
        Household keys.
    as_of
        Day of the ages.

    Notes
    -----
    One pass over the column of households for all keys together.
    """
    wanted = np.unique(np.array(list(keys), dtype=np.uint64))
    members = state.members
    picked = members[np.isin(members["household"], wanted)]
    picked = picked[read.present(picked, to_day(as_of))]
    names = vault.persons([int(key) for key in picked["key"]])
    grouped: dict[int, list[Member]] = {int(key): [] for key in wanted}
    for row in picked:
        grouped[int(row["household"])].append(_member(row, names, as_of))
    return {key: Household(key, tuple(sorted(group, key=_order))) for key, group in grouped.items()}


def _member(row: Any, names: Mapping[int, str], as_of: date) -> Member:
    birth = int(row["birth"])
    age = None if birth == NEVER else int((to_day(as_of) - birth) / _DAYS_A_YEAR)
    able = int(row["skill"]) in _ABLE and int(row["student"]) in _NOT_STUDYING
    return Member(
        key=int(row["key"]),
        name=masked(names.get(int(row["key"]))),
        relation=int(row["relation"]),
        age=age,
        is_head=int(row["relation"]) == _HEAD,
        is_labour=able and age is not None and age in _WORKING_AGE,
    )


def _order(member: Member) -> tuple[bool, int, int]:
    return (not member.is_head, -(member.age if member.age is not None else -1), member.key)
