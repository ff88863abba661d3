"""A supervisor of worker processes that end at once when they take a certain event.

Run by `test_poison` as ``python -m tests.integration.poison_child DATABASE LOG KILLER``: it starts
worker after worker until one lives and says how each ended. Workers are forked, for importing what
they need takes seconds.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.support.bad_input import READER, FewStores, SmallWorker, a_line, arrived, envelope
from yujing.app.ownership import Ownership
from yujing.app.stream_batch import Arrived, Taken
from yujing.storage.sql import open_postgres, open_sqlite
from yujing.telemetry.logs import configure_logging

N_MESSAGES, N_EVENTS = 20, 25
DIED = 9
MOST_LIVES = 50


def messages() -> list[Arrived]:
    """Return what Kafka gives every worker: nothing was acknowledged before it died."""
    return [
        arrived(n, envelope(*(a_line(f"{n}-{i}") for i in range(N_EVENTS))), partition=n % 2)
        for n in range(N_MESSAGES)
    ]


class MortalWorker(SmallWorker):
    """Writes what it took to a file, as a log would."""

    def __init__(self, stores: FewStores, log: Path, killer: bytes) -> None:
        def sees(part: Sequence[Arrived]) -> None:
            if any(killer in (message.value or b"") for message in part):
                os._exit(DIED)

        super().__init__(stores, {}, sees)
        self._log = log

    def store(self, part: Sequence[Arrived]) -> Taken:
        """Append what was taken."""
        self.taken.clear()
        taken = super().store(part)
        with self._log.open("a") as file:
            file.writelines(f"{name}\n" for name in self.taken.values())
        return taken


def live(address: str, log: Path, killer: str) -> None:
    """Be one worker over two partitions."""
    postgres = address.startswith("postgresql")
    engine = open_postgres(address) if postgres else open_sqlite(Path(address))
    worker = MortalWorker(FewStores(engine), log, f'"{killer}"'.encode())
    ownership = Ownership(engine, str(os.getpid()))
    worker.bad.own(ownership.take({0: "[0]", 1: "[0]"}, at=1))
    worker.take(messages())
    ownership.leave({0, 1})


def main(address: str, log: Path, killer: str) -> None:
    """Start workers until one lives."""
    configure_logging("warning", "json")  # to standard error
    READER.read([a_line("compiles what every worker needs")])
    for _ in range(MOST_LIVES):
        pid = os.fork()
        if not pid:
            status = 1
            try:
                live(address, log, killer)
                status = 0
            finally:
                os._exit(status)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        print(status, flush=True)
        if status != DIED:
            return


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
