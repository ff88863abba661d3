"""Each sheet against the simulator's own events of the month, read back from its files."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from streams.simulator.county import County
from streams.simulator.sheets.cells import ELSEWHERE
from streams.simulator.sheets.export import Export
from streams.simulator.sheets.register import Register
from tests.support.simulated_county import Written
from yujing.domain import codes
from yujing.domain.codes import zh
from yujing.domain.region import Regions

MONTH = "2026-05"
TITLES = {
    "work_monthly": "已外出务工", "work_plan": "计划外出务工", "members": "家庭成员",
    "monitored": "监测户", "insurance_payment": "社保缴费", "insurance_status": "参保状态",
    "medical_settlement": "医保结算", "minimum_living": "农村低保对象",
    "destitute": "特困供养人员", "disabled": "重度残疾人", "income": "脱贫户收入",
}  # fmt: skip


def _standing(events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return of each record the highest version that is not withdrawn."""
    last: dict[str, dict[str, Any]] = {}
    for event in events:
        held = last.get(event["source_record_id"])
        if held is None or event["source_version"] >= held["source_version"]:
            last[event["source_record_id"]] = event
    return [event for event in last.values() if event.get("op") != "retract"]


def _rows(export: Export) -> list[dict[str, Any]]:
    return [dict(zip(export.columns, cells, strict=True))
            for cells in zip(*export.columns.values(), strict=True)]


def _last_of(events: Iterable[dict[str, Any]], *keys: str) -> dict[Any, dict[str, Any]]:
    ordered = sorted(events, key=lambda event: event["reported_at"])
    return {tuple(event[key] for key in keys): event for event in ordered}


def _term(code_set: Any, event: dict[str, Any], name: str) -> str | None:
    return zh(code_set(event[name])) if event.get(name) else None


def test_every_sheet_of_the_list_is_there(sheets: dict[str, Export]) -> None:
    assert {name: export.title for name, export in sheets.items()} == TITLES


def test_every_row_has_as_many_cells_as_the_sheet_has_columns(sheets: dict[str, Export]) -> None:
    for export in sheets.values():
        assert len(export) > 0
        assert {len(cells) for cells in export.columns.values()} == {len(export)}


def test_the_monthly_sheet_says_what_the_events_say(
    sheets: dict[str, Export], written: Written, register: Register
) -> None:
    told = _standing(e for e in written.of("employment.monthly_status"))
    told = [event for event in told if event["month"] == MONTH]
    living = set(register.names.id_numbers[register.members.person].tolist())
    last = _last_of((event for event in told if event["id_number"] in living), "id_number")
    regions = Regions.load()

    rows = {row["证件号码"]: row for row in _rows(sheets["work_monthly"])}

    assert set(rows) == {key[0] for key in last}
    for (number,), event in last.items():
        row = rows[number]
        assert row["是否已务工"] == _term(codes.Answer, event, "worked")
        assert row["务工月收入"] == event.get("wage_month")
        assert row["务工企业名称"] == event.get("employer")
        assert row["所属行业"] == _term(codes.Industry, event, "industry")
        assert row["就业渠道"] == _term(codes.Channel, event, "channel")
        place = event.get("work_region")
        name = place and (ELSEWHERE.get(int(place)) or f"贵州省{regions.name(int(place) * 10**6)}")
        assert row["务工所在县"] == name


def test_starts_and_ends_are_those_reported(
    sheets: dict[str, Export], written: Written
) -> None:
    days: dict[str, dict[str, set[str]]] = {"employment.start": {}, "employment.end": {}}
    for event_type, of in days.items():
        for event in _standing(written.of(event_type)):
            of.setdefault(event["id_number"], set()).add(event["occurred_from"])
    seen = {"开始时间": 0, "结束时间": 0}

    for row in _rows(sheets["work_monthly"]):
        for header, event_type in zip(seen, days, strict=True):
            cell = row[header]
            if cell is None:
                continue
            text = cell.isoformat() if isinstance(cell, date) else cell.replace("年", "-")[:7]
            reported = days[event_type][row["证件号码"]]
            assert any(day.startswith(text) for day in reported)
            assert text <= "2026-05-31"
            seen[header] += 1
        assert not (row["是否已务工"] == "是" and row["结束时间"])
    assert min(seen.values()) > 20


