"""The compiled fold against a plain definition of each piece: sets, maxima and sums over facts."""

import numpy as np
from hypothesis import given, settings

from streams.fact import FactArray, empty_facts
from streams.state.state import State
from tests.support.plain_state import as_row, plain_state
from tests.support.state_histories import BASE_MONTH, histories
from yujing.domain.codes import Category


@settings(max_examples=200)
@given(history=histories())
def test_every_column_of_every_row_is_what_its_definition_says(history: FactArray) -> None:
    told = plain_state(history, BASE_MONTH)

    state = State.build(history, BASE_MONTH)

    for rows, expected in (
        (state.members, told["members"]),
        (state.households, told["households"]),
    ):
        held = {int(row["key"]): as_row(row) for row in rows if row["n_facts"]}
        assert held == expected
    areas = {int(row["fact"]): as_row(row) for row in state.areas}
    assert areas.keys() == told["areas"].keys()
    for fact, row in areas.items():
        assert row == {name: told["areas"][fact][name] for name in row}


def test_a_code_that_the_layout_has_no_place_for_changes_no_other_column() -> None:
    facts = empty_facts(2)
    facts["fact"], facts["subject"], facts["version"] = (1, 2), (11, 11), 1
    facts["kind"], facts["category"], facts["source"] = (5, 77), (len(Category), 0), 200

    member = as_row(State.build(facts, BASE_MONTH).members[0])
    blank = as_row(np.zeros(1, dtype=State(BASE_MONTH).members.dtype)[0])

    assert member.pop("n_facts") == 2
    assert [name for name in member if member[name] != blank[name]] == ["key", "facts_xor"]
