"""Panels that compute something, against plain Python over the same facts."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dashboards import bursts
from dashboards.boards import labour, returns
from dashboards.lunar import WEEKS
from dashboards.macros import Filters
from dashboards.reading import read
from dashboards.rollup.rollup import RollUp
from streams.log.log import EventLog
from streams.wire.catalogue import BY_NAME
from tests.support.engines import engine
from tests.support.histories import record_ids
from tests.support.simulated_state import simulated_facts
from yujing.domain.calendar import spring_festival
from yujing.domain.days import from_day

pytestmark = pytest.mark.integration
FIRST, LAST = date(2025, 12, 1), date(2026, 11, 20)
SPAN = Filters(datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with engine(tmp_path_factory.mktemp("panels")) as client:
        facts = simulated_facts().copy()
        facts["position"] = 0
        EventLog(client).append(facts, record_ids(facts))
        RollUp(client).refresh()
        yield client


def _days(client: Any, event_type: str) -> list[date]:
    sql = f"SELECT occurred_from FROM facts WHERE kind = {BY_NAME[event_type].kind}"
    return [from_day(int(row[0])) for row in client.query(sql).result_rows]


def _nearest(day: date) -> date:
    return min(
        (spring_festival(year) for year in range(day.year - 1, day.year + 2)),
        key=lambda festival: (abs(festival - day), festival),
    )


@pytest.mark.parametrize(
    ("panel", "event_type"),
    [(labour.SAME_WEEKS, "employment.end"), (returns.SAME_WEEKS, "migration.return")],
)
def test_lunar_weeks_are_those_of_the_calendar(client: Any, panel: Any, event_type: str) -> None:
    wanted: Counter[tuple[date, str]] = Counter()
    for day in _days(client, event_type):
        festival = _nearest(day)
        week = (day - festival).days // 7
        for lag, name in enumerate(("今年", "上一年", "前年")):
            shown = spring_festival(festival.year + lag) + timedelta(days=7 * week)
            inside = shown >= FIRST and shown + timedelta(days=6) <= LAST
            if -WEEKS <= week < WEEKS and inside and day <= LAST:
                wanted[shown, name] += 1

    got = {row.values[:2]: row for row in read(client, panel, SPAN).rows}

    assert sum(wanted.values()) > 20
    assert set(wanted) <= set(got)
    for at, row in got.items():
        if row.hidden:
            assert wanted[at] > 0
        else:
            assert row.values[2] == wanted[at]
            assert wanted[at] not in range(1, 5)


def test_bursts_are_the_fullest_two_weeks_of_a_city(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    least, times = 3, 2  # the county is small
    monkeypatch.setattr(bursts, "LEAST", least)
    monkeypatch.setattr(bursts, "TIMES_USUAL", times)
    made = bursts.bursts(
        "some", "集中", returns.CITY_BURSTS.about, "migration.return", 10, "toString(value)",
        what="城市",
    )  # fmt: skip
    sql = (
        "SELECT intDiv(work_region, 100), occurred_from FROM facts "
        f"WHERE kind = {BY_NAME['migration.return'].kind}"
    )
    weeks: dict[int, Counter[date]] = {}
    for city, number in client.query(sql).result_rows:
        day = from_day(int(number))
        monday = day - timedelta(days=day.weekday())
        if monday >= FIRST and monday <= LAST:
            weeks.setdefault(int(city), Counter())[monday] += 1
    mondays = [monday for found in weeks.values() for monday in found]
    days = (max(mondays) - min(mondays)).days + 7
    wanted = []
    for found in weeks.values():
        most = max(found[monday] + found[monday - timedelta(days=7)] for monday in found)
        usual = round(sum(found.values()) * 14 / max(days, 14), 1)
        if most >= least and most >= times * usual:
            wanted.append((most, usual))

    rows = read(client, replace(made, suppress=None), SPAN).rows

    assert wanted
    assert sorted(tuple(row.values[1:3]) for row in rows) == sorted(wanted)


def test_cities_hold_every_return(client: Any) -> None:
    mondays = [day - timedelta(days=day.weekday()) for day in _days(client, "migration.return")]
    wanted = sum(FIRST <= monday <= LAST for monday in mondays)
    rows = read(client, returns.CITIES, SPAN).rows

    hidden = [row for row in rows if row.hidden]
    shown = sum(row.values[1] for row in rows if not row.hidden)

    assert shown <= wanted
    assert shown + len(hidden) <= wanted
    assert hidden or shown == wanted
