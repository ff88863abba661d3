"""The SQL that only Grafana runs, on the real engine: variables, alert rules, who may read what."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from dashboards.boards import BOARDS
from dashboards.grafana.alerts import coverage_falls, scores_drift
from dashboards.grafana.document import COUNTIES, TOWNSHIPS
from dashboards.grafana.grants import ALL_TABLES, COUNTY_TABLES, PLACED, VIEWS, grants
from dashboards.macros import Filters, expanded
from dashboards.places import PlaceNames
from dashboards.reading import read
from dashboards.rollup.rollup import RollUp
from dashboards.standing.cells import CELL
from dashboards.standing.table import StandingNumbers
from streams.log.log import EventLog
from tests.support.engines import engine
from tests.support.histories import record_ids
from tests.support.simulated_ground import AS_OF, simulated_numbers
from tests.support.simulated_state import simulated_facts
from yujing.domain.calendar import spring_festival
from yujing.domain.region import Regions, county_of
from yujing.errors import UsageError

pytestmark = pytest.mark.integration
ALL = Filters(datetime(2021, 1, 1, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC))
FESTIVAL = spring_festival(2026)
YEARS = range(2025, 2029)
HERE, ELSEWHERE = 520526100000, 520527100000
COUNTY = 520526000000
TABLE = r"(?:FROM|JOIN) (\w+)"


@pytest.fixture(scope="class")  # one engine at a time
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with engine(tmp_path_factory.mktemp("empty")) as client:
        EventLog(client)
        StandingNumbers(client)
        yield client


@pytest.fixture(scope="class")  # one engine at a time
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Give a county's numbers twice: at home and, moved, in a neighbour county."""
    with engine(tmp_path_factory.mktemp("full")) as client:
        facts = simulated_facts().copy()
        facts["position"] = 0
        EventLog(client).append(facts, record_ids(facts))
        RollUp(client).refresh()
        at_home = simulated_numbers()
        both = {
            code: np.concatenate([rows, _moved(rows)]) if (rows["township"] > 0).any() else rows
            for code, rows in at_home.items()
        }
        StandingNumbers(client).keep(AS_OF, both, revision=1)
        PlaceNames(client).keep(Regions.load(), [_home(), COUNTY], at=1)
        yield client


def _home() -> int:
    return int(county_of(simulated_numbers()["people"]["township"])[-1])


def _moved(rows: Any) -> Any:
    moved = rows.copy()
    moved["township"] = COUNTY + rows["township"] % 10**6
    return moved


def _at(sql: str, day: date) -> str:
    """Return the SQL of a rule as it runs at noon of a day in China."""
    noon = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    assert "now()" in sql
    return sql.replace("now()", f"toDateTime({int(noon.timestamp())})")


def _cells(*rows: tuple[int, int, int]) -> Any:
    cells = np.zeros(len(rows), dtype=CELL)
    for place, (township, value, n) in enumerate(rows):
        cells[place]["township"], cells[place]["value"], cells[place]["n"] = township, value, n
    return cells


def _coverage(client: Any, day: date, reported: int, *, of: int = 1000) -> None:
    numbers = {
        "labourers": _cells((HERE, 0, of), (ELSEWHERE, 0, of)),
        "labourers.reported": _cells((HERE, 0, reported), (ELSEWHERE, 0, 900)),
    }
    StandingNumbers(client).keep(day, numbers, revision=1)


def _month_before(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=day.day)


class TestOnNothing:
    def test_no_rule_says_anything(self, empty: Any) -> None:
        for sql in (coverage_falls(YEARS), scores_drift(YEARS)):
            assert empty.query(_at(sql, date(2026, 9, 10))).result_rows == []

    def test_the_choices_are_none(self, empty: Any) -> None:
        for sql in (COUNTIES, TOWNSHIPS):
            assert empty.query(expanded(sql, ALL)).result_rows == []


