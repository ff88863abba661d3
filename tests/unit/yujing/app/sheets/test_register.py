from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import Engine

from yujing.app.intake import Counts
from yujing.app.sheets.register import (
    DONE,
    REFUSED,
    TAKING,
    Announced,
    Deliveries,
    finish,
    shown_name,
)
from yujing.app.sheets.scopes import Scope, Scopes
from yujing.app.tables import ROOM
from yujing.storage.revisions import migrate_sql
from yujing.storage.sql import writing

SHEET = Announced(
    "fangpin_cloud", "work_monthly", "a" * 64, "三月.xlsx", "wang", "web", 9000, None, "2023-03"
)


@pytest.fixture
def engine(sql_engine: Engine) -> Engine:
    migrate_sql(sql_engine, ROOM)
    return sql_engine


def _finish(engine: Engine, delivery: int) -> None:
    with writing(engine) as connection:
        finish(connection, delivery, Counts(rows=3, accepted=3), retracted=1, held_back=0, at=7)


def test_a_delivery_that_never_ended_keeps_its_number(engine: Engine) -> None:
    register = Deliveries(engine)
    first = register.begin(SHEET, at=5)

    again = register.begin(replace(SHEET, day=9001), at=6)

    assert (again.id, again.version, again.resumed) == (first.id, first.version, True)
    assert len(register.list()) == 1


def test_one_that_ended_gets_the_next_number(engine: Engine) -> None:
    register = Deliveries(engine)
    first = register.begin(SHEET, at=5)
    _finish(engine, first.id)

    second = register.begin(SHEET, at=6)

    assert second.version == first.version + 1
    assert not second.resumed
    assert [row["state"] for row in register.list()] == [TAKING, DONE]
    assert register.list()[1]["counts"]["retracted"] == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(SHEET, sha256="b" * 64), replace(SHEET, mapping="members"),
        replace(SHEET, source="social_insurance"), replace(SHEET, months="2023-04"),
    ],
)  # fmt: skip
def test_another_sheet_is_another_delivery(engine: Engine, other: Announced) -> None:
    register = Deliveries(engine)
    first = register.begin(SHEET, at=5)

    assert register.begin(other, at=5).id != first.id


def test_a_later_day_is_a_higher_version_whatever_its_number(engine: Engine) -> None:
    register = Deliveries(engine)
    many = [register.begin(replace(SHEET, sha256=str(n)), at=5).version for n in range(3)]

    assert register.begin(replace(SHEET, sha256="x", day=9001), at=5).version > max(many)


def test_what_was_confirmed_stays_confirmed_after_a_kill(engine: Engine) -> None:
    register = Deliveries(engine)
    register.begin(replace(SHEET, confirmed=True), at=5)

    found = register.unfinished(SHEET)

    assert found is not None
    assert found.confirmed
    assert register.begin(SHEET, at=6).confirmed


def test_a_refused_sheet_is_in_the_register(engine: Engine) -> None:
    register = Deliveries(engine)
    register.refuse(SHEET, "it names no month", at=5)

    assert register.unfinished(SHEET) is None
    (row,) = register.list(source="fangpin_cloud")
    assert (row["state"], row["error"]) == (REFUSED, "it names no month")
    assert register.list(source="education") == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("务工2023-03.xlsx", "务工2023-03.xlsx"),
        ("张三522632197001011238.xlsx", ""),
        ("13800138000-三月.csv", ""),
    ],
)
def test_a_file_name_with_the_number_of_a_person_is_not_kept(name: str, shown: str) -> None:
    assert shown_name(name) == shown


# --- scopes


def _facts(*keys: int) -> np.ndarray:
    return np.array(keys, dtype=np.uint64)


def test_a_scope_holds_old_and_new_while_a_sheet_is_taken_and_only_the_new_after(
    engine: Engine,
) -> None:
    scopes = Scopes(engine, "fangpin_cloud", "work_monthly")
    big = 2**64 - 1
    with writing(engine) as connection:
        scopes.settle(connection, 1, {"2023-03|a": Scope(5, True, _facts(1, big))})

    before = scopes.of(["2023-03|a", "2023-03|b"])
    scopes.hold(2, before, {"2023-03|a": _facts(2), "2023-03|b": _facts(9)})

    during = scopes.of(["2023-03|a", "2023-03|b"])
    assert during["2023-03|a"].facts.tolist() == [1, 2, big]
    assert (during["2023-03|a"].version, during["2023-03|b"].version) == (5, 0)

    with writing(engine) as connection:
        scopes.settle(connection, 2, {"2023-03|a": Scope(6, False, _facts(2))})
    after = scopes.of(["2023-03|a"])["2023-03|a"]
    assert (after.version, after.whole, after.facts.tolist()) == (6, False, [2])


def test_a_fact_that_another_scope_holds_is_found_there(engine: Engine) -> None:
    mine = Scopes(engine, "civil_affairs", "minimum_living")
    other = Scopes(engine, "civil_affairs", "destitute")
    with writing(engine) as connection:
        mine.settle(connection, 1, {"a": Scope(5, True, _facts(1, 2))})
        mine.settle(connection, 1, {"b": Scope(5, True, _facts(2, 3))})
        other.settle(connection, 1, {"c": Scope(5, True, _facts(4))})

    assert mine.held_elsewhere(_facts(1, 2, 3, 4), ["a"]).tolist() == [False, True, True, False]


def test_more_scopes_than_a_query_may_name(engine: Engine) -> None:
    scopes = Scopes(engine, "s", "m")
    names = {f"{n}": Scope(1, True, _facts(n)) for n in range(1201)}
    with writing(engine) as connection:
        scopes.settle(connection, 1, names)

    found = scopes.of(names)

    assert {name: scope.facts.tolist() for name, scope in found.items()} == {
        name: scope.facts.tolist() for name, scope in names.items()
    }
