"""Sheets of a simulated month through the real door: the facts are those of the month's events."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pytest

from streams.fact import MISSING_FEN
from streams.simulator.sheets.export import Export
from streams.simulator.sheets.messy import messy
from streams.simulator.sheets.page import workbook
from streams.wire.catalogue import BY_NAME
from tests.support.simulated_sheets import (
    SHEETS,
    SimulatedSheets,
    loaded,
    registered_county,
    send,
    simulated_sheets,
)
from yujing.app.county import County
from yujing.app.digest import digest
from yujing.app.sheets.order import Delivered
from yujing.domain import codes
from yujing.domain.days import to_day

pytestmark = pytest.mark.integration

MONTH = 2026 * 12 + 4


@pytest.fixture(scope="module")
def world() -> SimulatedSheets:
    return simulated_sheets()


@pytest.fixture(scope="module")
def sent(
    world: SimulatedSheets, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[County, dict[str, Delivered]]]:
    """A county and what it answered to each sheet."""
    with registered_county(tmp_path_factory.mktemp("sheets")) as county:
        yield county, {
            name: send(county, f"{world.exports[name].title}.xlsx", _book(world.exports[name]))
            for name in SHEETS
        }


def _book(export: Export) -> bytes:
    return workbook([export.page()])


def _told(world: SimulatedSheets, event: str, **wanted: str) -> list[dict[str, Any]]:
    """Return what the simulator's own events say last of each record, by the day of the report."""
    last: dict[str, dict[str, Any]] = {}
    for line in loaded(world.lines(event)):
        held = last.get(line["source_record_id"])
        if held is None or line["source_version"] >= held["source_version"]:
            last[line["source_record_id"]] = line
    told = [line for line in last.values() if line.get("op") != "retract"
            and all(line[name].startswith(value) for name, value in wanted.items())]
    return sorted(told, key=lambda line: line["reported_at"])


def _facts(county: County, event: str, source: codes.Source, *columns: str) -> list[Any]:
    """Return columns of the effective facts that a source told, sorted."""
    facts = county.log.facts()
    kept = (facts["kind"] == BY_NAME[event].kind) & (facts["source"] == codes.number(source))
    rows = facts.compress(kept)
    return sorted(zip(*(rows[name].tolist() for name in columns), strict=True))


def _person(county: County, line: dict[str, Any]) -> int:
    return int(county.keys.person_keys([line["id_number"]])[0])


def _code(code_set: Any, word: str | None) -> int:
    return codes.numbers(code_set)[word] if word else 0


def _fen(yuan: float | None) -> int:
    return MISSING_FEN if yuan is None else round(yuan * 100)


def _members(world: SimulatedSheets) -> set[str]:
    register = world.register
    return set(register.names.id_numbers[register.members.person].tolist())


def test_every_row_of_every_sheet_is_accepted_or_about_a_stranger(
    world: SimulatedSheets, sent: tuple[County, dict[str, Delivered]]
) -> None:
    _, delivered = sent
    strangers = {
        name: sum(number not in world.everybody for number in export.columns["证件号码"])
        for name, export in world.exports.items() if "证件号码" in export.columns
    }
    for name in SHEETS:
        answer = delivered[name]
        assert answer.error is None, (name, answer.error)
        assert answer.mappings == [name]
        counts = answer.counts
        n = len(world.exports[name])
        assert (counts.rows, counts.rejected, counts.duplicate, counts.conflict) == (n, 0, 0, 0)
        assert counts.unmatched == strangers.get(name, 0)
        assert counts.accepted == n - counts.unmatched


def test_the_month_of_work_is_that_of_its_events(
    world: SimulatedSheets, sent: tuple[County, dict[str, Delivered]]
) -> None:
    county, _ = sent
    last = {line["id_number"]: line
            for line in _told(world, "employment.monthly_status", month="2026-05")}
    expected = sorted(
        (_person(county, line), MONTH, _code(codes.Answer, line["worked"]),
         _fen(line.get("wage_month")), _code(codes.Industry, line.get("industry")),
         _code(codes.Channel, line.get("channel")), int(line.get("work_region", 0)),
         _code(codes.Area, line.get("area")) if line.get("work_region") else 0)
        for number, line in last.items() if number in _members(world))

    facts = _facts(county, "employment.monthly_status", codes.Source.FANGPIN_CLOUD, "subject",
                   "month", "worked", "wage_fen", "industry", "channel", "work_region", "area")

    no, yes = codes.number(codes.Answer.NO), codes.number(codes.Answer.YES)
    assert {row[2] for row in facts} == {no, yes}
    assert [row[:7] for row in facts] == [row[:7] for row in expected]
    away = codes.number(codes.Area.OUT_OF_PROVINCE)
    assert [row[7] == away for row in facts] == [row[7] == away for row in expected]


