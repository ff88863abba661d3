import numpy as np
from hypothesis import given

from streams.fact import FactArray, empty_facts
from streams.state.effective import winners
from streams.state.fact_index import (
    ENTRY,
    FRESH,
    HIGHER,
    KNOWN,
    MOST_FULL,
    NEW,
    SAME,
    UNCHANGED,
    FactIndex,
)
from tests.support.state_histories import histories, to_history


@given(history=histories())
def test_the_index_holds_the_winners(history: FactArray) -> None:
    index = FactIndex()

    index.enter(history)

    best = history[winners(history)]
    best = best[np.argsort(best["fact"])]
    for name in ENTRY.names or ():
        assert np.array_equal(index.entries()[name], best[name])


def test_a_full_index_grows_and_loses_nothing() -> None:
    facts = to_history([(n, 1, 9, 0, 1, False) for n in range(1, 5000)])
    index = FactIndex()

    first = [index.enter(facts[start : start + 77]) for start in range(0, len(facts), 77)]
    places = index.nbytes / ENTRY.itemsize
    again = index.enter(facts)

    assert set(np.concatenate(first).tolist()) == {FRESH}
    assert set(again.tolist()) == {UNCHANGED}
    assert len(index) == len(facts)
    assert len(facts) / MOST_FULL <= places < len(facts) * 1.6
    assert np.array_equal(FactIndex.of(index.slots(), len(index)).entries(), index.entries())


def test_answers() -> None:
    index = FactIndex()
    index.enter(to_history([(1, 2, 9, 0, 1, False)]))
    asked = [(1, 2, 1), (1, 2, 5), (1, 1, 1), (1, 3, 1), (2, 1, 1)]

    answers = index.ask(to_history([(fact, n, 9, 0, seed, False) for fact, n, seed in asked]))

    assert answers.tolist() == [SAME, KNOWN, KNOWN, HIGHER, NEW]


def test_a_copy_that_was_known_earlier_is_told_from_later_ones_and_other_contents() -> None:
    facts = np.repeat(empty_facts(1), 4)
    facts["fact"], facts["version"], facts["known_at"] = 7, 2, (50, 40, 60, 40)
    facts["content"][3] = 1
    index = FactIndex()
    index.enter(facts[:1])
    assert index.earlier(facts).tolist() == [False, True, False, False]


@given(history=histories())
def test_the_index_tells_the_winner_of_each_fact_and_nothing_of_others(
    history: FactArray,
) -> None:
    index = FactIndex()
    index.enter(history)
    best = history[winners(history)]

    found = index.standing(np.append(best["fact"], np.uint64(2**63 + 12345)))

    for name in ENTRY.names or ():
        assert np.array_equal(found[name][:-1], best[name])
    assert found["version"][-1] == 0
