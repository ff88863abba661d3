"""The board in memory: drawn anew when facts or cards changed, at most once a minute."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine, text

from dashboards.board import Boards, counts_without_cards, keep_counts, keep_snapshot
from dashboards.picture import draw
from dashboards.snapshots import Snapshots
from tests.support.small_county import LI, TODAY, UPPER, draft, small_county
from yujing.access.scope import Scope

NOBODY = np.empty(0, dtype=np.uint64)


def test_the_board_follows_the_cards_after_a_minute(tmp_path: Path) -> None:
    with small_county(tmp_path) as county:
        boards = Boards(county.services)
        first = boards.board(TODAY)
        county.open(draft(20, LI, UPPER))

        assert boards.board(TODAY) is first
        county.clock.at += timedelta(minutes=2)
        second = boards.board(TODAY)
        assert second.counts["needs"].within(Scope("")).n == 1
        county.clock.at += timedelta(minutes=2)
        third = boards.board(TODAY)
        assert third.picture is second.picture
        assert third.drawn_at > second.drawn_at
        assert boards.board(TODAY + timedelta(days=1)).picture.as_of > TODAY


def test_a_clock_that_went_back_draws_anew(tmp_path: Path) -> None:
    with small_county(tmp_path) as county:
        boards = Boards(county.services)
        first = boards.board(TODAY)
        county.clock.at -= timedelta(hours=2)

        assert boards.board(TODAY).drawn_at < first.drawn_at


def test_a_snapshot_keeps_the_day(tmp_path: Path) -> None:
    with small_county(tmp_path) as county:
        county.open(draft(20, LI, UPPER))
        keep_snapshot(county.state, county.engine, as_of=TODAY, policy=county.policy)

        past = Snapshots(county.engine).near("needs", Scope("520526"), TODAY)
        assert past is not None
        assert (past.cell.n, past.cell.of) == (1, 4)


def test_counts_kept_with_the_cards_are_the_snapshot_of_the_state(tmp_path: Path) -> None:
    with small_county(tmp_path) as county:
        county.open(draft(20, LI, UPPER))
        keep_snapshot(county.state, county.engine, as_of=TODAY, policy=county.policy)
        whole = rows_of(county.engine)
        state: Any = county.state
        seen = draw(state, NOBODY, as_of=TODAY, policy=county.policy)
        counts = counts_without_cards(county.state, as_of=TODAY, policy=county.policy)

        keep_counts(counts, county.engine, as_of=TODAY, keys=seen.keys, regions=seen.regions)

        assert rows_of(county.engine) == whole
        assert whole


def rows_of(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return sorted(map(tuple, connection.execute(text("SELECT * FROM board_snapshot"))))
