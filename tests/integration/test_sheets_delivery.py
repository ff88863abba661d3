"""Sheets delivered into a county on disk: what counts, what is withdrawn, what is answered."""

import io
import json
from pathlib import Path

import openpyxl
import pytest

from streams.door.grant import Grant
from streams.state.effective import winners
from streams.vault.kept_columns import KeptColumns
from tests.support.sheet_office import (
    Row,
    answers_of,
    csv_of,
    id_number,
    office,
    people,
    registration,
    send,
    xlsx_of,
)
from yujing.app.county import County
from yujing.app.intake import Intake, finish
from yujing.app.sheets.register import Deliveries
from yujing.domain.codes import Source

pytestmark = pytest.mark.integration

STATUS = 9  # kind of employment.monthly_status


def standing(county: County, kind: int = STATUS) -> dict[int, float]:
    """Return the wage of each person in the facts that count."""
    facts = county.log.facts()
    mine = facts.compress(facts["kind"] == kind)
    keys = county.keys.person_keys([id_number(n) for n in range(60)]).tolist()
    number = {key: n for n, key in enumerate(keys)}
    found = [(number[int(f["subject"])], int(f["wage_fen"]) / 100) for f in mine]
    assert len(found) == len(dict(found))
    return dict(found)


def counts(delivered: object) -> tuple[int, ...]:
    c = delivered.counts  # type: ignore[attr-defined]
    assert c.rows == c.accepted + c.duplicate + c.conflict + c.rejected + c.unmatched
    return (c.accepted, c.duplicate, c.conflict, c.rejected, c.unmatched)


def test_a_sheet_is_taken_repeated_corrected_and_shortened(tmp_path: Path) -> None:
    with office(tmp_path / "data") as county:
        first = send(county, csv_of(people(*range(20))))
        assert counts(first) == (20, 0, 0, 0, 0)
        assert (first.mappings, first.months) == (["test_work"], [2026 * 12 + 9])
        n_rows = county.log.count()

        again = send(county, csv_of(people(*range(20))), "另一个名字.csv")
        assert counts(again) == (0, 20, 0, 0, 0)
        assert county.log.count() == n_rows

        third = send(county, csv_of([*people(*range(18)), Row(18, wage="9000")]))
        assert counts(third) == (1, 18, 0, 0, 0)
        assert (third.retracted, third.counts.events) == (1, 2)
        assert standing(county) == {**dict.fromkeys(range(18), 3000.0), 18: 9000.0}

        back = send(county, csv_of(people(*range(20))))
        assert counts(back) == (2, 18, 0, 0, 0)
        assert standing(county) == dict.fromkeys(range(20), 3000.0)
    with office(tmp_path / "data") as county:
        assert county.state.compare(county.log.sums()).tolist() == []


def test_too_many_missing_rows_refuse_the_whole_file_until_it_is_confirmed(tmp_path: Path) -> None:
    with office(tmp_path / "data") as county:
        send(county, csv_of(people(*range(20))))
        n_rows = county.log.count()
        half = csv_of([*people(*range(10)), Row(10, wage="1")])

        refused = send(county, half)
        assert refused.question == "retractions"
        assert "--confirm-retractions" in str(refused.error)
        assert "9" in str(refused.error_zh)
        assert (refused.counts.rows, county.log.count()) == (0, n_rows)
        ((loss),) = refused.losses
        assert (loss.missing, loss.held) == (9, 20)

        taken = send(county, half, confirm_retractions=True)
        assert (taken.error, taken.retracted) == (None, 9)
        assert sorted(standing(county)) == list(range(11))


def test_five_rows_may_go_whatever_their_share(tmp_path: Path) -> None:
    with office(tmp_path / "data") as county:
        send(county, csv_of(people(*range(6))))

        assert send(county, csv_of(people(0))).retracted == 5
        assert sorted(standing(county)) == [0]


def test_other_months_and_villages_lose_nothing(tmp_path: Path) -> None:
    with office(tmp_path / "data") as county:
        send(county, csv_of(people(*range(10))))
        other_month = csv_of(people(0, 1, 2), title="2026年9月测试务工月监测")
        other_village = csv_of(people(20, 21, village="小河边村"))

        assert send(county, other_month).retracted == 0
        assert send(county, other_village).retracted == 0
        assert send(county, csv_of(people(20, village="小河边村"))).retracted == 1


