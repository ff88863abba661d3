"""An event that ends its worker is found by restarts alone, and everything else is taken."""

import subprocess
import sys
from math import ceil, log2
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from streams.kafka.tables import IN_HAND, SET_ASIDE
from streams.log.position import lane, pack
from tests.integration.poison_child import DIED, N_EVENTS, N_MESSAGES
from yujing.app.poison import MANY_DEATHS
from yujing.storage.sql import reading

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[2]


def address_of(engine: Engine) -> str:
    if engine.dialect.name == "sqlite":
        return str(engine.url.database)
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def test_a_planted_poison_is_bisected_by_restarts(sql_engine: Engine, tmp_path: Path) -> None:
    message, place = 13, 17
    killer, log = f"{message}-{place}", tmp_path / "log"
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.poison_child", address_of(sql_engine), str(log),
         killer],
        cwd=ROOT, check=True, timeout=300, stdout=subprocess.PIPE,
    )  # fmt: skip
    statuses = [int(status) for status in done.stdout.split()]

    assert set(statuses[:-1]) == {DIED}
    assert statuses[-1] == 0
    most = MANY_DEATHS + ceil(log2(N_MESSAGES)) + ceil(log2(N_EVENTS)) + 2
    assert MANY_DEATHS < len(statuses) <= most + 1
    every = {f"{n}-{i}" for n in range(N_MESSAGES) for i in range(N_EVENTS)}
    assert set(log.read_text().split()) == every - {killer}
    with reading(sql_engine) as connection:
        aside = connection.execute(select(SET_ASIDE.c.why, SET_ASIDE.c.position)).all()
        assert connection.execute(select(IN_HAND)).all() == []
    assert aside == [("poison", int(pack(lane(0, message % 2), message, place)))]
