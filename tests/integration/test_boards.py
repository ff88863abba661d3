"""Every panel's SQL on the real engine, for all places and for one, without data and with it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from dashboards.boards import BOARDS, overview
from dashboards.macros import Filters
from dashboards.panel import Panel
from dashboards.places import PlaceNames
from dashboards.reading import read
from dashboards.rollup.rollup import RollUp
from dashboards.standing.table import StandingNumbers
from models.features.work import JOBLESS
from streams.log.log import EventLog
from tests.support.engines import engine
from tests.support.histories import record_ids
from tests.support.simulated_ground import AS_OF, simulated_numbers
from tests.support.simulated_state import simulated_facts
from yujing.domain.region import Regions, county_of

pytestmark = pytest.mark.integration
ALL = Filters(datetime(2021, 1, 1, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC))
PANELS = [pytest.param(panel, id=f"{b.code}/{panel.code}") for b in BOARDS for panel in b.panels]


@pytest.fixture(scope="class")  # one engine at a time
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with engine(tmp_path_factory.mktemp("empty")) as client:
        EventLog(client)
        RollUp(client).refresh()
        yield client


@pytest.fixture(scope="class")  # one engine at a time
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with engine(tmp_path_factory.mktemp("full")) as client:
        facts = simulated_facts().copy()
        facts["position"] = 0
        EventLog(client).append(facts, record_ids(facts))
        RollUp(client).refresh()
        StandingNumbers(client).keep(AS_OF, simulated_numbers(), revision=1)
        PlaceNames(client).keep(Regions.load(), [_county()], at=1)
        yield client


def _townships() -> list[int]:
    return sorted({int(t) for t in simulated_numbers()["people"]["township"] if t})


def _county() -> int:
    return int(county_of(simulated_numbers()["people"]["township"])[-1])


def _of_one() -> Filters:
    return Filters(ALL.first, ALL.last, (_county(),), (_townships()[0],))


class TestWithoutData:
    @pytest.mark.parametrize("panel", PANELS)
    def test_a_panel_is_empty_or_zero_and_does_not_fail(self, nothing: Any, panel: Panel) -> None:
        for filters in (ALL, _of_one()):
            rows = read(nothing, panel, filters).rows
            assert not any(row.hidden for row in rows)


class TestWithData:
    @pytest.mark.parametrize("panel", PANELS)
    def test_a_panel_shows_its_columns(self, full: Any, panel: Panel) -> None:
        for filters in (ALL, _of_one()):
            answer = read(full, panel, filters)
            assert all(len(row.values) == len(panel.columns) for row in answer.rows)
            for row in answer.rows:
                numbers = [
                    value for column, value in zip(panel.columns, row.values, strict=True)
                    if panel.suppress and column.name in (panel.suppress.count,)
                ]  # fmt: skip
                assert all(n is None or n == 0 or n >= 5 for n in numbers)

    def test_a_number_of_the_overview_is_that_of_the_state(self, full: Any) -> None:
        jobless = simulated_numbers()["labourers.work"]
        wanted = int(jobless.compress(jobless["value"] == JOBLESS)["n"].sum())

        (row,) = read(full, overview.JOBLESS_NOW, ALL).rows

        assert row.values[:2] == (wanted, int(simulated_numbers()["labourers"]["n"].sum()))
