"""Workers that are killed, frozen, added and removed, servers that go away: the same in the end.

All runs read the same recorded messages, with a group and databases of their own, and must end with
the digest of a run that nobody disturbed. `make soak` runs the long form of the same tests.
"""

import os
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.stream_proof import QUICK, SOAK, Proof, Stage, stage

pytestmark = [pytest.mark.integration, pytest.mark.timeout(3_000)]

SEED = int(os.environ.get("PROOF_SEED", "11"))
SCALES = [
    pytest.param(QUICK, id="quick"),
    pytest.param(SOAK, id="soak", marks=pytest.mark.soak),
]
SESSION_S = 6


@pytest.fixture(scope="module", params=SCALES)
def on_stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("stage"), request.param, seed=SEED) as made:
        print(
            f"{made.recording.n_events} events in {len(made.recording.messages)} messages, "
            f"{len(made.recording.cut_offs)} deals, seed {SEED}: {made.undisturbed}"
        )
        yield made


def same(proof: Proof, on: Stage) -> None:
    """Check a run that is over."""
    print(
        f"{proof.servers.run}: {proof.restarts} restarts, "
        f"{len(proof.said('subjects_reloaded'))} reloads, cards {proof.cards()}"
    )
    different = [pair for pair in zip(proof.deals(), on.deals, strict=False) if pair[0] != pair[1]]
    assert not different, different[0]
    assert proof.digest() == on.undisturbed
    assert proof.cards()[1] <= 1


def test_workers_killed_at_random_moments_change_nothing(on_stage: Stage) -> None:
    chance, scale = random.Random(SEED), on_stage.scale
    kills: list[str] = []
    due = time.monotonic() + chance.uniform(4, 8)

    def kill(_left: int) -> None:
        nonlocal due
        if len(kills) < scale.rounds and time.monotonic() >= due:
            victim = chance.choice(proof.workers)
            victim.kill()
            kills.append(victim.name)
            due = time.monotonic() + chance.uniform(0.5, 6)

    with on_stage.proof("killed", ["k1", "k2", "k3"]) as proof:
        proof.until_done(kill)
        while len(kills) < scale.rounds:  # all was taken early: kill idle and starting workers too
            kill(0)
            proof.supervise()
            time.sleep(0.3)
        proof.until_done()
    print(f"killed: {kills}")
    same(proof, on_stage)


def test_a_worker_frozen_beyond_its_session_changes_nothing_when_it_wakes(on_stage: Stage) -> None:
    with on_stage.proof("frozen", ["f1", "f2"]) as proof:
        _until(proof, lambda: bool(proof.workers[0].said("batch")))
        proof.workers[0].freeze()
        frozen_at = time.monotonic()
        try:
            while time.monotonic() - frozen_at < 2 * SESSION_S:
                time.sleep(0.5)
        finally:
            proof.workers[0].thaw()
        proof.until_done()
    same(proof, on_stage)


@pytest.mark.parametrize("how", ["stopped", pytest.param("frozen", marks=pytest.mark.soak)])
def test_a_server_away_for_a_while_changes_nothing(on_stage: Stage, how: str) -> None:
    servers = on_stage.servers
    away: list[tuple[str, Callable[[], Any], Callable[[], Any]]] = [
        ("clickhouse", servers.clickhouse.stop, servers.clickhouse.start),
        ("postgres", servers.postgres.stop, servers.postgres.start),
        ("broker", servers.broker.stop, servers.broker.start),
    ]
    if how == "frozen":
        away = [
            ("clickhouse", servers.clickhouse.freeze, servers.clickhouse.thaw),
            ("postgres", servers.postgres.freeze, servers.postgres.cont),
            ("broker", servers.broker.freeze, servers.broker.thaw),
        ]
    with on_stage.proof(f"servers_{how}", ["s1", "s2"]) as proof:
        _until(proof, lambda: bool(proof.said("batch")))
        for name, leave, come_back in away:
            leave()
            try:
                time.sleep(on_stage.scale.outage_s)
            finally:
                come_back()
            print(f"{name} {how} for {on_stage.scale.outage_s} s")
            time.sleep(1)
        proof.until_done()
    same(proof, on_stage)


def test_workers_come_and_go_under_load(on_stage: Stage) -> None:
    with on_stage.proof("scaled", ["a1"]) as proof:
        _until(proof, lambda: bool(proof.said("batch")))
        proof.add("a2")
        _until(proof, lambda: bool(proof.workers[1].said("partitions_taken")))
        gone = proof.workers.pop(0)
        stopped_in = gone.stop()
        proof.until_done()
    for line in proof.said("partitions_taken"):
        print(f"pause of {len(line['partitions'])} partitions: {line['seconds']} s")
    assert stopped_in < 10
    same(proof, on_stage)


def test_sigterm_ends_within_its_time_with_and_without_the_broker(on_stage: Stage) -> None:
    with on_stage.proof("stopping", ["t1", "t2"]) as proof:
        _until(proof, lambda: all(w.said("partitions_taken") for w in proof.workers))
        with_broker = proof.workers.pop().stop()
        on_stage.servers.broker.stop()
        try:
            without = proof.workers.pop().stop()
        finally:
            on_stage.servers.broker.start()
    print(f"SIGTERM: {with_broker:.1f} s with the broker, {without:.1f} s without")
    assert with_broker < 10
    assert without < 20


def _until(proof: Proof, what: Callable[[], bool]) -> None:
    began = time.monotonic()
    while not what():
        proof.supervise()
        assert time.monotonic() - began < proof.scale.patience_s, proof.complaint(-1)
        time.sleep(0.2)
