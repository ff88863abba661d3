"""Every number of the leaders' page, recomputed in plain Python from the view `facts` of the log.

Cards are recomputed from their transitions in the log, as the desk's outbox tells them.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from alerts.desk.opening import open_card
from dashboards.board import keep_snapshot
from dashboards.compare import month_before
from dashboards.county import routes
from dashboards.numbers import NUMBERS
from dashboards.snapshots import Snapshots
from streams.log.card_events import CardEvent, CardLog
from streams.log.log import EventLog
from streams.state.layout import base_month_of
from streams.state.state import State
from tests.support.board_histories import DAYS, VILLAGES, Card, Drawing, drawings, near
from tests.support.board_text import BoardText, read_board
from tests.support.engines import engine
from tests.support.facts_board import COLUMNS, FactsBoard
from tests.support.histories import record_ids
from tests.support.pages import PASSWORD, Browser, log_in
from tests.support.small_county import ArrayLog, SmallCounty, draft, small_county
from tests.support.state_histories import HOMES
from yujing.access.accounts import NewAccount
from yujing.access.roles import Role
from yujing.access.scope import Scope
from yujing.domain.codes import Outcome
from yujing.storage.sql import writing
from yujing.web.application import application

pytestmark = pytest.mark.integration

COUNTY, TOWNSHIP = "520526", "520526111"
Cell = tuple[int, int]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with engine(tmp_path_factory.mktemp("engine")) as client:
        yield client


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawing=drawings())
def test_every_number_on_the_page_equals_its_recomputation_from_facts(
    client: Any, drawing: Drawing
) -> None:
    check(client, drawing)


def test_full_counties_have_something_of_every_number(client: Any) -> None:
    today, kinds = DAYS[0], (1, 1, 1, 2, 4, 8, 9, 23, 24, 25)
    cards = [(home, VILLAGES[0], 1, -1, None) for home in HOMES]
    seen: set[str] = set()
    for seed in range(4):
        rng = np.random.default_rng(seed)
        drawn = [
            (n, 1 + n % 3, kinds[n % 10], int(rng.integers(5)), int(rng.integers(2**32)), False)
            for n in range(1, 80)
        ]
        plain = check(client, Drawing(today, near(drawn, today), cards))
        seen |= {code for code, (some, _) in plain.numbers(HOMES).items() if some}
        assert sum(plain.ends("").values()) > 0
        assert plain.silent("")[1] > 0

    assert seen == {one.code for one in NUMBERS}


def check(client: Any, drawing: Drawing) -> FactsBoard:
    """Compare page and snapshots with the rows of the view; return the recomputation."""
    log, card_log = EventLog(client), CardLog(client)
    for table in ("events", "card_events"):
        client.command(f"TRUNCATE TABLE {table}")
    facts, today = drawing.facts, drawing.today
    before = month_before(today)
    log.append(facts.copy(), record_ids(facts))
    view = client.query(f"SELECT {', '.join(COLUMNS)} FROM facts").result_rows
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in view]
    with tempfile.TemporaryDirectory() as folder, small_county(Path(folder)) as county:
        plain, past = (FactsBoard(rows, county.policy, day) for day in (today, before))
        state: Any = State.build(facts, base_month_of(today.year))
        county.state, county.log = state, ArrayLog(facts)
        keep_snapshot(state, county.engine, as_of=before, policy=county.policy)
        dealt = deal(county, today, drawing.cards)
        told = [CardEvent(**row.body) for row in county.desk.waiting(kinds=("card",))]
        for events in (told, told[::2]):  # some of it brought twice
            card_log.append(events)
        live = live_by_transitions(client)
        late = [one for card, one in dealt.items() if card in live and is_late(one)]
        keep_snapshot(state, county.engine, as_of=today, policy=county.policy)
        for places, page in pages(county, today):
            cells = plain.cells(live.values(), places)
            compare_numbers(page, cells, past.cells((), places), before)
            compare_places(county, page, plain, live, late, places)
            ends = plain.ends(places)
            assert page.trend == {month: str(ends[month]) for month in months(today)}
            silent, labour = plain.silent(places)
            assert page.stuck[1] == f"没有按时报数 {silent} 个村，共 {labour} 个村"
            assert page.stuck[0].startswith(f"逾期未走访 {len(inside(late, places))} 户")
            assert page.sentence == sentence(county, today, inside(dealt.values(), places), silent)
            kept = Snapshots(county.engine)
            for code, cell in cells.items():
                got = kept.near(code, Scope(places), today)
                assert got is None if not plain.villages(places) else got
                assert got is None or (got.day, got.cell.n, got.cell.of) == (today, *cell), code
    return plain


def deal(county: SmallCounty, today: date, cards: Sequence[Card]) -> dict[int, Card]:
    """Open cards on their days, record today what was found; return them by number."""
    dealt: dict[int, Card] = {}
    for card in sorted(cards, key=lambda one: -one[2]):
        home, village, age, due, _ = card
        due_on = (today + timedelta(days=due)).isoformat()
        wanted = draft(home, 0, village, due_on=due_on, measure_due_on=due_on)
        with writing(county.engine) as connection:
            opened = today - timedelta(days=age)
            number = open_card(connection, wanted, day=opened, at=noon(opened), by="yujing")
        if number is not None:  # a household has one open card
            dealt[number] = card
    for number, (*_, found) in dealt.items():
        if found is not None:
            county.desk.record_outcome(number, found, by="wang", at=noon(today))
    return dealt


def noon(day: date) -> datetime:
    return datetime.combine(day, time(4), UTC)


def live_by_transitions(client: Any) -> dict[int, int]:
    """Return card and household of the cards that are open after their last transition."""
    rows = client.query(
        "SELECT card, argMax(household, transition), argMax(to_stage, transition) AS stage"
        " FROM card_events FINAL GROUP BY card HAVING stage IN ('open', 'acknowledged')"
    ).result_rows
    return {int(row[0]): int(row[1]) for row in rows}


def is_late(card: Card) -> bool:
    """Tell whether an open card is overdue; who was not met today is tried again later."""
    return card[3] < 0 and card[4] is not Outcome.NO_CONTACT


def inside(cards: Iterable[Card], places: str) -> list[Card]:
    return [card for card in cards if str(card[1]).startswith(places)]


def pages(county: SmallCounty, today: date) -> Iterator[tuple[str, BoardText]]:
    """Read the page as those do to whom no small count is hidden, of a county and a township."""
    county.clock.at = noon(today)
    app = application(county.services, routes(county.services))
    for places in (COUNTY, TOWNSHIP):
        new = NewAccount(f"of{places}", Role.SUPERVISOR, Scope(places), "负责人")
        county.access.accounts.add(
            new, at=noon(today), by="test", password=PASSWORD, must_change=False
        )
        browser = Browser(app)
        log_in(browser, new.username)
        yield places, read_board(browser.get("/county").text)


def compare_numbers(
    page: BoardText, cells: dict[str, Cell], past: dict[str, Cell], before: date
) -> None:
    for one in NUMBERS:
        (n, of), (then, _) = cells[one.code], past[one.code]
        figure, against = page.numbers[one.zh]
        if not of:
            assert (figure, against) == ("— 户 还没有可数的户", "")
            continue
        assert figure == f"{n} 户 / {of} · {100 * n / of:.1f}%", one.code
        # Whoever is a member today was one a month ago, so that the past is known.
        more = n - then
        words = "持平" if not more else f"{'多' if more > 0 else '少'} {abs(more)}"
        words = f"{words}（{before:%m-%d} 为 {then}）" if not 0 < then < 5 else "：那时不足 5"
        assert against == f"比上月同日{words} 比去年同一农历周：没有数据", one.code


def compare_places(
    county: SmallCounty, page: BoardText, plain: FactsBoard, live: dict[int, int],
    late: list[Card], places: str,
) -> None:  # fmt: skip
    unit = 12 if places == TOWNSHIP else 9
    rows = {}
    for part in {str(village)[:unit] for village in plain.villages(places)}:
        cells = plain.cells(live.values(), part)
        words = [str(n) if of else "—" for n, of in (cells[one.code] for one in NUMBERS)]
        name = county.services.place(int(part.ljust(12, "0")))
        rows[name] = (*words, str(len(inside(late, part))))
    assert page.places == rows


def months(today: date) -> list[tuple[int, int]]:
    last = today.year * 12 + today.month - 1
    return [(month // 12, month % 12 + 1) for month in range(last - 12, last + 1)]


def sentence(county: SmallCounty, today: date, cards: list[Card], silent: int) -> str:
    """Write the month in words; who was met is met today, a working day."""
    mine = [card for card in cards if card[2] < today.day]
    met = waiting = 0
    for _, _, age, _, found in mine:
        since = (today - timedelta(days=back) for back in range(age))
        in_time = sum(county.calendar.is_workday(day) for day in since) <= 3
        met += in_time and found not in (None, Outcome.NO_CONTACT)
        waiting += in_time and found in (None, Outcome.NO_CONTACT)
    said = "本月还没有派发走访"
    if mine:
        said = f"本月 {len(mine)} 户需要走访，{met} 户 3 个工作日内联系上"
        said += f"，{waiting} 户还在期限内" if waiting else ""
    return said + (f"；{silent} 个村没有按时报数。" if silent else "；各村都已报数。")
