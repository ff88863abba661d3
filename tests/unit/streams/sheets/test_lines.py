"""Events of a table: their content, their records, and what does not change them."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.door.door import Door
from streams.door.grant import Grant
from streams.door.quality import QualityRules
from streams.sheets.cells import Cell
from streams.sheets.table import Table
from streams.sheets.translate import Frame, lines_of, record_ids_of
from streams.vault.keys import Keys
from tests.support.sheet_tables import (
    VILLAGE_CODE,
    frame,
    person,
    regions,
    table,
    work_rows,
)

TITLE = "2023年3月已外出务工"
WHO, OTHER = person(1), person(2)
DOOR = Door(Keys(b"k" * 32), regions(), QualityRules.load())


def read(sheet: Table, **more: Any) -> Frame:
    return frame(sheet, **more)


def events(found: Frame, version: int = 1) -> list[dict[str, Any]]:
    """Return the events of a frame, all of which the door takes."""
    lines = lines_of(found, version=version, reported_at="2023-04-01T09:00:00+08:00")
    reading = DOOR.read(lines.lines, grant=Grant(), known_at=1_800_000_000)
    assert reading.rejects == []
    told = [json.loads(line) for line in lines.lines]
    assert [event["source_record_id"] for event in told] == lines.record_ids
    assert all(event["source_version"] == version for event in told)
    return told


def work(n: int = 1, **more: Any) -> Frame:
    return frame(table(work_rows(n, **more), title=TITLE))


def only(told: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    found = [event for event in told if event["event_type"] == kind]
    assert len(found) == 1
    return found[0]


def test_a_working_row_is_a_status_and_a_start() -> None:
    told = events(work(
        证件号码=WHO, 开始时间="2023年02月", 务工所在县="广东省东莞市", 务工企业名称="某电子厂",
        所属行业="电子制造", 务工月收入="4,500元", 就业渠道="劳务输出", 是否点对点输送="是",
    ))  # fmt: skip

    assert [event["event_type"] for event in told] == [
        "employment.monthly_status", "employment.start",
    ]  # fmt: skip
    assert told[0] == {
        "event_type": "employment.monthly_status", "source_system": "fangpin_cloud",
        "source_version": 1, "reporter_role": "department",
        "reported_at": "2023-04-01T09:00:00+08:00", "source_record_id": f"work-{WHO}-2023-03",
        "region_code": VILLAGE_CODE, "id_number": WHO, "month": "2023-03", "worked": "yes",
        "area": "out_of_province", "work_region": "441900", "employer": "某电子厂",
        "industry": "electronics", "wage_month": 4500.0, "channel": "organised",
        "occurred_from": "2023-03-01", "occurred_to": "2023-03-31", "precision": "month",
    }  # fmt: skip
    assert told[1]["source_record_id"] == f"work-start-{WHO}-2023-02"
    assert (told[1]["occurred_from"], told[1]["precision"]) == ("2023-02-01", "month")
    assert (told[1]["organised"], "wage_month" in told[1]) == ("yes", False)


def test_an_end_is_the_end_of_its_start() -> None:
    told = events(work(证件号码=WHO, 是否已务工="否", 开始时间="2023-02-10", 结束时间="2023-3-5"))
    end = only(told, "employment.end")

    assert end["source_record_id"] == f"work-end-{WHO}-2023-02"
    assert (end["occurred_from"], end["reason"]) == ("2023-03-05", "unknown")
    alone = only(events(work(证件号码=WHO, 结束时间="2023年3月")), "employment.end")
    assert alone["source_record_id"] == f"work-end-{WHO}-2023-03"
    assert [event["event_type"] for event in events(work(结束时间="至今"))] == [
        "employment.monthly_status"
    ]


def test_rows_with_faults_make_no_lines_and_keep_their_records() -> None:
    found = work(4, 务工月收入=[1, "x", 2, 3], 证件号码=[WHO, OTHER, "520", None])
    lines, kept = lines_of(found, version=1), record_ids_of(found)

    assert lines.row.tolist() == [0]
    assert lines.scoped.tolist() == [True]
    assert kept.row.tolist() == [0, 1]
    assert kept.record_ids == [f"work-{WHO}-2023-03", f"work-{OTHER}-2023-03"]
    assert kept.unreadable.tolist() == [2, 3]


def test_only_scoped_records_count_and_only_those_that_the_row_makes() -> None:
    columns = {"残疾人证号": [WHO + "41", OTHER + "43", person(3) + "4X"],
               "残疾等级": ["一级", "三级", "不明"], "发证日期": ["2020-01-01"] * 3}  # fmt: skip
    kept = record_ids_of(frame(table(columns, title="残疾人名单")))

    assert kept.row.tolist() == [0, 2]  # who fell to grade 3 is missing; who is unclear is not
    lines = lines_of(work(开始时间="2023-01"), version=1)
    assert lines.scoped.tolist() == [True, False]


def test_a_shifted_row_has_no_identity() -> None:
    kept = record_ids_of(frame(table(work_rows(2), title=TITLE, uneven=[0])))

    assert (kept.row.tolist(), kept.unreadable.tolist()) == ([1], [0])


@given(st.permutations(range(5)))
def test_records_do_not_depend_on_the_place_of_a_row(order: list[int]) -> None:
    rows = work_rows(
        5, 开始时间=["2023-01", None, "2023-02-03", None, "2022年12月"], 务工月收入=[1, 2, 3, 4, 5]
    )
    moved = {header: [cells[at] for at in order] for header, cells in rows.items()}
    other = table(moved, title=TITLE)

    same = sorted(lines_of(frame(table(rows, title=TITLE)), version=9).lines)
    assert sorted(lines_of(frame(other), version=9).lines) == same


SPELLINGS: dict[str, list[Cell]] = {
    "证件号码": [WHO, WHO.lower(), f" {WHO}", f"{WHO}\u00a0", WHO + "41", f"{WHO[:6]} {WHO[6:]}"],
    "开始时间": [
        "2023年02月",
        "202302",
        "2023-2",
        "2023.02",
        202302.0,
        "２０２３年２月",
        "2023/02",
    ],
    "务工月收入": ["4500", 4500.0, "4,500元", "４５００", " 4500 "],
    "是否已务工": ["是", " 是", "Y", "√", True],
    "所属行业": ["制造业", "其他制造业", " 制造业\u200b"],
    "行政村": ["星秀社区", "星秀社区居民委员会", "星秀社区居委会", "星秀"],
    "务工所在县": ["广东省东莞市", "广东东莞", "东莞市", "441900"],
}


@given(
    st.fixed_dictionaries({header: st.sampled_from(cells) for header, cells in SPELLINGS.items()})
)
def test_the_same_row_in_other_spellings_is_the_same_event(cells: dict[str, Cell]) -> None:
    plain = {header: cells[0] for header, cells in SPELLINGS.items()}
    row = {**work_rows(1), **{header: [cell] for header, cell in plain.items()}}
    other = {**row, **{header: [cell] for header, cell in cells.items()}}

    assert lines_of(frame(table(other, title=TITLE)), version=2).lines == lines_of(
        frame(table(row, title=TITLE)), version=2
    ).lines  # fmt: skip


def test_a_record_id_with_quotes_is_still_json() -> None:
    columns = {"结算流水号": ['a"b\\c'], "证件号码": [WHO], "医疗类别": ["住院"],
               "结算时间": ["2023-03-01"], "医疗费总额": [100], "合规自付费用": [10],
               "统筹基金支付": [60], "医疗救助支付": [5.5]}  # fmt: skip
    told = events(frame(table(columns, title="医保结算")))

    assert told[0]["source_record_id"] == 'settled-a"b\\c'
    assert told[0]["fund"] == 65.5


def test_what_person_and_employer_paid_are_two_payments() -> None:
    columns = {"证件号码": [WHO, OTHER, person(3)], "险种类型": ["110"] * 3,
               "费款所属期": ["202303"] * 3,
               "个人缴费金额": [300, None, None], "单位缴费金额": [600, None, None],
               "缴费金额": [900, 500, None]}  # fmt: skip
    found = frame(table(columns, title="社保缴费"))
    told = events(found)

    assert [(event["payer"], event["amount"]) for event in told] == [
        ("person", 300.0), ("employer", 600.0), ("unknown", 500.0),
    ]  # fmt: skip
    assert len({event["source_record_id"] for event in told}) == 3
    assert [(fault.row, fault.code) for fault in found.faults] == [(2, "no_event")]


def test_a_member_and_what_its_number_says() -> None:
    columns = work_rows(2, 证件号码=[WHO, OTHER], 户编号="5201", 姓名="王小明",
                        与户主关系=["户主", "儿子"], 健康状况="残疾,长期慢性病",
                        残疾等级="二级", 在校生状况="非在校生")  # fmt: skip
    told = events(frame(table(columns, title="2023年3月家庭成员")))

    assert told[0]["birth"] == "1990-01-01"
    assert told[0]["sex"] == ("male" if int(WHO[16]) % 2 else "female")
    assert (told[0]["health"], told[0]["disability"]) == (["disabled", "chronic"], 2)
    assert (told[0]["occurred_from"], told[0]["precision"]) == ("2023-01-01", "year")
    assert told[1]["relation"] == "son"


def test_a_monitored_household_opens_and_closes_its_category() -> None:
    columns = {"户编号": ["5201", "5202"], "监测对象类别": ["边缘易致贫户", "突发严重困难户"],
               "识别监测时间": ["202301", "2023-02-03"], "消除监测时间": ["202309", None],
               "风险是否已消除": ["是", "否"], "帮扶措施": ["产业帮扶", None],
               "帮扶时间": ["2023-02", None], "县": ["织金县"] * 2, "乡": ["双堰街道"] * 2,
               "行政村": ["星秀社区"] * 2}  # fmt: skip
    told = events(frame(table(columns, title="监测户")))

    assert [event["event_type"] for event in told] == [
        "household.upsert", "category.open", "category.close", "assist.measure",
        "household.upsert", "category.open",
    ]  # fmt: skip
    assert told[2]["occurred_from"] == "2023-09-01"
    assert told[0]["region_code"] == VILLAGE_CODE


def test_income_of_a_window_and_of_a_year() -> None:
    columns = {"户编号": ["5201"], "家庭人口数": [4], "工资性收入": [30000], "生产经营性收入": [0],
               "财产性收入": [0], "转移性收入": [1200.5], "生产经营性支出": [0],
               "年度": ["2022"]}  # fmt: skip
    year = events(frame(table(columns, title="脱贫户收入")))[0]
    window = {**columns, "收入起始月": ["2021-10"], "收入截止月": ["2022-09"]}
    told = events(frame(table(window, title="脱贫户收入")))[0]

    assert (year["occurred_from"], year["occurred_to"]) == ("2022-01-01", "2022-12-31")
    assert (told["occurred_from"], told["occurred_to"]) == ("2021-10-01", "2022-09-30")
    assert (told["income_wage"], told["income_transfer"]) == (30000.0, 1200.5)


@pytest.mark.parametrize("n", [0, 1, 7])
def test_lines_rise_by_row_and_belong_to_their_row(n: int) -> None:
    found = work(n, 开始时间=["2023-01"] * n)
    lines = lines_of(found, version=1)

    assert lines.row.tolist() == sorted([*range(n), *range(n)])
    assert np.all(np.diff(lines.row) >= 0)
    for line, row in zip(lines.lines, lines.row.tolist(), strict=True):
        assert json.loads(line)["id_number"] == person(row)
