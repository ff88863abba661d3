"""The state in memory: a cache of the log, by whoever needs one.

Embedded, the one process that appends also folds, and keeps a checkpoint. Distributed, workers
append and fold their share (`yujing.app.share`); every other process follows the log.
"""

from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Protocol

import numpy as np

from streams.log.log import EventLog
from streams.state import checkpoint
from streams.state.state import State
from yujing.app.notices import Notices
from yujing.app.output import Output
from yujing.storage.private import private_directory

_ROWS_WORTH_A_CHECKPOINT = 1_000_000  # folding this many anew at the next start takes seconds
_LOOK_EVERY_S = 1.0  # a page may be this much behind the workers


class Memory(Protocol):
    """The state of everything in the log, as far as this process needs it."""

    @property
    def state(self) -> State:
        """The state as it stands."""
        ...

    @property
    def loaded(self) -> bool:
        """Whether the state was asked for."""
        ...

    def put(self, state: State) -> None:
        """Put a state made from the log in place."""
        ...

    def drop(self) -> None:
        """Forget the state; it is made again when it is next asked for."""
        ...

    def save(self, *, worth: bool = False) -> None:
        """Keep what saves time at the next start; `worth`: only if much came since."""
        ...


class OwnMemory:
    """The state of the process that appends: the last checkpoint and what came after it.

    Parameters
    ----------
    log
        Opens the log.
    directory
        Of the checkpoint.
    base_month
        First month of the window, now.
    output
        Hears of what takes long.
    """

    def __init__(
        self,
        log: Callable[[], EventLog],
        directory: Path,
        base_month: Callable[[], int],
        output: Output,
    ) -> None:
        self._log, self._directory = log, directory
        self._base_month, self._output = base_month, output
        self._state: State | None = None
        self._checkpointed = 0

    @property
    def loaded(self) -> bool:
        """Whether the state was asked for."""
        return self._state is not None

    @property
    def state(self) -> State:
        """The state of the whole log."""
        if self._state is None:
            self._state = self._load()
        return self._state

    def _load(self) -> State:
        log, base_month = self._log(), self._base_month()
        kept = checkpoint.load(self._directory)
        if kept is not None:
            state, position = kept
            if state.base_month == base_month and position <= log.last_position():
                self._checkpointed = position
                if log.last_position() > position:
                    state.take_logged(log.since(position), log)
                return state
        self._output.progress("folding the log", 0, None)
        self._checkpointed = 0
        return State.build(log.history(), base_month)

    def put(self, state: State) -> None:
        """Put a state made from the log in place and keep it."""
        self._state = state
        self._keep()

    def drop(self) -> None:
        """Forget the state after a failure half way."""
        self._state = None

    def save(self, *, worth: bool = False) -> None:
        """Keep a checkpoint if anything, or much, came since the last one."""
        if self._state is None:
            return
        came = self._log().last_position() - self._checkpointed
        if came and (not worth or came >= _ROWS_WORTH_A_CHECKPOINT):
            self._keep()

    def _keep(self) -> None:
        log = self._log()
        self.state.settle(log)
        position = log.last_position()
        checkpoint.save(self.state, private_directory(self._directory), position)
        self._checkpointed = position


class FollowingMemory:
    """The state of a process that only reads: it follows what workers append.

    Parameters
    ----------
    log
        Opens the log.
    notices
        Opens the notes of the workers: of whom rows stand where nobody looks any more.
    n_partitions
        Of every input topic.
    base_month
        First month of the window, now.
    output
        Hears of what takes long.
    """

    def __init__(
        self,
        log: Callable[[], EventLog],
        notices: Callable[[], Notices],
        n_partitions: int,
        base_month: Callable[[], int],
        output: Output,
    ) -> None:
        self._log, self._notices, self._n_partitions = log, notices, n_partitions
        self._base_month, self._output = base_month, output
        self._noticed: dict[int, int] = {}
        self._state: State | None = None
        self._covered: dict[int, int] = {}
        self._n_rows = 0
        self._looked_at = 0.0

    @property
    def loaded(self) -> bool:
        """Whether the state was asked for."""
        return self._state is not None

    @property
    def state(self) -> State:
        """The state of the log as it was at most a second ago."""
        log = self._log()
        if self._state is None or self._state.base_month != self._base_month():
            self._output.progress("folding the log", 0, None)
            self._n_rows, self._covered = log.count(), dict(log.covered())
            self._noticed = dict.fromkeys(range(self._n_partitions), self._notices().newest())
            self._state = State.build(log.history(), self._base_month())
            self._looked_at = monotonic()
        elif monotonic() - self._looked_at >= _LOOK_EVERY_S:
            self._follow(log, self._state)
        return self._state

    def _follow(self, log: EventLog, state: State) -> None:
        n_rows, covered = log.count(), dict(log.covered())
        if n_rows != self._n_rows:
            state.take_logged(log.since_covered(self._covered, list(covered)), log)
            self._n_rows, self._covered = n_rows, covered
        subjects, self._noticed = self._notices().after(self._noticed)
        if subjects:
            state.rebuild(np.array(sorted(subjects), dtype=np.uint64), log)
        self._looked_at = monotonic()

    def put(self, state: State) -> None:
        """Put a state made from the log in place."""
        self._state = state

    def drop(self) -> None:
        """Forget the state; it is made again when it is next asked for."""
        self._state = None

    def save(self, *, worth: bool = False) -> None:
        """Keep nothing: the log is near."""
