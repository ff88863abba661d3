from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.candidates import Candidates
from alerts.dealing import Verdict, deal, released
from alerts.view import COOL_DOWN, DeskView
from tests.support.cases import LOWER, TODAY, UPPER, Case, deal_of
from yujing.domain.calendar import Calendar
from yujing.domain.days import to_day
from yujing.domain.policy import Policy

JOB_ENDED, ZERO, REPORT = 2, 4, 10
POLICY = Policy.load()


def keys(*households: int) -> np.ndarray:
    return np.array(sorted(households), dtype=np.uint64)


def verdict_of(made: object, household: int) -> Verdict:
    rows = made.candidates.rows   # type: ignore[attr-defined]
    place = int(np.flatnonzero(rows["household"] == household)[0])
    return Verdict(int(made.verdict[place]))   # type: ignore[attr-defined]


def dealt(made: object) -> list[int]:
    rows = made.candidates.rows   # type: ignore[attr-defined]
    return [int(rows["household"][i]) for i in made.dealt]   # type: ignore[attr-defined]


def test_capacity_is_released_evenly_and_whole_by_the_end_of_the_month() -> None:
    calendar = Calendar()
    days = [TODAY.replace(day=n) for n in range(1, 31)]
    given_out = [released(12, day, calendar) for day in days]

    assert given_out[0] == 0            # a Sunday
    assert given_out == sorted(given_out)
    assert given_out[-1] == 12
    assert max(np.diff(given_out)) == 1


def test_the_most_useful_come_first_within_what_is_released() -> None:
    cases = [Case(n, rule=JOB_ENDED if n % 2 else 9, person=n) for n in range(1, 21)]

    made = deal_of(cases)

    assert len(made.dealt) == 9          # 24 November: 12 x 17 // 21
    assert all(household % 2 for household in dealt(made))
    village = made.villages[0]
    assert (village.released, village.n_dealt, village.not_sent) == (9, 9, 11)
    left = made.candidates.rows["benefit_fen"][made.verdict == Verdict.NO_CAPACITY]
    assert village.not_sent_fen == left.sum()


def test_what_was_used_this_month_is_not_released_again() -> None:
    cases = [Case(n, person=n) for n in range(1, 21)]

    made = deal_of(cases, DeskView(used={UPPER: 7}))

    assert len(made.dealt) == 2


def test_who_has_enough_open_cards_gets_only_what_cannot_wait() -> None:
    cases = [Case(n, person=n) for n in range(1, 9)] + [Case(50, rule=ZERO)]

    some, full = (deal_of(cases, DeskView(live={UPPER: n})) for n in (9, 14))

    assert len(some.dealt) == 3          # the red and two more: 12 are open then
    assert dealt(full) == [50]


def test_reds_and_reports_pass_and_count() -> None:
    cases = [Case(n, person=n) for n in range(1, 21)]
    cases += [Case(100 + n, rule=ZERO) for n in range(5)]
    cases += [Case(200 + n, rule=REPORT) for n in range(6)]

    made = deal_of(cases)

    assert {100, 101, 102, 103, 104, 200, 205} <= set(dealt(made))
    assert len(made.dealt) == 11         # nothing is left for the rest
    assert verdict_of(made, 1) is Verdict.NO_CAPACITY


def test_an_urgent_deal_takes_only_reds_and_reports_and_picks_nobody_by_chance() -> None:
    made = deal_of([Case(1), Case(2, rule=ZERO), Case(3, rule=REPORT)], others=40, urgent=True)

    assert dealt(made) == [2, 3] or dealt(made) == [3, 2]
    assert verdict_of(made, 1) is Verdict.CLAIMED
    assert len(made.audits) == 0


def test_a_burst_by_employer_is_held_and_its_slots_go_to_others() -> None:
    policy = POLICY
    for key in ("capacity.village_month", "capacity.open_most"):
        policy = policy.replacing(policy.row(key, day=TODAY), "100")
    closed = [Case(n, person=n, employer=77) for n in range(1, 31)]
    others = [Case(100 + n, rule=9, person=n) for n in range(10)]

    made = deal_of([*closed, *others], policy=policy)

    assert [(burst.dimension, burst.value, len(burst.places)) for burst in made.bursts] == [
        ("employer", 77, 30)]
    assert sorted(dealt(made)) == list(range(100, 110))
    assert verdict_of(made, 5) is Verdict.HELD


