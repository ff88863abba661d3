"""The broker as a child process: it keeps its data, and nobody keeps it alive."""

import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from kafka.admin import KafkaAdminClient

from tests.support.broker import CACHE, new_broker, running_broker
from yujing.app.local_kafka.broker import LocalBroker
from yujing.errors import DependencyError

pytestmark = pytest.mark.integration


def topics(broker: LocalBroker) -> list[str]:
    with closing(KafkaAdminClient(bootstrap_servers=broker.address)) as admin:
        return list(admin.list_topics())


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[-1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.soak
def test_a_killed_broker_starts_again_at_the_same_address_with_the_same_data(
    tmp_path: Path,
) -> None:
    with running_broker(tmp_path) as broker:
        with closing(KafkaAdminClient(bootstrap_servers=broker.address)) as admin:
            admin.create_topics({"kept": {"num_partitions": 1, "replication_factor": 1}})
        first, address = broker.pid, broker.address
        broker.kill()
        assert broker.pid is None
        broker.start()
        assert (broker.address, "kept" in topics(broker)) == (address, True)
        assert broker.pid not in (None, first)
        last = broker.pid
        broker.freeze()
    assert last is not None
    assert not is_running(last)


@pytest.mark.soak
def test_a_broker_that_cannot_start_says_so_and_leaves_nothing_running(tmp_path: Path) -> None:
    with running_broker(tmp_path) as broker:
        other = new_broker(tmp_path / "other")
        other.port = broker.port
        with pytest.raises(DependencyError, match="ended at its start"):
            other.start()
        assert other.pid is None


def test_a_broker_does_not_outlive_a_process_that_is_killed(tmp_path: Path) -> None:
    new_broker(tmp_path)  # skips where a part is missing
    program = (
        "import sys, time; from pathlib import Path\n"
        "from yujing.app.local_kafka.broker import LocalBroker\n"
        "from yujing.app.local_kafka.jars import java, kafka_jars\n"
        f"b = LocalBroker(Path({str(tmp_path)!r}), jars=kafka_jars(Path({str(CACHE)!r})),"
        " java=java())\n"
        "b.start(); print(b.pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        pid = int(child.stdout.readline())
        child.kill()
    for _ in range(100):
        if not is_running(pid):
            break
        time.sleep(0.1)
    assert not is_running(pid)
