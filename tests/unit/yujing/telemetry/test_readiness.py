"""Ready means that work can be done now; healthy that a restart would not help."""

from yujing.telemetry.readiness import Readiness


def fails() -> None:
    raise ConnectionError("no route to host\nsecond line")


def test_a_process_is_not_ready_before_every_part_has_reported() -> None:
    readiness = Readiness(["partitions", "state"])

    assert readiness.ready().status == 503
    readiness.report("state")
    assert readiness.ready().parts == {"partitions": "not reported yet", "state": "ok"}
    readiness.report("partitions")
    assert readiness.ready().good
    assert readiness.ready().body("ready") == {
        "status": "ready",
        "parts": {"partitions": "ok", "state": "ok"},
    }


def test_a_store_that_is_away_makes_it_unready_and_leaves_it_healthy() -> None:
    readiness = Readiness()
    readiness.probe("postgres", fails)
    readiness.watch("socket", lambda: True)

    verdict = readiness.ready()
    assert verdict.body("ready") == {
        "status": "not ready",
        "parts": {"postgres": "ConnectionError: no route to host"},
    }
    assert readiness.healthy().status == 200

    readiness.probe("postgres", lambda: None)
    assert readiness.ready().good


def test_a_part_that_reported_badly_stays_unready_although_its_probe_passes() -> None:
    readiness = Readiness()
    readiness.probe("clickhouse", lambda: None)
    readiness.report("clickhouse", "the schema is older than this release")

    assert not readiness.ready().good


def test_a_thread_that_ended_makes_it_unhealthy() -> None:
    alive = [True]
    readiness = Readiness()
    readiness.watch("daily", lambda: alive[0])

    assert readiness.healthy().good
    alive[0] = False
    assert readiness.healthy().body("healthy") == {
        "status": "not healthy",
        "parts": {"daily": "ended"},
    }
