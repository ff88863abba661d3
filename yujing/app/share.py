"""A worker's share of the state: the households of its partitions, folded up to known offsets.

The share is the fold of every row of the log at or below `covered`, lane by lane. Losing a
partition drops nothing: memory stays a fold of a prefix of its lanes, and when it comes back only
the rows and the notes (`yujing.app.notices`) beyond are read. What is not owned is left out by
whoever looks (`owns`).
"""

from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from time import monotonic

import numpy as np
import numpy.typing as npt

from streams.kafka.bucket import bucket_of
from streams.kafka.topics import INPUT_TOPICS
from streams.log.log import EventLog
from streams.log.position import Covered, highest, joined, lane_of, lanes_of
from streams.state import checkpoint
from streams.state.effective import winners
from streams.state.state import State
from yujing.app.notices import Notices
from yujing.app.output import Output
from yujing.storage.private import private_directory

_ROWS_WORTH_A_CHECKPOINT = 500_000  # folding this many anew takes about a second

Keys = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]


class Share:
    """The state of some partitions; one thread at a time.

    Parameters
    ----------
    log
        Opens the log.
    notices
        Notes from other owners.
    directory
        Of the checkpoint.
    base_month
        First month of the window, now.
    n_partitions
        Of every input topic.
    output
        Hears of what takes long.
    """

    def __init__(
        self,
        log: Callable[[], EventLog],
        notices: Notices,
        directory: Path,
        base_month: Callable[[], int],
        n_partitions: int,
        output: Output,
    ) -> None:
        self._log, self._notices, self._directory = log, notices, directory
        self._base_month, self._output = base_month, output
        self.n_partitions = n_partitions
        self.owned: frozenset[int] = frozenset()
        self._loaded: frozenset[int] = frozenset()
        self._covered: Covered = {}
        self._noticed: dict[int, int] = {}
        self._state: State | None = None
        self._rebuilt: dict[int, int] = {}
        self._since_checkpoint = 0
        self._saved_at: float | None = None
        self.last_known_at = 0

    @property
    def loaded(self) -> bool:
        """Whether every owned partition is in memory."""
        return self._state is not None and self.owned <= self._loaded

    @property
    def checkpoint_age_s(self) -> float | None:
        """Seconds since this process kept a checkpoint, None before the first."""
        return None if self._saved_at is None else monotonic() - self._saved_at

    @property
    def covered(self) -> Covered:
        """The highest position of each lane that is in the state."""
        return dict(self._covered)

    @property
    def state(self) -> State:
        """The state; it holds every owned partition, and may hold others, not up to date."""
        if self._state is None or self._state.base_month != self._base_month():
            self._begin()
        if not self.loaded:
            self._load(self.owned - self._loaded)
        assert self._state is not None  # noqa: S101  set by `_begin`
        return self._state

    def own(self, partitions: Collection[int]) -> None:
        """Say which partitions are owned from now on; new ones are read when they are needed."""
        mine = frozenset(partitions)
        self._loaded &= mine  # others go on without us: read again what came when they are back
        self.owned = mine

    def owns(self, households: Keys) -> Bools:
        """Return which households are at home in an owned partition."""
        table = np.zeros(self.n_partitions, dtype=bool)
        table[list(self.owned)] = True
        mine: Bools = table[bucket_of(households, self.n_partitions)] & (households != 0)
        return mine

    def taken(self, positions: Keys, known_at: int) -> None:
        """Note that rows at these positions are in the log and in the state.

        Parameters
        ----------
        positions
            Packed, any order.
        known_at
            The latest moment at which one of them was known.
        """
        self._covered = joined(self._covered, highest(positions))
        self._since_checkpoint += len(positions)
        self.last_known_at = max(self.last_known_at, known_at)

    def follow_notices(self, fresh_since: int = 0) -> tuple[Keys, Keys]:
        """Rebuild from the log whom other owners have told about.

        Parameters
        ----------
        fresh_since
            News known at this second or later is fresh.

        Returns
        -------
        Everybody rebuilt since the last call, rising; who is at home elsewhere has to be told of
        there. And those of them about whom there was fresh news.
        """
        self._follow(self.state, self.owned)
        rebuilt, self._rebuilt = self._rebuilt, {}
        fresh = [key for key, at in rebuilt.items() if at >= fresh_since]
        return _keys(rebuilt), _keys(fresh)

    def _follow(self, state: State, partitions: frozenset[int]) -> None:
        known = {p: self._noticed.get(p, 0) for p in partitions}
        while known:
            subjects, known = self._notices.after(known)
            if subjects:
                state.rebuild(_keys(subjects), self._log())
                self._note_rebuilt(subjects)
            self._noticed |= known
            if not subjects:
                return

    def _note_rebuilt(self, subjects: dict[int, int]) -> None:
        for key, at in subjects.items():
            self._rebuilt[key] = max(at, self._rebuilt.get(key, 0))

    def reconcile(self) -> int:
        """Compare the owned subjects with the log and read again what differs; return how many.

        Notes bring everything that other owners append, but for a race now and then: a fact of
        somebody whose home is being decided by facts in several partitions at once.
        """
        state, log = self.state, self._log()
        state.relink(log.links(), log)  # sums do not count links
        sums = log.sums(lanes=_lanes(self.owned))
        differing = state.compare(sums)
        named = np.isin(differing, state.links.canonical(np.ascontiguousarray(sums["subject"])))
        differing = differing[named | self._at_home(state, differing)]
        if len(differing):
            state.rebuild(differing, log)
            self._note_rebuilt(dict.fromkeys(differing.tolist(), 0))
        return len(differing)

    def _at_home(self, state: State, subjects: Keys) -> Bools:
        """Return which subjects are at home in an owned partition as far as memory knows."""
        homes = np.zeros(len(subjects), dtype=np.uint64)
        rows = state.household_rows(subjects)
        homes[rows >= 0] = subjects[rows >= 0]
        rows = state.person_rows(subjects)
        homes[rows >= 0] = state.members["household"][rows[rows >= 0]]
        return self.owns(homes)

    def _begin(self) -> None:
        """Start from the checkpoint if it fits, else from nothing."""
        kept = checkpoint.load(self._directory)
        self._loaded, self._covered = frozenset(), {}
        if kept is not None and kept[0].base_month == self._base_month():
            self._state = kept[0]
            covers = checkpoint.covers(self._directory)
            self._covered, self._noticed = covers.lanes, covers.notices
            self.last_known_at = covers.last_known_at
        else:
            self._state, self.last_known_at, self._noticed = State(self._base_month()), 0, {}
        self._since_checkpoint = 0

    def _load(self, partitions: frozenset[int]) -> None:
        """Read what the log has of partitions beyond what is covered."""
        assert self._state is not None  # noqa: S101  the caller began
        log = self._log()
        known = partitions & self._noticed.keys()
        self._output.progress("reading the log", 0, None)
        if known:
            rows = log.since_covered(self._covered, _lanes(known))
            self._enter(rows, log)
        new = partitions - known
        if new:
            covered = log.covered()
            lanes = _lanes(new)
            self._enter(log.of_lanes(lanes), log)
            read = {lane: position for lane, position in covered.items() if lane in lanes}
            self._covered = joined(self._covered, read)
        self._follow(self._state, partitions)
        self._loaded |= partitions

    def _enter(self, rows: npt.NDArray[np.void], log: EventLog) -> None:
        if not len(rows):
            return
        assert self._state is not None  # noqa: S101  the caller began
        self._state.take_logged(rows.take(winners(rows)), log)
        mine = np.isin(lane_of(rows["position"]), _lanes(self.owned))
        self._covered = joined(self._covered, highest(rows["position"][mine]))
        self._since_checkpoint += len(rows)
        self.last_known_at = max(self.last_known_at, int(rows["known_at"].max()))

    def put(self, state: State) -> None:
        """Refuse: a share is made from the log by itself."""
        raise ValueError("a worker's share cannot be replaced")

    def drop(self) -> None:
        """Forget the state after a failure half way; it is made again when it is next asked for."""
        self._state, self._loaded = None, frozenset()
        self._covered, self._noticed = {}, {}

    def save(self, *, worth: bool = False) -> None:
        """Keep a checkpoint if anything, or much, came since the last one."""
        if self._state is None or not self._since_checkpoint:
            return
        if worth and self._since_checkpoint < _ROWS_WORTH_A_CHECKPOINT:
            return
        self._state.settle(self._log())
        checkpoint.save(
            self._state, private_directory(self._directory), max(self._covered.values(), default=0),
            checkpoint.Covers(self._covered, self._noticed, self.last_known_at),
        )  # fmt: skip
        self._since_checkpoint, self._saved_at = 0, monotonic()


def _lanes(partitions: Collection[int]) -> list[int]:
    """Return the lanes of these partitions in every input topic."""
    return lanes_of(partitions, len(INPUT_TOPICS))


def _keys(keys: Iterable[int]) -> Keys:
    """Return keys as an array, rising."""
    return np.array(sorted(keys), dtype=np.uint64)
