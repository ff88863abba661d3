"""What contradicts and what does not, case by case, and laws of every comparison."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.comparisons import comparison_of, shipped_comparisons
from alerts.comparisons.evaluation import EVALUATORS
from streams.fact import FactArray
from tests.support.compared import differences_of
from tests.support.written import a_household, a_member, key_of, written
from yujing.domain.policy import Policy

TODAY = date(2026, 11, 24)
POLICY = Policy.load()
CASES: list[dict[str, Any]] = yaml.load(
    Path(__file__).with_name("cases.yaml").read_text("utf-8"), Loader=yaml.BaseLoader
)
PEOPLE = [
    a_household("H"), a_household("K"), a_member("a", "H"), a_member("b", "H"), a_member("c", "K"),
]
NAMES = {key_of(name): name for name in "abcHK"}


def typed(fact: list[Any]) -> list[Any]:
    """Return a fact of a case with whole numbers where columns are numbers."""
    kind, subject, day, columns = fact
    return [kind, subject, day, {
        name: int(value) if name in ("region", "work_region", "year") else value
        for name, value in columns.items()
    }]


def facts_of(case: dict[str, Any]) -> FactArray:
    return written([*PEOPLE, *(typed(fact) for fact in case["facts"])])


def words(facts: FactArray, policy: Any = POLICY) -> list[str]:
    rows = differences_of(facts, TODAY, policy)
    found = []
    for row in rows:
        one = comparison_of(int(row["comparison"]))
        assert one is not None
        assert row["basis"] != 0
        assert (one.about == "person") == (row["person"] != 0)
        found.append(f"{one.code} {NAMES[int(row['person']) or int(row['household'])]}")
    return sorted(found)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    assert words(facts_of(case)) == case["found"]


def test_every_comparison_has_cases_on_both_sides() -> None:
    found = {word.split()[0] for case in CASES for word in case["found"]}

    assert found == {one.code for one in shipped_comparisons()} == set(EVALUATORS)
    assert sum(not case["found"] for case in CASES) >= len(EVALUATORS)


class Watched:
    """A policy that notes which keys are asked for."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        real = getattr(POLICY, name)

        def noted(key: str, *args: Any, **more: Any) -> Any:
            self.asked.add(key)
            return real(key, *args, **more)

        return noted


@pytest.mark.parametrize("one", shipped_comparisons(), ids=lambda one: one.code)
def test_parameters_name_what_the_evaluator_reads(one: Any) -> None:
    from alerts.rules import Situation
    from tests.support.compared import told_of
    from tests.support.written import state_of

    facts = facts_of(CASES[0])
    watched = Watched()
    situation = Situation(state_of(facts, TODAY), TODAY, watched)   # type: ignore[arg-type]
    EVALUATORS[one.code](situation, told_of(facts, TODAY))

    assert watched.asked == set(one.parameters)


@pytest.mark.parametrize(
    "row", [row for row in POLICY.rows if row.key.startswith("comparison.")],
    ids=lambda row: row.key,
)
@pytest.mark.parametrize("more", [1, -1])
def test_altering_a_threshold_fails_a_case(row: Any, more: int) -> None:
    other = POLICY.replacing(row, str(int(row.value) + more))

    assert any(words(facts_of(case), other) != case["found"] for case in CASES)


ALL = [typed(fact) for case in CASES for fact in case["facts"]]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(ALL), max_size=9), st.randoms(use_true_random=False), st.data())
def test_order_and_copies_change_nothing(given_facts: list[Any], chance: Any, data: Any) -> None:
    facts = written([*PEOPLE, *given_facts])
    order = list(range(len(facts)))
    chance.shuffle(order)
    again = data.draw(st.lists(st.sampled_from(order), max_size=4))
    other = facts.take(np.array([*order, *again]))

    first, second = differences_of(facts, TODAY, POLICY), differences_of(other, TODAY, POLICY)

    assert first.tobytes() == second.tobytes()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(ALL), max_size=6), st.integers(0, 40))
def test_the_same_claims_are_the_same_difference_on_later_days(given_facts: Any, days: int) -> None:
    facts = written([*PEOPLE, *given_facts])
    later = date.fromordinal(TODAY.toordinal() + days)
    now, then = (differences_of(facts, day, POLICY) for day in (TODAY, later))

    keyed = {(r["household"], r["person"], r["comparison"]): r["basis"] for r in now}
    for row in then:
        key = (row["household"], row["person"], row["comparison"])
        assert keyed.get(key, row["basis"]) == row["basis"]
