"""Workers that each sweep their partitions deal what one process deals, whatever happens."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from alerts.quality.finding import STATE_KIND, Wanted
from models.card import Scorecard
from models.expert import expert_card
from models.features.snapshot import cutoff_s
from streams.fact import FactArray
from streams.kafka.topics import INPUT_TOPICS
from streams.log.position import lane
from tests.support.neighbours import card_of_the_neighbours
from tests.support.running_county import NOW, ingest, open_county
from tests.support.streamed_county import N, Stream, Worker
from yujing.app.county import County
from yujing.app.cut_offs import LATE_AFTER_S
from yujing.app.digest import digest
from yujing.app.output import Silence
from yujing.app.picture import EXPERT_SINCE
from yujing.app.stream_sweep import DEALER
from yujing.app.sweep import sweep
from yujing.errors import UsageError

pytestmark = pytest.mark.integration

DAYS = [date(2026, 10, 5) + timedelta(weeks=n) for n in range(3)]
TABLES = (
    "money_due", "board_snapshot", "standing", "county_sizes", "card_evidence", "card_factors",
)  # fmt: skip


def copy_key(source: Path, folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "test.key").write_bytes((source / "test.key").read_bytes())
    (folder / "test.key").chmod(0o600)
    return folder / "county"


def content_of(county: County) -> dict[str, Any]:
    """Return what a deal leaves, without moments and positions."""
    with county.engine.connect() as connection:
        found = {
            table: sorted(map(tuple, connection.execute(text(f"SELECT * FROM {table}"))), key=repr)
            for table in TABLES
        }
    cards = [(c.household, c.person, c.region, c.kind, c.level, c.sentence, c.stage,
              c.opened_on, c.due_on) for c in county.desk.open_cards(stages=("open", "expired",
              "cancelled", "completed"))]
    scores = county.score_log.read(DAYS[-1], "member", "u90")
    found["differences"] = sorted(
        (d.comparison, d.household, d.person, d.region, d.categories, d.since, d.month, d.value,
         d.what, d.stage, str(d.opened_on), str(d.closed_on))
        for d in county.desk.differences.listed(stages=("open", "answered", "gone"))
    )
    assert found["differences"]
    found["quality"] = sorted(
        (row.about, row.rule, row.household, row.region, row.since, row.mended)
        for row in county.quality.rows(Wanted(state="all"), most=10**6)
        if row.kind == STATE_KIND
    )
    assert found["quality"]
    return found | {"digest": digest(county), "cards": cards, "u90": scores.probability.tolist()}


@pytest.fixture(scope="module")
def alone(
    county_files: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any], FactArray, list[str]]:
    """One process that swept three days: its folder, what it left, and its log."""
    folder = tmp_path_factory.mktemp("alone")
    with open_county(folder / "county") as county:
        promote(county)
        ingest(county, county_files)
        for day in DAYS:
            sweep(county, day, Silence())
        facts = county.log.history()
        ids = county.log.record_ids_of(np.unique(facts["fact"]))
        return folder, content_of(county), facts, [ids[f] for f in facts["fact"].tolist()]


@contextmanager
def streamed(alone: Any, folder: Path) -> Iterator[Stream]:
    with open_county(copy_key(alone[0], folder)) as county:
        promote(county)
        yield Stream(county)


def promote(county: County, card: Scorecard | None = None) -> None:
    """Put a scorecard in force; by default one that looks at the whole county."""
    saved = county.registry.save(card or card_of_the_neighbours())
    county.registry.promote(saved, by="data", at=county.now())


def rows_of(alone: Any, first: int, last: int) -> tuple[FactArray, list[str]]:
    """Return what became known from one second up to another."""
    _, _, facts, ids = alone
    mine = np.flatnonzero((facts["known_at"] >= first) & (facts["known_at"] < last))
    return facts.take(mine), [ids[i] for i in mine.tolist()]


def ask(worker: Worker, day: date) -> None:
    worker.cut_offs.ask(
        day, known_before=cutoff_s(day), positions=worker.stream.county.log.covered(),
        at=worker.stream.county.now_s(),
    )  # fmt: skip


def settle(workers: Sequence[Worker]) -> int:
    """Let every worker do what is next until nothing is pending; return how many turns it took."""
    for turn in range(12):
        for worker in workers:
            worker.tend()
        if not workers[0].cut_offs.pending():
            return turn + 1
    raise AssertionError("never dealt")


@pytest.mark.parametrize("shares", [[range(N)], [range(2), range(2, N)], [[3], [1, 2], [0]]])
def test_workers_deal_what_one_process_deals(
    alone: Any, tmp_path: Path, shares: Sequence[Sequence[int]]
) -> None:
    with streamed(alone, tmp_path / "streamed") as stream:
        workers = [Worker(stream, frozenset(share)) for share in shares]
        before = 0
        for day in DAYS:   # memory knows nothing later than the cut-off
            stream.append(*rows_of(alone, before, cutoff_s(day)))
            before = cutoff_s(day)
            ask(workers[0], day)
            settle(workers)
        stream.append(*rows_of(alone, before, 2**32))

        assert content_of(stream.county) == alone[1]


def test_restarts_other_owners_and_later_facts_do_not_show(alone: Any, tmp_path: Path) -> None:
    with streamed(alone, tmp_path / "streamed") as stream:
        stream.append(*rows_of(alone, 0, 2**32))   # everything is there before the first deal
        halves = [Worker(stream, frozenset(range(2))), Worker(stream, frozenset(range(2, N)))]
        for day in DAYS:
            ask(halves[0], day)
        shares = [[[0, 1], [2, 3]], [[0, 1, 2], [3]], [[], [0, 1, 2, 3]], [[2], [0, 1, 3]]]
        for turn in range(60):
            mine = shares[turn // 2 % len(shares)]
            worker = halves[turn % 2]
            worker.owned = frozenset(mine[turn % 2])
            if turn % 3:
                worker.restart()
            worker.tend()

        assert halves[0].cut_offs.pending() == []
        assert content_of(stream.county) == alone[1]


def test_nobody_deals_before_everybody_has_read(alone: Any, tmp_path: Path) -> None:
    behind = {lane(0, 3)}
    with streamed(alone, tmp_path / "streamed") as stream:
        stream.append(*rows_of(alone, 0, cutoff_s(DAYS[0])))
        halves = [Worker(stream, frozenset(range(2))), Worker(stream, frozenset(range(2, N)))]
        ask(halves[0], DAYS[0])
        for _ in range(3):
            for worker in halves:
                assert worker.tend(behind).swept == frozenset()
        assert halves[0].cut_offs.reached(DAYS[0]) == {0, 1, 2}

        clock: Any = stream.county.clock
        clock.at = NOW + timedelta(seconds=LATE_AFTER_S)
        for _ in range(3):
            for worker in halves:
                worker.tend(behind)

        assert halves[0].cut_offs.pending() == []
        assert halves[0].cut_offs.last_dealt() == DAYS[0]
        desk = stream.county.desk
        deals = [desk.not_sent(village) for village in desk.villages_dealt()]
        assert {deal.late_sources for deal in deals if deal} == {(f"{INPUT_TOPICS[0]}[3]",)}


def test_a_day_that_was_dealt_to_half_is_dealt_to_the_end(
    alone: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with streamed(alone, tmp_path / "streamed") as stream:
        stream.append(*rows_of(alone, 0, 2**32))
        worker = Worker(stream, frozenset(range(N)))
        for day in DAYS:
            ask(worker, day)
            for step in ("keep_counts", "note"):
                with monkeypatch.context() as patch:
                    module = "sweep" if step == "keep_counts" else "stream_sweep"
                    patch.setattr(f"yujing.app.{module}.{step}", killed)
                    with pytest.raises(KeyboardInterrupt):
                        settle([worker])
                worker.restart()
            settle([worker])

        assert content_of(stream.county) == alone[1]


def killed(*_arguments: object, **_named: object) -> None:
    raise KeyboardInterrupt


def test_parts_that_do_not_fit_are_made_again(alone: Any, tmp_path: Path) -> None:
    with streamed(alone, tmp_path / "streamed") as stream:
        stream.append(*rows_of(alone, 0, cutoff_s(DAYS[0])))
        worker = Worker(stream, frozenset(set(range(N)) - {DEALER}))
        dealer = Worker(stream, frozenset({DEALER}))
        ask(worker, DAYS[0])
        for one in (worker, dealer, worker):
            one.tend()
        assert worker.cut_offs.swept(DAYS[0]) == worker.owned
        worker.cut_offs.put_part(DAYS[0], [DEALER], b"of another release", at=1)

        assert dealer.tend().dealt is None
        assert dealer.cut_offs.swept(DAYS[0]) == frozenset()
        settle([dealer, worker])

        assert stream.county.desk.last_deal_day() == DAYS[0]


def test_deals_go_forward_and_a_day_is_asked_for_once(alone: Any, tmp_path: Path) -> None:
    with streamed(alone, tmp_path / "streamed") as stream:
        ledger = Worker(stream, frozenset()).cut_offs
        asked: Any = {"known_before": 5, "positions": {1: 2**48 + 7}, "at": 6}

        assert ledger.ask(DAYS[1], **asked)
        assert not ledger.ask(DAYS[1], **(asked | {"known_before": 9}))
        with pytest.raises(UsageError, match="lies before"):
            ledger.ask(DAYS[0], **asked)
        (one,) = ledger.pending()
        assert (one.day, one.known_before, one.positions) == (DAYS[1], 5, {1: 2**48 + 7})


def test_parts_of_two_scorecards_are_made_again(alone: Any, tmp_path: Path) -> None:
    with streamed(alone, tmp_path / "streamed") as stream:
        stream.append(*rows_of(alone, 0, cutoff_s(DAYS[0])))
        dealer = Worker(stream, frozenset({DEALER}))
        worker = Worker(stream, frozenset(range(N)) - dealer.owned)
        ask(worker, DAYS[0])
        for one in (dealer, worker, dealer):
            one.tend()
        assert dealer.cut_offs.swept(DAYS[0]) == dealer.owned
        promote(stream.county, expert_card("u90", as_of=EXPERT_SINCE))

        assert worker.tend().swept == worker.owned
        assert dealer.tend().dealt is None
        settle([dealer, worker])

        assert stream.county.desk.last_deal_day() == DAYS[0]
