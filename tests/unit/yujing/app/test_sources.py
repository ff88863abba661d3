"""What an operator sees and does about paused sources."""

from typing import Any

import pytest
from sqlalchemy import Engine

from streams.kafka.pausing import LEAST
from tests.support.bad_input import FewStores, SmallWorker, a_line, arrived
from yujing.app.output import Collected
from yujing.app.paused import PausedSources
from yujing.app.set_aside import POISON, SetAside
from yujing.app.sources import discard, resume, stopped_sources
from yujing.errors import UsageError

SOURCE = "social_insurance"


@pytest.fixture
def stores(sql_engine: Engine) -> FewStores:
    stores = FewStores(sql_engine)
    worker = SmallWorker(stores, {})
    worker.bad.own({3: 0})
    worker.take([arrived(n, b"x%d" % n) for n in range(LEAST)])
    worker.take([arrived(1000 + n, a_line(str(n))) for n in range(3)])
    killer = arrived(2000, a_line("killer"))
    SetAside(stores.engine, stores.keys).keep([(killer, SOURCE)], POISON, at=1)
    return stores


def asked(answer: Any, stores: FewStores, **arguments: object) -> list[dict[str, object]]:
    output = Collected()
    assert answer(stores, arguments, output) == 0
    return [dict(result) for result in output.results]


def test_the_list_says_who_is_paused_why_and_what_waits(stores: FewStores) -> None:
    (row,) = stopped_sources(stores.engine, stores.keys).values()

    assert row == {
        "source": SOURCE, "paused": True, "since": "1970-01-01T00:16:40+00:00", "n_read": LEAST,
        "n_refused": LEAST, "why": "not JSON", "waiting": 3, "poison": 1,
    }  # fmt: skip


def test_a_resumed_source_is_listed_until_all_is_taken(stores: FewStores) -> None:
    (done,) = asked(resume, stores, source=SOURCE, poison=False)
    assert done["waiting"] == 3
    (row,) = stopped_sources(stores.engine, stores.keys).values()
    assert (row["paused"], row["waiting"], row["poison"]) == (False, 3, 1)
    with pytest.raises(UsageError, match="is not paused"):
        asked(resume, stores, source=SOURCE, poison=False)

    assert asked(resume, stores, source=SOURCE, poison=True)[0]["waiting"] == 4
    taken: dict[int, str] = {}
    worker = SmallWorker(stores, taken)
    worker.bad.own({3: 0})
    assert worker.take_back() == 4
    assert list(taken.values()) == ["0", "1", "2", "killer"]
    assert stopped_sources(stores.engine, stores.keys) == {}


def test_discard_erases_what_waits_and_lets_the_source_go_on(stores: FewStores) -> None:
    (done,) = asked(discard, stores, source=SOURCE)

    assert done["discarded"] == 3
    assert PausedSources(stores.engine).list() == []
    (row,) = stopped_sources(stores.engine, stores.keys).values()
    assert (row["waiting"], row["poison"]) == (0, 1)
    with pytest.raises(UsageError, match="is not paused"):
        asked(discard, stores, source=SOURCE)
    with pytest.raises(UsageError, match="there is no source"):
        asked(discard, stores, source="no_such")
