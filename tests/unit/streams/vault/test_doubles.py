"""The list of likely doubles: found in the vault, decided once, undone, sent until it is sent."""

from collections.abc import Sequence

import numpy as np
import pytest
from sqlalchemy import Engine, text

from streams.vault.doubles import DIFFERENT, SAME, UNDO, Doubles, Register
from streams.vault.identities import Identities
from streams.vault.keys import Keys
from streams.vault.vault import Vault
from yujing.domain.days import NEVER
from yujing.errors import TransitionError, UsageError
from yujing.storage.sql import reading

KEYS = Keys(b"d" * 32)
BIG = 2**63 + 9
A, B = "520526198505010012", "520526198505010116"
NOBODY = Register(
    np.empty(0, np.uint64), np.empty(0, np.int64), np.empty(0, np.uint64), np.empty(0, np.uint64)
)


def register(*rows: tuple[int, int, int, int]) -> Register:
    """Return (key, birth, home, name of the row)."""
    keys, births, homes, names = zip(*sorted(rows), strict=True)
    return Register(
        np.array(keys, np.uint64), np.array(births, np.int64), np.array(homes, np.uint64),
        np.array(names, np.uint64),
    )  # fmt: skip


@pytest.fixture
def doubles(sql_engine: Engine) -> Doubles:
    Vault(sql_engine, KEYS).remember(
        Identities(
            persons=[
                (5, A, "张国军", None),
                (BIG, B, "張國軍", None),
                (7, "520526199001010025", "李芳", None),
                (8, "520526199101010023", None, None),
            ]
        )
    )
    return Doubles(sql_engine, KEYS)


def pairs(found: Sequence[object]) -> list[tuple[int, int]]:
    return [(double.one, double.other) for double in found]  # type: ignore[attr-defined]


def test_a_likely_pair_is_found_once(doubles: Doubles) -> None:
    assert doubles.look(NOBODY, [], at=100) == 1
    assert doubles.look(NOBODY, [], at=200) == 0

    [double] = doubles.open()
    assert (double.one, double.other, double.found_at) == (5, BIG, 100)
    assert double.why == ("one_digit", "variant")
    assert doubles.count() == 1


def test_who_is_linked_already_is_not_asked_about(doubles: Doubles) -> None:
    linked = register((5, NEVER, 0, 5), (BIG, NEVER, 0, 5))

    assert doubles.look(linked, [], at=100) == 0


def test_one_person_in_two_households_is_asked_about_until_one_lets_go(doubles: Doubles) -> None:
    doubles.look(NOBODY, [(7, 30), (7, 30)], at=100)

    assert [d.of_two_homes for d in doubles.open()] == [False, True]
    doubles.look(NOBODY, [], at=200)
    assert pairs(doubles.open()) == [(5, BIG)]


def test_a_decision_is_recorded_and_nobody_is_asked_again(doubles: Doubles) -> None:
    doubles.look(NOBODY, [], at=100)
    doubles.decide(BIG, 5, DIFFERENT, by="tang", at=300)

    assert doubles.look(NOBODY, [], at=400) == 0
    assert doubles.open() == []
    assert pairs(doubles.decided()) == [(5, BIG)]
    [decision] = doubles.history(5, BIG)
    assert (decision.decision, decision.by, decision.at) == (DIFFERENT, "tang", 300)
    assert doubles.waiting() == []


def test_same_waits_to_be_sent_and_undo_withdraws_it_with_the_next_version(
    doubles: Doubles,
) -> None:
    doubles.look(NOBODY, [], at=100)
    same = doubles.decide(5, BIG, SAME, by="tang", at=300)
    undone = doubles.decide(5, BIG, UNDO, by="tang", at=400)
    again = doubles.decide(5, BIG, SAME, by="deng", at=500)

    assert doubles.waiting() == [same, undone, again]
    assert [d.link_version for d in doubles.waiting()] == [1, 2, 3]
    assert [d.withdraws for d in doubles.waiting()] == [False, True, False]

    doubles.mark_sent([same.id, undone.id])
    assert doubles.waiting() == [again]
    assert [d.decision for d in doubles.history()] == [SAME, UNDO, SAME]


def test_what_was_undone_is_asked_again_and_keeps_counting_its_versions(doubles: Doubles) -> None:
    doubles.look(NOBODY, [], at=100)
    doubles.decide(5, BIG, SAME, by="tang", at=300)
    doubles.decide(5, BIG, UNDO, by="tang", at=400)
    doubles.look(register((5, NEVER, 0, 5), (BIG, NEVER, 0, 5)), [], at=500)

    assert pairs(doubles.open()) == [(5, BIG)]
    assert doubles.decide(5, BIG, SAME, by="tang", at=600).link_version == 3


def test_what_was_different_and_undone_sends_nothing(doubles: Doubles) -> None:
    doubles.look(NOBODY, [], at=100)
    doubles.decide(5, BIG, DIFFERENT, by="tang", at=300)
    doubles.decide(5, BIG, UNDO, by="tang", at=400)

    assert doubles.waiting() == []
    assert pairs(doubles.open()) == [(5, BIG)]


def test_two_homes_link_nobody(doubles: Doubles) -> None:
    doubles.look(NOBODY, [(7, 30)], at=100)
    decided = doubles.decide(7, 30, SAME, by="tang", at=300)

    assert decided.link_version == 0
    assert doubles.waiting() == []
    assert doubles.look(NOBODY, [(7, 30)], at=400) == 0


def test_a_second_decision_and_an_undo_of_nothing_are_refused(doubles: Doubles) -> None:
    doubles.look(NOBODY, [], at=100)
    with pytest.raises(TransitionError, match="没有可以撤销的"):
        doubles.decide(5, BIG, UNDO, by="tang", at=200)
    doubles.decide(5, BIG, SAME, by="tang", at=300)
    with pytest.raises(TransitionError, match="已经有人决定过"):
        doubles.decide(5, BIG, DIFFERENT, by="deng", at=400)
    with pytest.raises(UsageError, match="no pair"):
        doubles.decide(5, 6, SAME, by="tang", at=300)
    with pytest.raises(UsageError, match="same, different or undo"):
        doubles.decide(5, BIG, "perhaps", by="tang", at=300)


def test_numbers_are_shown_only_where_they_differ(doubles: Doubles) -> None:
    [(one, other)] = doubles.compared([(5, BIG)])

    assert (one, other) == ("***************0*2", "***************1*6")
    assert doubles.compared([(5, 99)]) == [("*" * 18, "未登记")]


def test_the_tables_hold_no_name_and_no_number(doubles: Doubles, sql_engine: Engine) -> None:
    doubles.look(NOBODY, [(7, 30)], at=100)
    doubles.decide(5, BIG, SAME, by="tang", at=300)
    with reading(sql_engine) as connection:
        held = [
            str(list(row))
            for table in ("doubles", "double_decisions")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        ]

    assert held
    for secret in (A, B, "张国军", "張國軍", A[:17]):
        assert not any(secret in row for row in held)


def test_many_people_are_opened_in_parts(sql_engine: Engine) -> None:
    n = 5_200
    Vault(sql_engine, KEYS).remember(
        Identities(persons=[(k, f"5205261985050{k:05d}", f"王{k:05d}", None) for k in range(1, n)])
    )
    doubles = Doubles(sql_engine, KEYS)

    assert len(list(doubles._people(NOBODY))) == n - 1
    assert doubles.look(NOBODY, [], at=1) == 0
