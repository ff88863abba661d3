"""However a county is cut into parts, together they are the whole, and so is the deal."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.candidates import candidates
from alerts.dealing import Deal, deal
from alerts.desk.dealt import lines_by_village
from alerts.hysteresis import Standing, next_standing
from alerts.view import DeskView
from models.expert import expert_card
from models.features.context import context_from
from models.features.tables import state_context_part
from models.features.tallies import merge_contexts
from tests.support.compared import told_of
from tests.support.neighbours import card_of_the_neighbours
from tests.support.simulated_state import simulated_facts, simulated_state
from yujing.app.ordered import Bools, Keys, OrderedState, Owned
from yujing.app.part import FORMAT, Part, from_bytes, merge, part_of, to_bytes
from yujing.app.picture import EXPERT_SINCE, Picture
from yujing.app.sweep import decide
from yujing.domain.calendar import Calendar
from yujing.domain.days import to_day
from yujing.domain.policy import Policy

DAY = date(2026, 11, 24)
POLICY = Policy.load()
CARDS = (card_of_the_neighbours(), expert_card("p12", as_of=EXPERT_SINCE))


def seen_by(owned: Owned | None = None, parts: list[OrderedState] | None = None) -> Picture:
    """Return the picture of some households, with the context that all parts give."""
    state = OrderedState(simulated_state(), owned)
    context = None
    if parts is not None:
        pieces = [state_context_part(one, as_of=DAY, policy=POLICY) for one in parts]
        context = context_from(merge_contexts(pieces))
    return Picture(state, DAY, POLICY, *CARDS, context)


WHOLE = seen_by()
TOLD = told_of(simulated_facts(), DAY)


@st.composite
def desks(draw: st.DrawFn) -> DeskView:
    """Draw who has a card, who stood by score before, and who was called on."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    share = draw(st.sampled_from((0.0, 0.2, 0.9)))

    def some(keys: Keys) -> Keys:
        return np.unique(keys[chance.random(len(keys)) < share])

    stood = some(WHOLE.situation.keys)
    return DeskView(
        open_households=some(WHOLE.situation.keys),
        open_persons=some(WHOLE.situation.members["key"]),
        standing=Standing(
            stood, chance.integers(0, 3, len(stood)), np.full(len(stood), to_day(DAY) - 1)
        ),
    )


def cut(n: int, seed: int) -> list[Owned]:
    """Return `n` parts of all households, some of them perhaps empty."""
    def of(part: int) -> Owned:
        def owned(keys: Keys) -> Bools:
            mixed = (keys ^ np.uint64(seed)) * np.uint64(0x9E3779B97F4A7C15)
            mask: Bools = ((mixed >> np.uint64(40)) % np.uint64(n) == part) & (keys != 0)
            return mask
        return owned
    return [of(part) for part in range(n)]


def parts_of(n: int, seed: int, view: DeskView) -> list[Part]:
    owners = cut(n, seed)
    states = [OrderedState(simulated_state(), owned) for owned in owners]
    return [part_of(seen_by(owned, states), view, told=TOLD) for owned in owners]


def county() -> Any:
    return SimpleNamespace(
        policy=POLICY, calendar=Calendar.load(None), settings=SimpleNamespace(seed=5),
        desk=SimpleNamespace(measured=lambda *, before: {2: (30, 3)}),
    )  # fmt: skip


def lines(made: Deal) -> Any:
    return lines_by_village(made), made.villages, made.standing.households.tolist()


@settings(max_examples=12)
@given(st.integers(1, 6), st.integers(0, 2**32), desks())
def test_the_parts_together_are_the_whole(n: int, seed: int, view: DeskView) -> None:
    whole = part_of(WHOLE, view, told=TOLD)
    assert len(np.unique(whole.differences["comparison"])) > 3

    together = merge([from_bytes(to_bytes(part)) for part in parts_of(n, seed, view)])

    housed = WHOLE.state.members["household"] != 0
    assert to_bytes(together) == to_bytes(replace(whole, n_members=int(housed.sum())))


@settings(max_examples=6)
@given(st.integers(2, 4), st.integers(0, 2**32), desks())
def test_the_deal_of_the_parts_is_the_deal_of_all_scores(
    n: int, seed: int, view: DeskView
) -> None:
    open_to = county()
    standing = next_standing(view.standing, WHOLE.risks, as_of=DAY, policy=POLICY)
    chosen = candidates(
        WHOLE.signals, WHOLE.risks, standing=standing, population=WHOLE.situation.keys,
        regions=WHOLE.situation.regions, as_of=DAY, policy=POLICY, measured={2: (30, 3)},
    )  # fmt: skip
    untrimmed = deal(
        chosen, view, as_of=DAY, policy=POLICY, calendar=open_to.calendar, seed=5,
        standing=standing,
    )  # fmt: skip

    made = decide(open_to, merge(parts_of(n, seed, view)), view)

    assert len(made.candidates.rows) > 10
    assert lines(made) == lines(untrimmed)


def test_factors_are_those_of_the_scorecard() -> None:
    part = part_of(WHOLE, DeskView())
    state, scores = WHOLE.state, WHOLE.scores
    named = np.setdiff1d(part.signals["person"], [0])
    assert len(named) > 5
    for card, table, keys, of in (
        (WHOLE.p12, scores.household_table, state.households["key"], part.risks.households),
        (WHOLE.u90, scores.member_table, state.members["key"], named),
    ):
        for key in of.tolist():
            row = int(np.searchsorted(keys, np.uint64(key)))
            told = card.reasons(table, row)
            household, person = (0, key) if card is WHOLE.u90 else (key, 0)
            assert [(one.name, one.zh, one.points) for one in told if one.points > 0][:6] == [
                (one.name, one.zh, one.points) for one in part.factors.explain(household, person)
            ]
    assert part.factors.explain(1, 0) == part.factors.explain(0, 1) == []


def test_parts_of_other_days_or_models_do_not_mix() -> None:
    one = part_of(WHOLE, DeskView())
    other = replace(one, risks=replace(one.risks, p12_model="p12-other"))
    later = replace(one, there=replace(one.there, as_of=date(2026, 11, 25)))

    for wrong in ([], [one, other], [one, later]):
        with pytest.raises(ValueError, match="one day"):
            merge(wrong)


def test_what_another_release_wrote_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    written = to_bytes(part_of(WHOLE, DeskView(), late=["b", "a"]))
    assert from_bytes(written).late == ("a", "b")

    monkeypatch.setattr("yujing.app.part.FORMAT", FORMAT + 1)
    for content in (written, b"", written[:100]):
        with pytest.raises(ValueError, match="part"):
            from_bytes(content)