def test_a_refused_row_is_not_missing(tmp_path: Path) -> None:
    with office(tmp_path / "data") as county:
        send(county, csv_of(people(*range(10))))

        again = send(county, csv_of([*people(*range(9)), Row(9, wage="三千左右")]))

        assert counts(again) == (0, 9, 0, 1, 0)
        assert again.retracted == 0
        assert sorted(standing(county)) == list(range(10))
        assert answers_of(again)[-1][0] == "已拒绝"


def test_rows_that_cannot_be_told_apart_keep_what_is_missing(tmp_path: Path) -> None:
    with office(tmp_path / "data") as county:
        send(county, csv_of(people(*range(10))))

        blurred = send(county, csv_of([*people(*range(8)), Row(8, number="5.20526E+17")]))
        assert (blurred.retracted, blurred.held_back) == (0, 2)
        assert sorted(standing(county)) == list(range(10))

        mended = send(county, csv_of(people(*range(9))))
        assert (mended.retracted, mended.held_back) == (1, 0)
        assert sorted(standing(county)) == list(range(9))


def test_a_person_who_moved_to_another_village_stays(tmp_path: Path) -> None:
    with office(tmp_path / "data") as county:
        send(county, csv_of(people(*range(8))))
        send(county, csv_of([*people(20, 21, village="小河边村"), Row(7, village="小河边村")]))

        assert send(county, csv_of(people(*range(7)))).retracted == 0
        assert 7 in standing(county)


def test_an_older_sheet_that_comes_late_undoes_nothing(tmp_path: Path) -> None:
    def sheet(day: int, rows: list[Row]) -> bytes:
        return csv_of(rows, title=f"2026年10月测试务工月监测 填报日期：2026年11月{day}日")

    with office(tmp_path / "data") as county:
        send(county, sheet(1, people(*range(10))))
        send(county, sheet(20, people(*range(9))))
        assert sorted(standing(county)) == list(range(9))

        late = send(county, sheet(10, [*people(*range(8), 9, 11), Row(8, wage="100")]))

        assert late.error is None
        assert standing(county) == dict.fromkeys(range(9), 3000.0)
        newer = send(county, sheet(21, [*people(*range(8)), Row(8, wage="200")]))
        assert newer.retracted == 0
        assert standing(county)[8] == 200.0


def test_people_who_are_not_registered_wait_once_and_enter_as_the_last_sheet_said(
    tmp_path: Path,
) -> None:
    with office(tmp_path / "data") as county:
        assert counts(send(county, csv_of(people(0, 40, 41, 42)))) == (1, 0, 0, 0, 3)
        assert counts(send(county, csv_of(people(0, 40, 41, 42)))) == (0, 1, 0, 0, 3)
        assert county.unmatched.count() == 3
        shorter = csv_of([Row(0), Row(40, wage="4000"), Row(41)])
        assert counts(send(county, shorter)) == (0, 1, 0, 0, 2)

        intake = Intake(county, Grant(), "register")
        with county.busy:
            intake.take(registration(range(40, 43)))
            finish(county, [intake])

        assert standing(county) == {0: 3000.0, 40: 4000.0, 41: 3000.0}


def test_a_row_with_two_events_enters_whole_or_not_at_all(tmp_path: Path) -> None:
    with office(tmp_path / "data") as county:
        rows = [Row(1, start="2026-03"), Row(2, start="2031-03"), Row(3)]
        delivered = send(county, csv_of(rows))

        assert counts(delivered) == (2, 0, 0, 1, 0)
        assert sorted(standing(county)) == [1, 3]
        assert sorted(standing(county, kind=7)) == [1]
        letters = county.deadletters.list()
        assert {letter.row for letter in letters} == {4}
        raws = [county.deadletters.show(letter.id) for letter in letters]
        assert {json.loads(one.raw)["event_type"] for one in raws if one and one.raw} == {
            "employment.monthly_status", "employment.start",
        }  # fmt: skip
        assert [a for a, _ in answers_of(delivered)] == ["已接收", "已拒绝", "已接收"]


