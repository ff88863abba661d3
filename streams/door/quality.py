"""Rules of data quality as data, applied to whole columns."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.door.decoding import Group
from streams.door.derived import DERIVED, KNOWN_BEFORE, Columns
from streams.door.quality_conditions import Condition, Vocabulary, conditions_of
from streams.door.reason import Faults, Reason
from streams.fact import FACT
from streams.wire.catalogue import BY_NAME
from yujing.domain import codes
from yujing.errors import ReferenceDataError

Bools = npt.NDArray[np.bool_]

CODE_SETS: dict[str, type[StrEnum]] = {
    "worked": codes.Answer,
    "organised": codes.Answer,
    "planned": codes.Answer,
    "area": codes.Area,
    "form": codes.Form,
    "channel": codes.Channel,
    "industry": codes.Industry,
    "insurance": codes.Insurance,
    "student": codes.Student,
    "known_student": codes.Student,
    "skill": codes.Skill,
    "known_skill": codes.Skill,
}


@dataclass(frozen=True)
class Rule:
    """One rule; all conditions together make it hold.

    Parameters
    ----------
    id
        Its name in findings and counts.
    blocks
        Whether the row is refused, else it is taken with a finding.
    kinds
        Numbers of the event types that it looks at; None for all.
    conditions
        What makes it hold.
    reason
        What a refused or doubted row is told.
    source
        Where the rule comes from.
    """

    id: str
    blocks: bool
    kinds: frozenset[int] | None
    conditions: tuple[Condition, ...]
    reason: Reason
    source: str

    @property
    def of_the_row(self) -> bool:
        """Whether the row alone decides, and not what was known of the person when it came."""
        return not any(one.column in KNOWN_BEFORE for one in self.conditions)

    def holds(self, columns: Columns, at: slice) -> Bools:
        """Tell for which rows all conditions hold."""
        found = self.conditions[0].met(columns, at)
        for condition in self.conditions[1:]:
            if not found.any():
                break
            found &= condition.met(columns, at)
        return found


class QualityRules:
    """The rules in the order of their file.

    Parameters
    ----------
    rules
        The first rule that blocks gives the reason of a refused row.
    """

    def __init__(self, rules: list[Rule]) -> None:
        self.rules = rules
        self.by_id = {rule.id: rule for rule in rules}
        self._for_all = [rule for rule in rules if rule.kinds is None]
        self._for_kind: dict[int, list[Rule]] = {
            kind: [rule for rule in rules if rule.kinds is not None and kind in rule.kinds]
            for kind in {kind for rule in rules for kind in rule.kinds or ()}
        }

    @classmethod
    def load(cls) -> "QualityRules":
        """Return the rules that come with Yujing.

        Raises
        ------
        ReferenceDataError
            If a rule names a column, code word or event type that does not exist.
        """
        text = (resources.files("streams.door") / "quality_rules.toml").read_text(encoding="utf8")
        return cls([rule_of(row) for row in tomllib.loads(text)["rule"]])

    def zh(self, rule_id: str) -> str:
        """Return what a finding of a rule says in Chinese."""
        return self.by_id[rule_id].reason.zh

    def apply(
        self, columns: Columns, groups: list[Group], faults: Faults
    ) -> list[tuple[str, npt.NDArray[np.int64]]]:
        """Hold the blocking rules against the rows of `faults`; return the other rules that hold.

        Parameters
        ----------
        columns
            The batch; events of one type side by side.
        groups
            Where each type lies; retractions meet only the rules for all types.
        faults
            Takes the reasons against the rows.

        Returns
        -------
        (rule id, places in the batch) in the order of the rules.
        """
        found = []
        everything = slice(0, len(columns.facts))
        for rule in self._for_all:
            found += _found(rule, columns, everything, faults)
        for group in groups:
            if not group.retracted:
                for rule in self._for_kind.get(group.event_type.kind, ()):
                    found += _found(rule, columns, group.at, faults)
        return found


def _found(
    rule: Rule, columns: Columns, at: slice, faults: Faults
) -> list[tuple[str, npt.NDArray[np.int64]]]:
    holds = rule.holds(columns, at)
    if rule.blocks:
        faults.mark(holds, rule.reason, at)
        return []
    return [(rule.id, np.flatnonzero(holds) + at.start)] if holds.any() else []


def rule_of(row: dict[str, Any]) -> Rule:
    """Return the rule of one table of the file.

    Raises
    ------
    ReferenceDataError
        If it names a column, code word or event type that does not exist.
    """
    kinds = None
    if "kinds" in row:
        kinds = frozenset(_kind(row["id"], name) for name in row["kinds"])
    elif "except_kinds" in row:
        left_out = {_kind(row["id"], name) for name in row["except_kinds"]}
        kinds = frozenset(event_type.kind for event_type in BY_NAME.values()) - left_out
    return Rule(
        id=row["id"],
        blocks=row["severity"] == "block",
        kinds=kinds,
        conditions=conditions_of(f"quality rule {row['id']}", row["when"], VOCABULARY),
        reason=Reason(row["id"], row["message_zh"], row["message"]),
        source=row["source"],
    )


def _kind(rule_id: str, name: str) -> int:
    if name not in BY_NAME:
        raise ReferenceDataError(f"quality rule {rule_id}: unknown event type {name}")
    return BY_NAME[name].kind


def _is_column(name: str) -> bool:
    plain = f"{name.removesuffix('_yuan')}_fen" if name.endswith("_yuan") else name
    return name in DERIVED or plain in (FACT.names or ())


VOCABULARY = Vocabulary(_is_column, CODE_SETS)