class TestRules:
    @pytest.fixture
    def client(self, tmp_path: Any) -> Iterator[Any]:
        with engine(tmp_path) as client:
            EventLog(client)
            PlaceNames(client).keep(Regions.load(), [COUNTY], at=1)
            yield client

    def test_coverage_that_falls_is_told_by_county(self, client: Any) -> None:
        day = date(2026, 9, 10)
        _coverage(client, _month_before(day), 800)
        _coverage(client, day, 600)

        rows = client.query(_at(coverage_falls(YEARS), day)).result_rows

        assert sorted(round(fall, 3) for _, fall in rows) == [0.0, 0.2]
        assert {name for name, fall in rows if fall > 0.1} == {Regions.load().name(COUNTY)}

    def test_the_start_of_a_month_is_no_fall(self, client: Any) -> None:
        day = date(2026, 9, 2)
        _coverage(client, _month_before(day), 50)
        _coverage(client, date(2026, 8, 31), 900)
        _coverage(client, day, 50)

        rows = client.query(_at(coverage_falls(YEARS), day)).result_rows

        assert all(fall <= 0.1 for _, fall in rows)

    @pytest.mark.parametrize("after", [-14, 0, 9, 31, 60])
    def test_around_spring_festival_nobody_is_told(self, client: Any, after: int) -> None:
        day = (FESTIVAL + timedelta(days=after)).replace(day=10)
        day = max(day, FESTIVAL - timedelta(days=14))
        _coverage(client, _month_before(day), 800)
        _coverage(client, day, 10)

        assert client.query(_at(coverage_falls(YEARS), day)).result_rows == []

    def test_old_numbers_are_no_news(self, client: Any) -> None:
        day = date(2026, 9, 10)
        _coverage(client, _month_before(day), 800)
        _coverage(client, day, 600)

        late = day + timedelta(days=5)
        assert client.query(_at(coverage_falls(YEARS), late)).result_rows == []

    @pytest.mark.parametrize(
        ("before", "now", "psi"),
        [
            ((500, 500), (500, 500), 0.0),
            ((800, 200), (300, 700), 1.117),
            ((80, 20), (30, 70), None),
        ],
    )
    def test_drift_is_the_stability_index_of_the_bands(
        self, client: Any, before: tuple[int, int], now: tuple[int, int], psi: float | None
    ) -> None:
        day = date(2026, 9, 10)
        for when, bands in ((day - timedelta(days=28), before), (day, now)):
            rows = _cells(*((HERE, band, n) for band, n in enumerate(bands)))
            StandingNumbers(client).keep(when, {"risk.u90": rows}, revision=1)

        found = client.query(_at(scores_drift(YEARS), day)).result_rows

        if psi is None:
            assert found == []  # a hundred people are no distribution
        else:
            assert [(name, round(index, 3)) for name, index in found] == [("失业风险", psi)]


class TestWhoMayRead:
    @pytest.mark.parametrize("counties", [(), (COUNTY,), (COUNTY, 520527000000)])
    def test_every_statement_parses(self, empty: Any, counties: tuple[int, ...]) -> None:
        for statement in grants(counties):
            parsed = empty.query(f"EXPLAIN AST {statement}").result_rows
            assert parsed

    def test_what_does_not_parse_is_noticed(self, empty: Any) -> None:
        from clickhouse_connect.driver.exceptions import ClickHouseError

        with pytest.raises((ClickHouseError, RuntimeError)):
            empty.query("EXPLAIN AST CREATE ROW POLICY x ON y USING USING 1 TO z")

    def test_a_code_that_is_no_countys_is_refused(self) -> None:
        for code in (HERE, 520526):
            with pytest.raises(UsageError, match="county"):
                grants([code])

    def test_a_user_may_only_read_and_is_locked_until_opened(self) -> None:
        statements = grants([COUNTY])

        assert any("readonly = 1" in one for one in statements)
        (user,) = [one for one in statements if one.startswith("CREATE USER")]
        assert user.endswith("HOST NONE")
        granted = [one for one in statements if one.startswith("GRANT SELECT")]
        assert not any("events" in one.replace("card_events", "") for one in granted)

    def test_every_table_with_a_place_that_a_county_reads_has_its_policy(self) -> None:
        assert set(COUNTY_TABLES) - set(VIEWS) <= set(PLACED)


class TestWhatTheyRead:
    def test_every_panel_reads_what_is_granted_and_nothing_else(self, full: Any) -> None:
        names = {
            row[0] for row in full.query("SELECT name FROM system.tables WHERE database = 'yujing'")
            .result_rows
        }  # fmt: skip
        for board in BOARDS:
            for panel in board.panels:
                asked = set(re.findall(TABLE, panel.query)) & names
                assert asked <= set(ALL_TABLES), panel.title

    def test_with_the_policy_a_county_sees_what_the_choice_of_it_shows(self, full: Any) -> None:
        """The engine in this process has no row policies; a filter on the table does the same."""
        conditions = {
            table: PLACED[table].format(county=COUNTY).replace("'", "\\'")
            for table in COUNTY_TABLES if table in PLACED
        }  # fmt: skip
        filters = ", ".join(f"'{table}': '{said}'" for table, said in conditions.items())
        policy = f" SETTINGS additional_table_filters = {{{filters}}}"
        chosen = Filters(ALL.first, ALL.last, (COUNTY,))
        n_rows = 0
        for board in BOARDS:
            for panel in board.panels:
                if any(table in panel.query for table in ("card_events", "scores")):
                    continue  # not granted to a county's user
                wanted = read(full, panel, chosen).rows
                sql = expanded(panel.query, ALL)
                names = [column.name for column in panel.columns]
                result = full.query(sql + policy)
                at = {name: place for place, name in enumerate(result.column_names)}
                found = [tuple(row[at[name]] for name in names) for row in result.result_rows]
                assert found == [row.values for row in wanted], panel.title
                n_rows += len(found)
        assert n_rows > 20