def test_two_contents_in_one_sheet_are_a_conflict_and_settle_when_one_goes(tmp_path: Path) -> None:
    with office(tmp_path / "data") as county:
        twice = csv_of([Row(1, wage="100"), Row(1, wage="200")])

        assert counts(send(county, twice)) == (1, 0, 1, 0, 0)
        n_rows = county.log.count()
        assert counts(send(county, twice)) == (0, 2, 0, 0, 0)
        assert county.log.count() == n_rows
        for wage in (100.0, 200.0):
            send(county, csv_of([Row(1, wage=str(int(wage)))]))
            assert standing(county) == {1: wage}


@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
def test_a_book_of_several_sheets_is_one_delivery_and_its_answer_can_be_sent_back(
    tmp_path: Path,
) -> None:
    book = xlsx_of({"大院": people(*range(6)), "小河边": people(20, 21, village="小河边村")})
    with office(tmp_path / "data") as county:
        send(county, book, "表.xlsx")
        split = {"一": people(0, 1, 2), "二": people(3, 4, 5), "三": [Row(20, village="小河边村")]}

        delivered = send(county, xlsx_of(split), "表.xlsx")
        assert counts(delivered) == (0, 7, 0, 0, 0)
        assert delivered.retracted == 1

        assert delivered.write_answer is not None
        answer = io.BytesIO()
        delivered.write_answer(answer)
        answered = openpyxl.load_workbook(io.BytesIO(answer.getvalue()))
        assert answered.sheetnames == ["汇总", "一", "二", "三"]
        assert [c.value for c in answered["一"][3]][-2] == "重复"
        again = send(county, answer.getvalue(), "表.结果.xlsx")
        assert (again.error, counts(again), again.retracted) == (None, (0, 7, 0, 0, 0), 0)


def test_unknown_columns_are_kept_sealed_and_named(tmp_path: Path) -> None:
    with office(tmp_path / "data") as county:
        delivered = send(county, csv_of([Row(1, more="家有老人"), Row(2)]))

        kept = KeptColumns(county.vault_engine, county.keys).of(delivered.deliveries[0])
        assert [(one.header, one.cells) for one in kept] == [("备注栏", ["家有老人", ""])]
        names = (tmp_path / "data" / "vault.sqlite").read_bytes()
        assert "家有老人".encode() not in names


def test_a_sheet_of_another_source_or_without_a_month_is_refused_whole(tmp_path: Path) -> None:
    with office(tmp_path / "data") as county:
        other = send(county, csv_of(people(1)), grant=Grant(source=Source.EDUCATION))
        assert other.error is not None
        monthless = send(county, csv_of(people(1), title="测试务工"))
        assert (monthless.question, monthless.counts.rows) == ("month", 0)
        assert send(county, csv_of(people(1), title="测试务工"), month=24321).error is None
        nothing = send(county, b"a,b\r\n1,2\r\n")
        assert nothing.error is not None
        states = [row["state"] for row in Deliveries(county.engine).list()]
        assert states == ["refused", "done", "refused", "refused"]


def test_a_sender_limited_to_a_place_changes_no_other_scope(tmp_path: Path) -> None:
    with office(tmp_path / "data") as county:
        send(county, csv_of(people(*range(4))))
        elsewhere = Grant(regions=("520526113",))

        delivered = send(county, csv_of(people(0, 1)), grant=elsewhere)

        assert counts(delivered) == (0, 0, 0, 2, 0)
        assert sorted(standing(county)) == [0, 1, 2, 3]
        assert send(county, csv_of(people(0, 1))).retracted == 2


def test_every_version_of_a_delivery_is_higher_than_those_before(tmp_path: Path) -> None:
    with office(tmp_path / "data") as county:
        for wage in ("1000", "2000", "3000"):
            send(county, csv_of([Row(1, wage=wage)]))
        facts = county.log.history()
        mine = facts.compress(facts["kind"] == STATUS)

        assert len(mine) == 3
        won = mine.take(winners(mine))
        assert int(won["wage_fen"][0]) == 300_000
