"""The boards' roll-up on the real engine: equal to the recomputation from the facts, always."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboards.rollup.rollup import RollUp
from streams.fact import MISSING_FEN, FactArray, empty_facts
from streams.log.log import EventLog
from streams.log.position import pack
from tests.support.clickhouse_front import ClickHouseFront
from tests.support.engines import engine
from tests.support.histories import record_ids
from tests.support.plain_cells import Cell, plain_cells
from yujing.errors import StorageError
from yujing.storage.clickhouse import connect_server

pytestmark = pytest.mark.integration
KINDS = (1, 5, 6, 7, 8, 9, 9, 13, 17)
N_CONTENTS = 12
SHARED = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example empties the tables
)


def contents(seed: int) -> FactArray:
    """Return contents that land in few cells: what an event says, and the hash of it."""
    rng = np.random.default_rng(seed)
    rows = empty_facts(N_CONTENTS)
    rows["content"] = np.arange(1, N_CONTENTS + 1, dtype=np.uint64) | np.uint64(2**63)
    rows["kind"] = rng.choice(KINDS, N_CONTENTS)
    rows["retracted"] = rng.random(N_CONTENTS) < 0.2
    rows["subject"] = rng.integers(1, 5, N_CONTENTS)
    rows["source"] = rng.integers(1, 3, N_CONTENTS)
    rows["region"] = rng.choice([0, 520526101001, 520526101002, 520526102001], N_CONTENTS)
    rows["occurred_from"] = rng.integers(-40, 20_700, N_CONTENTS)
    rows["occurred_to"] = rows["occurred_from"] + rng.integers(0, 40, N_CONTENTS)
    rows["month"] = rng.choice([0, 24_300, 24_311], N_CONTENTS)
    rows["wage_fen"] = rng.choice([MISSING_FEN, 0, 350_000], N_CONTENTS)
    rows["work_region"] = rng.choice([0, 440106, 440305], N_CONTENTS)
    rows["employer"] = rng.choice(np.array([0, 2**63 + 7], dtype=np.uint64), N_CONTENTS)
    for name in ("industry", "form", "area", "channel", "reason", "worked", "intent", "category"):
        rows[name] = rng.integers(0, 3, N_CONTENTS)
    return rows


def versions(seed: int, said: list[tuple[int, int, int, int]]) -> FactArray:
    """Return event versions: (fact, version, content, known)."""
    rows = contents(seed)[[content for _, _, content, _ in said]]
    rows["fact"] = [fact for fact, _, _, _ in said]
    rows["version"] = [version for _, version, _, _ in said]
    rows["known_at"] = [1_764_000_000 + 20_000 * known for _, _, _, known in said]
    return rows


version = st.tuples(
    st.integers(1, 5), st.integers(1, 3), st.integers(0, N_CONTENTS - 1), st.integers(0, 3)
)
histories = st.lists(version, min_size=1, max_size=30)


def an_empty_log(client: Any) -> EventLog:
    log = EventLog(client)
    RollUp(client)
    for table in ("events", "rollup"):
        client.command(f"TRUNCATE TABLE {table}")
    return log


def cells(client: Any) -> dict[Cell, tuple[int, int]]:
    rows = client.query(
        "SELECT kind, facet, township, period, value, source, n, amount FROM cells"
    ).result_rows
    return {(*row[:6],): (row[6], row[7]) for row in rows if row[1] <= 14}


@SHARED
@given(said=histories, seed=st.integers(0, 9), cuts=st.sets(st.integers(1, 29), max_size=4))
def test_refreshes_give_what_the_facts_say(
    clickhouse: Any, said: list[tuple[int, int, int, int]], seed: int, cuts: set[int]
) -> None:
    log = an_empty_log(clickhouse)
    rows = versions(seed, said)
    everything = rows.copy()
    for batch in np.split(rows, sorted(cut for cut in cuts if cut < len(rows))):
        log.append(batch, record_ids(batch))
        RollUp(clickhouse).refresh()

    wanted = {cell: n for cell, n in plain_cells(everything).items() if not _kind_13(cell)}
    assert {cell: n for cell, n in cells(clickhouse).items() if not _kind_13(cell)} == wanted
    assert RollUp(clickhouse).differing() == 0
    RollUp(clickhouse).rebuild()
    assert {cell: n for cell, n in cells(clickhouse).items() if not _kind_13(cell)} == wanted
    assert RollUp(clickhouse).differing() == 0
    assert RollUp(clickhouse).refresh().n_cells == 0


def _kind_13(cell: Cell) -> bool:
    return cell[0] == 13 and cell[1] > 2  # the plain counterpart leaves its own facet out


@settings(SHARED, max_examples=5)
@given(said=histories, seed=st.integers(0, 9), order=st.randoms(use_true_random=False))
def test_lanes_may_come_in_any_order(clickhouse: Any, said: Any, seed: int, order: Any) -> None:
    log = an_empty_log(clickhouse)
    rows = versions(seed, said)
    lanes = np.array([order.randint(1, 3) for _ in said])
    rows["position"] = pack(lanes, np.arange(len(said)), np.zeros(len(said), dtype=np.int64))
    everything = rows.copy()
    for lane in order.sample([1, 2, 3], 3):
        batch = rows.compress(lanes == lane)
        log.append(batch, record_ids(batch))
        RollUp(clickhouse).refresh()

    wanted = {cell: n for cell, n in plain_cells(everything).items() if not _kind_13(cell)}
    assert {cell: n for cell, n in cells(clickhouse).items() if not _kind_13(cell)} == wanted
    assert RollUp(clickhouse).differing() == 0


def test_a_cell_that_was_spoiled_is_found_and_made_anew(clickhouse: Any) -> None:
    log = an_empty_log(clickhouse)
    rows = versions(1, [(n, 1, n % N_CONTENTS, 0) for n in range(1, 40)])
    log.append(rows, record_ids(rows))
    roll_up = RollUp(clickhouse)
    roll_up.refresh()
    clickhouse.command(
        "INSERT INTO rollup SELECT max(generation), 9, 1, 520526101000, 20000, 0, 1, 3, 0 "
        "FROM rollup"
    )

    assert roll_up.differing() == 1
    roll_up.rebuild()

    assert roll_up.differing() == 0


def test_a_half_made_generation_is_not_read(clickhouse: Any) -> None:
    log = an_empty_log(clickhouse)
    rows = versions(1, [(n, 1, n % N_CONTENTS, 0) for n in range(1, 40)])
    log.append(rows, record_ids(rows))
    roll_up = RollUp(clickhouse)
    roll_up.refresh()
    before = cells(clickhouse)
    clickhouse.command(
        "INSERT INTO rollup SELECT max(generation) + 1, 9, 1, 520526101000, 20000, 0, 1, 3, 0 "
        "FROM rollup"
    )

    assert cells(clickhouse) == before
    roll_up.rebuild()

    assert cells(clickhouse) == before
    assert roll_up.differing() == 0


@pytest.mark.parametrize(
    ("kind", "seconds"), [("drop", 0.0), pytest.param("late", 3.0, marks=pytest.mark.soak)]
)
def test_a_block_whose_answer_is_lost_counts_once(
    clickhouse_front: ClickHouseFront, kind: str, seconds: float
) -> None:
    clickhouse_front.heal()
    client = connect_server(clickhouse_front.url(f"rollup_{kind}"), timeout_s=2)
    log = an_empty_log(client)
    roll_up = RollUp(client)
    rows = versions(1, [(n, 1, n % N_CONTENTS, 0) for n in range(1, 40)])
    log.append(rows, record_ids(rows))
    clickhouse_front.fault(kind, seconds=seconds, match="^INSERT INTO rollup SELECT")
    with pytest.raises(StorageError, match="no answer"):
        roll_up.refresh()
    time.sleep(1 + seconds)  # what was sent comes in late

    assert cells(client) == {}
    roll_up.refresh()
    assert roll_up.differing() == 0

    more = versions(2, [(n + 100, 1, n % N_CONTENTS, 0) for n in range(1, 40)])
    log.append(more, record_ids(more))
    clickhouse_front.fault(kind, seconds=seconds, match="^INSERT INTO `?rollup")
    roll_up.refresh()
    clickhouse_front.heal()

    assert roll_up.differing() == 0
    client.close()


@pytest.mark.parametrize("n_kills", [2, pytest.param(40, marks=pytest.mark.soak)])
def test_no_kill_makes_a_cell_wrong(n_kills: int, tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    arguments = [sys.executable, "-m", "tests.integration.refreshing_child", str(tmp_path)]
    rng = np.random.default_rng(n_kills)
    for kill in range(n_kills):
        with subprocess.Popen(
            [*arguments, str(kill)], cwd=root, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "refreshed\n"
            time.sleep(float(rng.random()))
            child.kill()

    with engine(tmp_path) as client:
        roll_up = RollUp(client)
        assert roll_up.differing() == 0
        roll_up.refresh()
        assert roll_up.differing() == 0
        assert client.query("SELECT sum(n) FROM cells WHERE facet = 1").result_rows == (
            client.query("SELECT count() FROM facts").result_rows
        )