@pytest.mark.parametrize(("mapping", "event_type", "keys", "amount"), [
    ("insurance_payment", "insurance.payment", ("id_number", "insurance"), ("缴费金额", "amount")),
    ("insurance_status", "insurance.status", ("id_number", "insurance", "status"),
     ("缴费基数", "base_month")),
])
def test_insurance_sheets_say_what_the_events_of_the_month_say(
    sheets: dict[str, Export], written: Written, mapping: str, event_type: str,
    keys: tuple[str, ...], amount: tuple[str, str],
) -> None:
    told = [event for event in _standing(written.of(event_type)) if event["month"] == MONTH]
    last = _last_of(told, *keys)
    lines = {zh(line): line.value for line in codes.Insurance}
    states = {zh(state): state.value for state in codes.InsuranceStatus}

    rows = {
        (row["证件号码"], lines[row["险种类型"]], *(
            [states[row["参保状态"]]] if "status" in keys else [])): row
        for row in _rows(sheets[mapping])}

    assert set(rows) == set(last)
    assert all(rows[key][amount[0]] == event[amount[1]] for key, event in last.items())


def test_settlements_are_those_of_the_month(sheets: dict[str, Export], written: Written) -> None:
    told = [event for event in _standing(written.of("medical.settlement"))
            if event["occurred_from"].startswith(MONTH)]

    rows = sorted((row["证件号码"], row["结算时间"].isoformat(), row["医疗费总额"],
                   row["合规自付费用"]) for row in _rows(sheets["medical_settlement"]))

    assert rows == sorted((event["id_number"], event["occurred_from"], event["total"],
                           event["self_pay"]) for event in told)


def test_members_are_those_who_live_there(
    sheets: dict[str, Export], county: County, register: Register
) -> None:
    living = county.world.living[:, county.world.column(register.month)]
    there = {(str(register.names.id_numbers[person]),
              str(register.names.household_numbers[living[person]]))
             for person in range(len(living)) if living[person] >= 0}

    rows = {(row["证件号码"], row["户编号"]) for row in _rows(sheets["members"])}

    assert rows <= there
    assert len(rows) > 0.97 * len(there)   # who came lately is not registered yet
    assert len({row["人编号"] for row in _rows(sheets["members"])}) == len(rows)


def test_lists_hold_the_households_that_are_in_the_category(
    sheets: dict[str, Export], written: Written, register: Register
) -> None:
    lived_in = register.names.household_numbers[register.members.household].tolist()
    for mapping, category in (("minimum_living", "minimum_living"), ("destitute", "destitute")):
        opened = {event["household_no"]: event["occurred_from"]
                  for event in _standing(written.of("category.open"))
                  if event["category"] == category and event["occurred_from"] <= "2026-05-31"}
        closed = {event["household_no"] for event in _standing(written.of("category.close"))
                  if event["category"] == category and event["occurred_from"] <= "2026-05-31"}

        rows = {row["户编号"]: row["救助开始日期"].isoformat() for row in _rows(sheets[mapping])}

        assert rows.items() <= opened.items()
        assert not set(rows) & closed
        assert set(rows) == (set(opened) & set(lived_in)) - closed


def test_the_federation_names_people_by_their_cards(
    sheets: dict[str, Export], written: Written
) -> None:
    cards = {event["id_number"] for event in _standing(written.of("category.open"))
             if event["category"] == "severely_disabled"}

    rows = [row["残疾人证号"] for row in _rows(sheets["disabled"])]

    assert set(rows) <= cards
    assert {len(card) for card in rows} == {20}
    assert {card[-1] for card in rows} <= {"1", "2"}


def test_income_is_the_latest_that_was_reported(
    sheets: dict[str, Export], written: Written
) -> None:
    told = [event for event in _standing(written.of("income.report"))
            if event["occurred_to"] <= "2026-05-31"]
    last = {event["household_no"]: event
            for event in sorted(told, key=lambda e: (e["occurred_to"], e["reported_at"]))}

    for row in _rows(sheets["income"]):
        event = last[row["户编号"]]
        assert (row["工资性收入"], row["生产经营性支出"], row["家庭人口数"]) == (
            event["income_wage"], event["expense_business"], event["n_members"])
        assert row["收入截止月"] == event["occurred_to"].replace("-", "")[:6]


def test_monitored_households_have_a_category_and_a_day(sheets: dict[str, Export]) -> None:
    for row in _rows(sheets["monitored"]):
        assert row["监测对象类别"] in ("脱贫不稳定户", "边缘易致贫户", "突发严重困难户")
        assert row["识别时间"] <= date(2026, 5, 31)
        assert (row["帮扶措施"] is None) == (row["帮扶时间"] is None)
