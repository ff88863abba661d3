"""Whether a process can do its work now, and what is missing if not: `/ready` and `/health`.

`/ready` asks whether to send work here: a part that is loading, or a store that is away, makes it
503 and a load balancer turns elsewhere. `/health` asks whether to restart: only a part that cannot
mend itself, such as a thread that ended, makes it 503; a store that is away does not.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock

Probe = Callable[[], None]
Alive = Callable[[], bool]


@dataclass(frozen=True)
class Verdict:
    """The answer of a look."""

    good: bool
    parts: dict[str, str]
    """`ok`, or the reason, by part."""

    @property
    def status(self) -> int:
        """HTTP status."""
        return 200 if self.good else 503

    def body(self, good: str) -> dict[str, object]:
        """Return what is answered: the word for good or `not ...`, and the parts."""
        return {"status": good if self.good else f"not {good}", "parts": self.parts}


class Readiness:
    """The parts of a process and how each is.

    Parameters
    ----------
    parts
        Names of parts that must report before the process is ready, such as `state`, `partitions`.

    Notes
    -----
    Any thread may call it. No part is removed: what was ready once and fails says so.
    """

    def __init__(self, parts: Iterable[str] = ()) -> None:
        self._lock = Lock()
        self._reports: dict[str, str] = dict.fromkeys(parts, "not reported yet")
        self._probes: dict[str, Probe] = {}
        self._alive: dict[str, Alive] = {}

    def report(self, part: str, reason: str = "") -> None:
        """Say how a part is.

        Parameters
        ----------
        part
            Name of the part.
        reason
            Why it is not ready, without personal data; empty when it is.
        """
        with self._lock:
            self._reports[part] = reason

    def probe(self, part: str, look: Probe) -> None:
        """Have a part looked at whenever somebody asks.

        Parameters
        ----------
        part
            Name of the part, such as `postgres`.
        look
            Returns when the part answers, raises when it does not; it has its own time limit.
        """
        with self._lock:
            self._probes[part] = look

    def watch(self, part: str, alive: Alive) -> None:
        """Have `/health` fail once a part is dead for good.

        Parameters
        ----------
        part
            Name of the part, such as a thread.
        alive
            Whether it lives; cheap.
        """
        with self._lock:
            self._alive[part] = alive

    def ready(self) -> Verdict:
        """Look at all parts."""
        with self._lock:
            reasons, probes = dict(self._reports), dict(self._probes)
        for part, look in probes.items():
            try:
                look()
                reasons.setdefault(part, "")
            except Exception as error:
                # whatever a store throws means the same here: no work can be done
                reasons[part] = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        return Verdict(not any(reasons.values()), _words(reasons))

    def healthy(self) -> Verdict:
        """Look at what only a restart mends."""
        with self._lock:
            alive = dict(self._alive)
        reasons = {part: "" if lives() else "ended" for part, lives in alive.items()}
        return Verdict(not any(reasons.values()), _words(reasons))


def _words(reasons: dict[str, str]) -> dict[str, str]:
    return {part: reason or "ok" for part, reason in sorted(reasons.items())}
