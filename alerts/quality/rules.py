"""Rules of data quality over the state: read from their file, held against a day's situation."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from alerts.quality.columns import CODE_SETS, HOUSEHOLD_COLUMNS, MEMBER_COLUMNS, Ground
from alerts.quality.finding import StateFindings
from streams.door.quality_conditions import Condition, Vocabulary, conditions_of
from yujing.domain.codes import Source
from yujing.errors import ReferenceDataError

HOUSEHOLD, MEMBER = "household", "member"
_WORDS = {
    HOUSEHOLD: Vocabulary(HOUSEHOLD_COLUMNS.__contains__, CODE_SETS),
    MEMBER: Vocabulary(MEMBER_COLUMNS.__contains__, CODE_SETS),
}


@dataclass(frozen=True)
class StateRule:
    """One rule; all conditions together make it hold.

    Parameters
    ----------
    id
        Its name in findings.
    about
        `household` or `member`.
    asks
        Source that can mend it.
    conditions
        What makes it hold.
    zh, en
        What is said to who can mend it.
    source
        Where the rule comes from.
    """

    id: str
    about: str
    asks: Source
    conditions: tuple[Condition, ...]
    zh: str
    en: str
    source: str


def rule_of(row: Mapping[str, Any]) -> StateRule:
    """Return the rule of one table of the file.

    Raises
    ------
    ReferenceDataError
        If it names a column, code word, source or kind of subject that does not exist.
    """
    name = f"quality rule {row['id']}"
    if row["about"] not in _WORDS or row["asks"] not in set(Source):
        raise ReferenceDataError(f"{name}: cannot be about {row['about']}, ask {row['asks']}")
    conditions = conditions_of(name, row["when"], _WORDS[row["about"]])
    return StateRule(
        row["id"], row["about"], Source(row["asks"]), _in_whole_yuan(conditions),
        row["message_zh"], row["message"], row["source"],
    )  # fmt: skip


@cache
def state_rules() -> tuple[StateRule, ...]:
    """Return the rules that come with Yujing, in the order of their file."""
    text = files("alerts.quality").joinpath("state_rules.toml").read_text("utf-8")
    return tuple(rule_of(row) for row in tomllib.loads(text)["rule"])


def evaluate_quality(
    ground: Ground, rules: tuple[StateRule, ...] | None = None
) -> StateFindings:
    """Return where the rules hold, by rule in their order, then by place."""
    situation = ground.situation
    tables = {HOUSEHOLD: ground.households(), MEMBER: ground.members()}
    about: list[npt.NDArray[np.uint64]] = [np.empty(0, np.uint64)]
    homes: list[npt.NDArray[np.int64]] = [np.empty(0, np.int64)]
    names: list[str] = []
    asked: list[str] = []
    of_person: list[npt.NDArray[np.bool_]] = [np.empty(0, bool)]
    for rule in state_rules() if rules is None else rules:
        holds = np.ones(1, dtype=bool)
        for condition in rule.conditions:
            holds = holds & condition.met(tables[rule.about], slice(None))
        places = np.flatnonzero(holds)
        is_member = rule.about == MEMBER
        about.append(situation.members["key"][places] if is_member else situation.keys[places])
        homes.append(situation.household[places] if is_member else places)
        of_person.append(np.full(len(places), is_member))
        names += [rule.id] * len(places)
        asked += [rule.asks.value] * len(places)
    keys, at, person = np.concatenate(about), np.concatenate(homes), np.concatenate(of_person)
    return StateFindings(
        keys, names, asked, np.where(person, keys, np.uint64(0)), situation.keys[at],
        situation.regions[at],
    )  # fmt: skip


def _in_whole_yuan(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Return the conditions with amounts in yuan, as the columns of the state have them."""
    return tuple(
        Condition(one.column, one.comparison, one.value // 100)
        if one.column.endswith("_yuan") and isinstance(one.value, int) else one
        for one in conditions
    )
