from dataclasses import replace
from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.benefit import RiskScores
from alerts.candidates import candidates
from alerts.hysteresis import Standing, next_standing
from alerts.rules import REPORT, SCORE, SIGNAL
from tests.support.cases import TODAY, UPPER, Case, candidates_of, signals_of
from yujing.domain.policy import Policy

POLICY = Policy.load()
ZERO, OWN, PENSION = 4, 10, 9


def scores(u90: list[float], p12: list[float], homes: list[int] | None = None) -> RiskScores:
    """Return scores of members 1.. in `homes`, and of households 1..."""
    n, m = len(u90), len(p12)
    return RiskScores(
        np.arange(1, n + 1, dtype=np.uint64), np.array(u90),
        np.array(homes or range(1, n + 1), dtype=np.uint64), np.zeros(n, dtype=np.int64),
        np.arange(1, m + 1, dtype=np.uint64), np.array(p12), np.ones(m, dtype=np.int64),
        ("tenure", "margin"), "u90-1", "p12-1")


def by_score(given: RiskScores, cases: list[Case] | None = None) -> object:
    stands = next_standing(Standing(), given, as_of=TODAY, policy=POLICY)
    keys = np.unique(np.concatenate([given.households, given.household_of]))
    return candidates(
        signals_of(cases or []), given, standing=stands, population=keys,
        regions=np.full(len(keys), UPPER), as_of=TODAY, policy=POLICY)


def test_signals_of_one_household_become_one_row_led_by_the_most_urgent() -> None:
    found = candidates_of([Case(1, person=5), Case(1, rule=ZERO), Case(1, rule=OWN), Case(2)])

    row = found.rows[0]
    assert len(found.rows) == 2
    assert (row["rule"], row["level"], row["n"]) == (ZERO, 3, 3)
    assert row["kinds"] == 1 << 2 | 1 << ZERO | 1 << OWN
    assert found.reasons[row["reason"]] == "zero_employment"


def test_among_equals_a_person_s_report_leads_then_what_is_more_often_right() -> None:
    reported = candidates_of([Case(1, person=5), Case(1, rule=OWN)]).rows[0]
    surer = candidates_of([Case(1, person=5, rule=1), Case(1, person=5, rule=2)]).rows[0]

    assert (reported["rule"], reported["kind"]) == (OWN, REPORT)
    assert surer["rule"] == 2


def test_a_score_alone_is_led_by_what_would_cost_more_and_is_never_red() -> None:
    found = by_score(scores([0.9, 0.2, 0.01], [0.01, 0.5, 0.001]))
    rows, words = found.rows, found.reasons   # type: ignore[attr-defined]

    assert rows["household"].tolist() == [1, 2]           # the third does not stand
    assert rows["kind"].tolist() == [SCORE, SCORE]
    assert rows["level"].tolist() == [2, 2]
    assert [words[i] for i in rows["reason"]] == ["u90 u90-1 tenure", "p12 p12-1 margin"]
    assert rows["person"].tolist() == [1, 0]
    assert rows["benefit_fen"].tolist() == [
        round(0.9 * 3_000_000 + 0.01 * 5_700_000), round(0.2 * 3_000_000 + 0.5 * 5_700_000)]


def test_a_rule_stands_in_for_the_score_of_its_own_member_only() -> None:
    both = by_score(scores([0.2, 0.3], [0.0], homes=[1, 1]), [Case(1, rule=2, person=1)])
    rows = both.rows   # type: ignore[attr-defined]

    # the rule says 0.5 of member 1, the score 0.3 of member 2
    assert rows["benefit_fen"].tolist() == [round(0.5 * 3_000_000 + 0.3 * 3_000_000)]
    assert rows["kinds"].tolist() == [1 << 2 | 1]


def test_scores_of_households_that_nobody_lives_in_make_no_candidate() -> None:
    given = scores([0.9], [0.5, 0.5])
    stands = next_standing(Standing(), given, as_of=TODAY, policy=POLICY)
    found = candidates(
        np.zeros(0, dtype=SIGNAL), given, standing=stands,
        population=np.array([1], dtype=np.uint64), regions=np.array([UPPER]), as_of=TODAY,
        policy=POLICY)

    assert found.rows["household"].tolist() == [1]


def test_unknown_scores_are_worth_nothing() -> None:
    given = scores([float("nan")], [float("nan")])
    found = by_score(given, [Case(1, rule=PENSION, person=1)])

    assert found.rows["benefit_fen"].tolist() == [21_000]   # type: ignore[attr-defined]


def test_without_scores_standing_stays_as_it_was() -> None:
    before = Standing(np.array([5], dtype=np.uint64), np.array([1]), np.array([9]))

    assert next_standing(before, None, as_of=TODAY, policy=POLICY) is before


def test_two_runs_of_one_day_count_once() -> None:
    high, low = scores([0.5], [0.0]), scores([0.01], [0.0])
    now = next_standing(Standing(), high, as_of=date(2026, 11, 1), policy=POLICY)
    for _ in range(3):
        now = next_standing(now, low, as_of=date(2026, 11, 2), policy=POLICY)
    assert len(now.households) == 1

    assert not len(next_standing(now, low, as_of=date(2026, 11, 3), policy=POLICY).households)


@settings(max_examples=40, deadline=None)
@given(data=st.data(), u90=st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_the_order_of_members_changes_no_candidate(data: st.DataObject, u90: list[float]) -> None:
    homes = [1 + n % 3 for n in range(len(u90))]
    given = scores(u90, [0.02, 0.3, 0.001], homes)
    order = np.array(data.draw(st.permutations(range(len(u90)))))
    other = replace(
        given, persons=given.persons[order], u90=given.u90[order],
        household_of=given.household_of[order], person_feature=given.person_feature[order])

    first, second = by_score(given), by_score(other)

    assert np.array_equal(first.rows, second.rows)   # type: ignore[attr-defined]


def test_those_who_stayed_home_enter_by_benefit_over_two_weeks() -> None:
    stayed = [Case(n, rule=3, person=n) for n in range(1, 15)]
    entered = {
        day: int((candidates_of(stayed, as_of=day).rows["waiting"] == 0).sum())
        for day in (date(2026, 3, 24), date(2026, 3, 30), date(2026, 4, 6), date(2026, 5, 1))
    }

    assert list(entered.values()) == [1, 7, 14, 14]
