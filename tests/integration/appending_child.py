"""A process that appends batches until it is killed; it says each batch that was acknowledged.

Run as ``python appending_child.py DIRECTORY FIRST_BATCH [MOST_BYTES_OF_A_FILE]``. After an append
that failed it says how many rows the log has and why it was refused, waits for a line, tries the
batch again and ends.
"""

import resource
import signal
import sys
from pathlib import Path

from streams.log.log import EventLog
from tests.support.histories import record_ids, some_facts
from yujing.errors import StorageError
from yujing.storage.clickhouse import connect

ROWS_OF_A_BATCH = 2_000


def main(directory: Path, first_batch: int, most_bytes: int | None) -> None:
    """Append batch after batch."""
    client = connect(directory / "log", directory / "tmp", memory_bytes=2**30)
    log = EventLog(client)
    print("ready", flush=True)
    if most_bytes is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # the write then fails with EFBIG
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))
    for batch in range(first_batch, first_batch + 10_000):
        facts = some_facts(ROWS_OF_A_BATCH, seed=batch, first=1 + batch * ROWS_OF_A_BATCH)
        try:
            log.append(facts, record_ids(facts))
        except StorageError as error:
            resource.setrlimit(
                resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
            )
            print("refused", log.count(), log.last_position(), error, flush=True)
            sys.stdin.readline()
            print("retried", log.append(facts, record_ids(facts)), log.count(), flush=True)
            client.close()
            return
        print("acknowledged", batch, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else None)
