"""Stores on servers: several processes that start at once make the log's tables once."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from pydantic import SecretStr

from streams.log.log import EventLog
from streams.log.position import pack
from tests.support.clickhouse_front import ClickHouseFront
from tests.support.histories import record_ids, some_facts
from yujing.app.stores import ServerStores
from yujing.settings import Settings

pytestmark = pytest.mark.integration
N_PROCESSES, N_ROWS = 6, 20


def test_who_starts_beside_others_loses_none_of_their_rows(
    postgres_url: str,
    clickhouse_front: ClickHouseFront,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", tempfile.tempdir)  # put back what stores change
    clickhouse_front.heal()
    settings = Settings(
        data=tmp_path,
        kafka="127.0.0.1:9",
        postgres=SecretStr(postgres_url),
        clickhouse=SecretStr(clickhouse_front.url(f"d{uuid4().hex}")),
    )

    def start_and_append(number: int) -> None:
        with ExitStack() as closing:
            stores = ServerStores(settings, closing)
            client = stores.clickhouse()
            with stores.turn("tables of the log"):
                log = EventLog(client)
            facts = some_facts(N_ROWS, first=1 + number * N_ROWS)
            facts["position"] = pack(1 + number, 0, np.arange(N_ROWS))
            log.append(facts, record_ids(facts))

    with ThreadPoolExecutor(N_PROCESSES) as threads:
        list(threads.map(start_and_append, range(N_PROCESSES)))

    with ExitStack() as closing:
        log = EventLog(ServerStores(settings, closing).clickhouse())
        assert log.count() == N_PROCESSES * N_ROWS
        assert len(log.facts()) == N_PROCESSES * N_ROWS
