"""A process that appends events and counts them until it is killed.

Run as ``python refreshing_child.py DIRECTORY SEED``; it says each refresh.
"""

import sys
from pathlib import Path

import numpy as np

from dashboards.rollup.rollup import RollUp
from streams.log.log import EventLog
from tests.integration.test_rollup import N_CONTENTS, versions
from tests.support.histories import record_ids
from yujing.storage.clickhouse import connect


def main(directory: Path, seed: int) -> None:
    """Append, refresh, now and then make anew."""
    rng = np.random.default_rng(seed)
    client = connect(directory / "log", directory / "tmp", memory_bytes=2**30)
    log, roll_up = EventLog(client), RollUp(client)
    for round_ in range(10_000):
        said = rng.integers([1, 1, 0, 0], [2_000, 4, N_CONTENTS, 4], (200, 4)).tolist()
        rows = versions(1, said)
        log.append(rows, record_ids(rows))
        roll_up.rebuild() if round_ % 7 == 6 else roll_up.refresh()
        print("refreshed", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
