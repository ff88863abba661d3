from datetime import date
from pathlib import Path

import numpy as np
import pytest

from yujing.domain.policy import COLUMNS, PROVINCE, UNVERIFIED, VERIFIED, Policy, read_rows
from yujing.errors import ReferenceDataError

DAY = date(2026, 11, 24)
VILLAGE = 520526100001
HEAD = ",".join(COLUMNS) + "\n"


def own(tmp_path: Path, *lines: str) -> Policy:
    (tmp_path / "own.csv").write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return Policy.load(tmp_path)


def test_every_row_has_a_source_and_a_confidence() -> None:
    for row in Policy.load().rows:
        assert row.source
        assert row.confidence in (VERIFIED, UNVERIFIED)


def test_a_missing_income_line_names_its_year() -> None:
    policy = Policy.load()

    assert policy.income_line_fen(VILLAGE, 2023) == 730_000
    assert policy.income_line_fen(0, 2023) == 730_000     # an unknown place is the province
    with pytest.raises(ReferenceDataError, match="2031"):
        policy.income_line_fen(VILLAGE, 2031)


def test_lines_of_many_places_are_unknown_where_there_is_none(tmp_path: Path) -> None:
    policy = own(tmp_path, "income_line,520526,2030-01-01,2030-12-31,9999,yuan,县文件,verified")

    lines = policy.income_lines_fen(np.array([VILLAGE, 520524001001, VILLAGE, 0]), 2030)

    assert lines[[0, 2]].tolist() == [999_900, 999_900]
    assert np.isnan(lines[[1, 3]]).all()
    assert len(policy.numbers("income_line", np.empty(0, dtype=np.int64), day=DAY)) == 0


def test_the_nearest_place_wins_then_the_county_then_the_newest(tmp_path: Path) -> None:
    policy = own(
        tmp_path,
        "capacity.village_month,52,2020-01-01,,10,cards,省改,verified",
        "capacity.village_month,520526,2026-01-01,,8,cards,县文件,verified",
        "capacity.village_month,520526,2026-06-01,,9,cards,县文件,verified",
        "capacity.village_month,520526100001,2026-11-01,2026-11-30,5,cards,村,未核实",
    )

    assert policy.capacity(VILLAGE, day=DAY) == 5
    assert policy.capacity(VILLAGE, day=date(2026, 12, 1)) == 9
    assert policy.capacity(VILLAGE, day=date(2026, 5, 31)) == 8
    assert policy.capacity(520524001001, day=DAY) == 10
    assert policy.numbers(
        "capacity.village_month", np.array([VILLAGE, 520526100002, 520524001001]), day=DAY,
    ).tolist() == [5, 9, 10]


def test_values_come_in_their_unit() -> None:
    policy = Policy.load()

    assert policy.amount_fen("subsidy.M2", day=DAY) == 50_000
    assert policy.number("capacity.audit_share", day=DAY) == 0.03
    assert policy.deadline_workdays("verify", 3, day=DAY) == 1
    assert policy.colour(3, day=DAY) == "红"
    assert policy.find("nothing", day=DAY) is None
    assert "subsidy.M4" in policy.keys
    assert policy.row("income_line", day=DAY) in policy.unverified()
    with pytest.raises(ReferenceDataError, match="nothing"):
        policy.row("nothing", region=PROVINCE, day=DAY)
    with pytest.raises(ReferenceDataError):
        policy.amount_fen("subsidy.M2", day=date(2021, 1, 1))     # before the opinion of 2022


def test_replacing_a_value_leaves_the_rest() -> None:
    policy = Policy.load()
    other = policy.replacing(policy.row("subsidy.M2", day=DAY), "501")

    assert other.amount_fen("subsidy.M2", day=DAY) == 50_100
    assert other.amount_fen("subsidy.M3", day=DAY) == policy.amount_fen("subsidy.M3", day=DAY)


@pytest.mark.parametrize(("line", "words"), [
    ("k,52,2026-01-01,,x,yuan,s,verified", "could not convert"),
    ("k,52,2026-01-01,,nan,yuan,s,verified", "finite"),
    ("k,5,2026-01-01,,1,yuan,s,verified", "prefix"),
    ("k,52,2026-13-01,,1,yuan,s,verified", "month"),
    ("k,52,2026-01-02,2026-01-01,1,yuan,s,verified", "before"),
    ("k,52,2026-01-01,,1,yuan,,verified", "source"),
    ("k,52,2026-01-01,,1,yuan,s,maybe", "confidence"),
    ("k,52", "line 2"),
])
def test_a_bad_row_is_refused_with_file_and_line(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(ReferenceDataError, match=words) as refused:
        own(tmp_path, line)
    assert "own.csv line 2" in str(refused.value)


def test_a_file_without_the_columns_is_refused() -> None:
    with pytest.raises(ReferenceDataError, match="source"):
        list(read_rows("key,region,valid_from,valid_to,value,unit,confidence\n", "x", own=True))


def test_shipped_rows_may_not_overlap() -> None:
    rows = list(Policy.load().rows)

    with pytest.raises(ReferenceDataError, match="overlap"):
        Policy([*rows, rows[0]])


def test_the_calendar_s_file_is_no_policy_file(tmp_path: Path) -> None:
    (tmp_path / "holidays.csv").write_text("day,kind,source\n", encoding="utf-8")

    assert Policy.load(tmp_path).rows == Policy.load(tmp_path / "missing").rows
