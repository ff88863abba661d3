"""The proof of the stream: the same messages, disturbed and undisturbed, give the same digest."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from streams.kafka.messages import Message
from streams.kafka.offsets import Offsets
from streams.simulator.simulate import simulate
from tests.support.recorded import Recorder, with_noise
from tests.support.simulated_county import silent
from tests.support.stream import Servers
from yujing.app.county import County
from yujing.app.digest import digest
from yujing.errors import StorageError

_DONE_WITHIN_S = 600.0


@dataclass(frozen=True)
class Recording:
    """Messages in the order in which a door sent them."""

    messages: list[Message]
    n_events: int


def record(
    directory: Path, partitions: int, *, households: int, months: int, seed: int, end: "date",
    most_events: int = 40,
) -> Recording:  # fmt: skip
    """Return a simulated county with duplicates and corrections as messages."""
    simulate(households, months, "base", seed, end, directory / "simulated", silent)
    files = sorted((directory / "simulated" / "events").rglob("*.ndjson"))
    lines = [line for file in files for line in file.read_bytes().splitlines() if line]
    recorder = Recorder(directory / "vault.key", partitions)
    known_at = int(time.time())
    facts, ids = recorder.read(lines, known_at)
    facts, ids = with_noise(facts, ids, seed=seed)
    messages: list[Message] = []
    for start in range(0, len(facts), 2_000):
        some = slice(start, start + 2_000)
        messages += recorder.messages(facts[some], ids[some], most_events=most_events)
    return Recording(messages, len(facts))


class Proof:
    """One run over recorded messages.

    Parameters
    ----------
    servers
        With databases of its own.
    names
        Of the workers.
    """

    def __init__(self, servers: Servers, names: Sequence[str]) -> None:
        self.servers = servers
        self.workers = [servers.worker(name) for name in names]
        self.restarts = 0

    def supervise(self) -> None:
        """Start again what ended of itself."""
        for worker in self.workers:
            self.restarts += worker.revive()

    def until_all_is_taken(
        self, disturb: Callable[["Proof", float], None] = lambda _proof, _left: None
    ) -> None:
        """Supervise, and disturb, until the group has taken every message and dealt every day.

        Raises
        ------
        AssertionError
            If that takes too long.
        """
        began = time.monotonic()
        while True:
            self.supervise()
            left = self.left()
            if left == 0:
                return
            assert time.monotonic() - began < _DONE_WITHIN_S, self.complaint(left)
            disturb(self, left)
            time.sleep(0.3)

    def left(self) -> int:
        """Return how many messages the group has not acknowledged; -1 while nobody can say."""
        offsets = Offsets(self.servers.settings())
        with suppress(StorageError):
            ends = offsets.ends()
            done = offsets.committed(range(self.servers.partitions))
            offsets.close()
            return sum(end - done[at] for at, end in ends.items())
        return -1

    def complaint(self, left: int) -> str:
        """Return what the workers said last."""
        said = "\n".join(f"--- {w.name} runs={w.runs}\n{w.log()[-3000:]}" for w in self.workers)
        return f"{left} messages left after {_DONE_WITHIN_S} s\n{said}"

    def stop(self) -> list[float]:
        """Stop all workers; return how long each took."""
        return [worker.stop() for worker in self.workers]

    def digest(self) -> dict[str, str | None]:
        """Return the digest of what is stored."""
        with County.open(self.servers.settings("digest")) as county:
            return digest(county)