def test_reds_of_one_rule_beyond_the_limit_are_held_and_reports_are_not() -> None:
    made = deal_of([Case(n, rule=ZERO) for n in range(1, 22)])
    reported = deal_of([Case(n, rule=REPORT) for n in range(1, 41)])

    assert [burst.dimension for burst in made.bursts] == ["rule"]
    assert made.bursts[0].limit == 20
    assert len(made.dealt) == 0
    assert len(reported.dealt) == 40


def test_between_deals_a_burst_is_measured_against_the_whole_county() -> None:
    view = DeskView(county_households={UPPER // 10**6: 2_500})
    cases = [Case(n, rule=ZERO) for n in range(1, 25)]

    assert deal_of(cases, view, urgent=True).bursts == ()      # up to 25 of 2,500
    assert len(deal_of(cases, urgent=True).bursts) == 1        # up to 20 of a few
    assert len(deal_of(cases, view).bursts) == 1               # the deal knows the county itself


def test_cards_opened_earlier_today_count_towards_a_burst() -> None:
    from alerts.view import OPENED

    before = np.zeros(15, dtype=OPENED)
    before["region"], before["level"], before["rule"] = UPPER, 3, ZERO

    made = deal_of([Case(n, rule=ZERO) for n in range(1, 7)], DeskView(opened_today=before))

    assert len(made.bursts) == 1         # 15 + 6 > 20


def test_open_held_paused_and_waiting_households_get_no_new_card() -> None:
    view = DeskView(open_households=keys(1), held=keys(2), paused=keys(3, 4))

    made = deal_of([Case(1), Case(2), Case(3), Case(4, rule=REPORT), Case(5)], view)

    assert [verdict_of(made, n) for n in (1, 2, 3)] == [
        Verdict.UPDATED, Verdict.HELD, Verdict.PAUSED]
    assert verdict_of(made, 4) is Verdict.DEALT      # a person's own report is never paused
    assert made.updated.tolist() == [0]


def test_a_cool_down_silences_the_same_reason_only() -> None:
    cool = np.zeros(4, dtype=COOL_DOWN)
    cool["household"] = [1, 2, 3, 4]
    cool["kinds"], cool["level"], cool["until"] = 1 << JOB_ENDED, 2, to_day(TODAY)
    cases = [
        Case(1), Case(2), Case(2, rule=9, person=8), Case(3, level=3), Case(4, rule=REPORT),
        Case(4),
    ]

    made = deal_of(cases, DeskView(cool_downs=cool))

    assert verdict_of(made, 1) is Verdict.COOLED
    assert verdict_of(made, 2) is Verdict.DEALT       # a new kind of fact
    assert verdict_of(made, 3) is Verdict.DEALT       # a higher level
    assert verdict_of(made, 4) is Verdict.DEALT       # a person's own report


def test_a_cool_down_that_is_over_silences_nothing() -> None:
    cool = np.zeros(1, dtype=COOL_DOWN)
    cool["household"], cool["kinds"], cool["level"] = 1, 1 << JOB_ENDED, 2
    cool["until"] = to_day(TODAY) - 1

    assert dealt(deal_of([Case(1)], DeskView(cool_downs=cool))) == [1]


def test_a_village_whose_day_is_claimed_gets_only_what_cannot_wait() -> None:
    made = deal_of(
        [Case(1), Case(2, region=LOWER), Case(3, rule=ZERO)],
        DeskView(dealt_today=frozenset({UPPER})), others=200)

    assert verdict_of(made, 1) is Verdict.CLAIMED
    assert verdict_of(made, 2) is Verdict.DEALT
    assert verdict_of(made, 3) is Verdict.DEALT


def test_chance_picks_only_households_that_nothing_flags_within_the_share() -> None:
    picked, slots = [], 0
    for seed in range(200):
        made = deal_of([Case(1), Case(2)], others=50, seed=seed)
        households = made.candidates.population[made.audits]
        assert not set(households.tolist()) & {1, 2}
        picked.extend(households.tolist())
        slots += made.villages[0].released

    assert 0.01 < len(picked) / slots < 0.06          # 3 % of the slots
    assert len(set(picked)) > 20                      # and not the same households


def test_audits_already_made_this_month_are_not_made_again() -> None:
    seeds = [seed for seed in range(100) if len(deal_of([], others=40, seed=seed).audits)]
    again = [
        len(deal_of([], DeskView(audits={UPPER: 12}), others=40, seed=seed).audits)
        for seed in seeds
    ]

    assert seeds
    assert sum(again) == 0


def test_a_year_without_holidays_is_a_warning() -> None:
    day = TODAY.replace(year=2027)

    assert "2027" in deal_of([Case(1)], as_of=day).warnings[0]


case = st.builds(
    Case, household=st.integers(1, 12), rule=st.sampled_from([1, 2, 4, 6, 9, 10]),
    person=st.integers(0, 3), employer=st.sampled_from([0, 5]))
cases_strategy = st.lists(case, max_size=25, unique_by=lambda c: (c.household, c.rule, c.person))


@settings(max_examples=60, deadline=None)
@given(cases=cases_strategy, used=st.integers(0, 14), seed=st.integers(0, 5), data=st.data())
def test_a_deal_is_a_function_of_what_it_sees(
    cases: list[Case], used: int, seed: int, data: st.DataObject,
) -> None:
    homes = {c.household: UPPER if c.household % 2 else LOWER for c in cases}
    placed = [Case(c.household, c.rule, c.person, homes[c.household], 0, c.employer) for c in cases]
    view = DeskView(used={UPPER: used})

    first = deal_of(placed, view, others=5, seed=seed)
    again = deal_of(data.draw(st.permutations(placed)), view, others=5, seed=seed)

    assert np.array_equal(first.order, again.order)
    assert np.array_equal(first.verdict, again.verdict)
    assert np.array_equal(first.chance, again.chance)
    assert np.array_equal(first.audits, again.audits)
    rows = first.candidates.rows
    for village in first.villages:
        here = rows["region"] == village.region
        passes = (rows["level"] >= 3) | (rows["kind"] == 2)
        normal = here & (first.verdict == Verdict.DEALT) & ~passes
        left = here & (first.verdict == Verdict.NO_CAPACITY)
        assert normal.sum() + village.n_audits <= max(village.released - village.used, 0)
        if normal.any() and left.any():
            assert rows["benefit_fen"][normal].min() >= rows["benefit_fen"][left].max()
        assert not (left & passes).any()


def test_nothing_gives_an_empty_deal() -> None:
    made = deal_of([])

    assert len(made.order) == 0
    assert made.villages == ()


def test_a_deal_among_candidates_does_not_change_them() -> None:
    from tests.support.cases import candidates_of

    found: Candidates = candidates_of([Case(1), Case(2)])
    before = found.rows.copy()
    deal(found, DeskView(), as_of=TODAY, policy=POLICY, calendar=Calendar(), seed=1)

    assert np.array_equal(found.rows, before)


def test_between_deals_what_does_not_pass_only_renews_whatever_else_the_desk_says() -> None:
    cases = [Case(n) for n in range(1, 6)]
    few = DeskView(open_households=np.array([2, 4], dtype=np.uint64))
    whole = replace(
        few, held=np.array([2], dtype=np.uint64), paused=np.array([4, 5], dtype=np.uint64),
        dealt_today=frozenset({UPPER}), live={UPPER: 40}, used={UPPER: 12},
    )

    asked = deal_of([case for case in cases if case.household in (2, 4)], few, urgent=True)
    made = deal_of(cases, whole, others=40, urgent=True)

    for one in (asked, made):
        households = one.candidates.rows["household"]
        assert households[one.updated].tolist() == [2, 4]
        assert (len(one.dealt), one.bursts, one.villages) == (0, (), ())
    same = np.isin(made.candidates.rows["household"], [2, 4])
    assert made.candidates.rows["benefit_fen"][same].tolist() == (
        asked.candidates.rows["benefit_fen"].tolist()
    )