def test_the_employer_of_a_month_is_one_by_whatever_way_it_comes(
    world: SimulatedSheets, sent: tuple[County, dict[str, Delivered]]
) -> None:
    county, _ = sent
    last = {line["id_number"]: line
            for line in _told(world, "employment.monthly_status", month="2026-05")}
    named = {_person(county, line): int(county.keys.employer_keys([line["employer"]])[0])
             for number, line in last.items() if number in _members(world) and "employer" in line}

    facts = _facts(county, "employment.monthly_status", codes.Source.FANGPIN_CLOUD, "subject",
                   "employer")

    assert len(named) > 20
    assert {subject: employer for subject, employer in facts if employer} == named


def test_contributions_are_those_of_the_month(
    world: SimulatedSheets, sent: tuple[County, dict[str, Delivered]]
) -> None:
    county, _ = sent
    last = {(line["id_number"], line["insurance"]): line
            for line in _told(world, "insurance.payment", month="2026-05")}
    expected = sorted(
        (_person(county, line), MONTH, _code(codes.Insurance, line["insurance"]),
         _fen(line["amount"]), _fen(line["base_month"]), _code(codes.Payer, line["payer"]),
         _code(codes.Answer, line.get("arrears")))
        for (number, _), line in last.items() if number in world.everybody)

    assert len(expected) > 50
    assert _facts(
        county, "insurance.payment", codes.Source.SOCIAL_INSURANCE, "subject", "month",
        "insurance", "amount_fen", "base_fen", "payer", "arrears") == expected


def test_enrolments_are_those_of_the_month(
    world: SimulatedSheets, sent: tuple[County, dict[str, Delivered]]
) -> None:
    county, _ = sent
    last = {(line["id_number"], line["insurance"], line["status"]): line
            for line in _told(world, "insurance.status", month="2026-05")}
    expected = sorted(
        (_person(county, line), MONTH, to_day(date.fromisoformat(line["occurred_from"])),
         _code(codes.Insurance, line["insurance"]), _code(codes.InsuranceStatus, line["status"]),
         int(line["work_region"]))
        for (number, *_), line in last.items() if number in world.everybody)

    assert len(expected) > 5
    assert _facts(
        county, "insurance.status", codes.Source.SOCIAL_INSURANCE, "subject", "month",
        "occurred_from", "insurance", "status", "work_region") == expected


def test_settlements_are_those_of_the_month(
    world: SimulatedSheets, sent: tuple[County, dict[str, Delivered]]
) -> None:
    county, _ = sent
    expected = sorted(
        (_person(county, line), to_day(date.fromisoformat(line["occurred_from"])),
         _code(codes.Treatment, line["treatment"]), _fen(line["total"]), _fen(line["fund"]),
         _fen(line["self_pay"]))
        for line in _told(world, "medical.settlement", occurred_from="2026-05")
        if line["id_number"] in world.everybody)

    assert len(expected) > 5
    assert _facts(
        county, "medical.settlement", codes.Source.MEDICAL_INSURANCE, "subject", "occurred_from",
        "treatment", "total_fen", "amount_fen", "self_pay_fen") == expected


def test_incomes_are_the_latest_of_each_household(
    world: SimulatedSheets, sent: tuple[County, dict[str, Delivered]]
) -> None:
    county, _ = sent
    export = world.exports["income"]
    last = {line["household_no"]: line for line in sorted(
        _told(world, "income.report"), key=lambda e: (e["occurred_to"], e["reported_at"]))
        if line["occurred_to"] <= "2026-05-31"}
    numbers = export.columns["户编号"]
    keys = county.keys.household_keys([str(number) for number in numbers]).tolist()
    expected = sorted(
        (key, to_day(date.fromisoformat(line["occurred_from"])),
         to_day(date.fromisoformat(line["occurred_to"])), _fen(line["income_wage"]),
         _fen(line["expense_business"]), line["n_members"])
        for key, line in zip(keys, (last[str(number)] for number in numbers), strict=True))

    assert _facts(
        county, "income.report", codes.Source.NATIONAL_MONITORING, "subject", "occurred_from",
        "occurred_to", "income_wage_fen", "expense_fen", "n_members") == expected


def test_the_same_sheets_again_change_nothing(
    world: SimulatedSheets, sent: tuple[County, dict[str, Delivered]]
) -> None:
    county, _ = sent
    before = digest(county)
    for name in SHEETS:
        export = world.exports[name]

        again = send(county, f"{export.title}.xlsx", _book(export))

        counts = again.counts
        assert (counts.rows, counts.accepted, counts.rejected, counts.conflict) == (
            len(export), 0, 0, 0)
        assert counts.duplicate + counts.unmatched == len(export)
        assert (again.retracted, again.held_back) == (0, 0)
    assert digest(county) == before


def test_the_same_in_other_spellings_is_a_duplicate_too(
    world: SimulatedSheets, sent: tuple[County, dict[str, Delivered]]
) -> None:
    county, _ = sent
    for at, name in enumerate(SHEETS):
        export = world.exports[name]
        made = messy(np.random.default_rng([4, at]), export, wrong=False)

        again = send(county, f"{export.title}.xlsx", workbook(made.pages))

        assert again.error is None, (name, again.error)
        assert (again.counts.rows, again.counts.accepted, again.counts.rejected) == (
            len(export), 0, 0), name
        assert [left.name for left in again.left] == ["填表说明", "Sheet3"]
        assert again.retracted == 0
