"""When a source sends so much that cannot be read that it is better paused.

Every source has a window of its last events, read or refused. The decision is a function of the
sequence of its events alone: it does not matter how they were cut into messages and batches.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

WINDOW = 1_000  # judgement: a mistake of one file shows, and last year's does not
LEAST = 200  # of fewer events a share says little
MOST_REFUSED_PERCENT = 20  # the design's line; what people type wrong stays far below it
EVENT_BYTES = 400  # a stamped event has some: an envelope that cannot be opened counts by its size
MOST_WEIGHT = 500  # events in an envelope of ours

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class TooMuch:
    """The share that made a source be paused.

    Parameters
    ----------
    n_read
        Events in the window.
    n_refused
        How many of them could not be read.
    """

    n_read: int
    n_refused: int

    @property
    def share(self) -> float:
        """Refused events per event."""
        return self.n_refused / self.n_read


class Windows:
    """The last events of every source, as one worker saw them."""

    def __init__(self) -> None:
        self._last: dict[str, Bools] = {}

    def see(self, source: str, refused: Bools) -> TooMuch | None:
        """Return the first share that is too large, None when there is none.

        Parameters
        ----------
        source
            Who sent the events.
        refused
            For each event, in order, whether it could not be read.
        """
        before = self._last.get(source, np.empty(0, dtype=bool))
        events = np.concatenate([before, refused])
        self._last[source] = events[-WINDOW:]
        ends = np.arange(len(before) + 1, len(events) + 1)
        n_read = np.minimum(ends, WINDOW)
        upto = np.concatenate([[0], np.cumsum(events)])
        n_refused = upto[ends] - upto[ends - n_read]
        too_much = (n_read >= LEAST) & (100 * n_refused > MOST_REFUSED_PERCENT * n_read)
        if not too_much.any():
            return None
        first = int(np.argmax(too_much))
        return TooMuch(int(n_read[first]), int(n_refused[first]))

    def forget(self, source: str) -> None:
        """Begin anew: the source is paused, or goes on after a pause."""
        self._last.pop(source, None)


def weight(raw: bytes, *, whole: bool) -> int:
    """Return for how many events something unreadable counts.

    Parameters
    ----------
    raw
        Its bytes.
    whole
        Whether it is a message that could not be taken apart.

    Examples
    --------
    >>> weight(b"[" + b"x" * 4000, whole=True), weight(b"x" * 4000, whole=False)
    (10, 1)
    """
    if not whole or not raw.startswith(b"["):
        return 1
    return min(max(1, len(raw) // EVENT_BYTES), MOST_WEIGHT)
