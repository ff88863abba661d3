"""Which versions count: per fact the highest; of two contents the one known first."""

import numba
import numpy as np
import numpy.typing as npt

from streams.content import mix
from streams.fact import FactArray

Rows = npt.NDArray[np.int64]


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _winners(
    facts: npt.NDArray[np.uint64],
    versions: npt.NDArray[np.uint32],
    contents: npt.NDArray[np.uint64],
    known: npt.NDArray[np.uint32],
    known_before: int,
) -> Rows:
    size = 16
    while size < 2 * facts.shape[0]:
        size *= 2
    mask = np.uint64(size - 1)
    slots = np.full(size, -1, dtype=np.int64)
    for row in range(facts.shape[0]):
        if np.int64(known[row]) >= known_before:
            continue
        slot = mix(facts[row]) & mask
        while slots[slot] >= 0 and facts[slots[slot]] != facts[row]:
            slot = (slot + np.uint64(1)) & mask
        best = slots[slot]
        if (
            best < 0
            or versions[row] > versions[best]
            or (
                versions[row] == versions[best]
                and (
                    known[row] < known[best]
                    or (known[row] == known[best] and contents[row] < contents[best])
                )
            )
        ):
            slots[slot] = row
    return np.sort(slots[slots >= 0])


def winners(history: FactArray, known_before: int | None = None) -> Rows:
    """Return the row of the winning version of each fact, retracted ones included.

    Parameters
    ----------
    history
        Versions in any order, copies allowed, shape (n,).
    known_before
        Seconds since 1970; only versions known strictly before. None for all.

    Returns
    -------
    Rising row numbers. Of copies of one version any one may be named.
    """
    limit = 2**33 if known_before is None else known_before
    rows: Rows = _winners(
        np.ascontiguousarray(history["fact"]),
        np.ascontiguousarray(history["version"]),
        np.ascontiguousarray(history["content"]),
        np.ascontiguousarray(history["known_at"]),
        limit,
    )
    return rows


def effective(history: FactArray, known_before: int | None = None) -> Rows:
    """Return the rows of the effective facts: the winners that are not retracted.

    Parameters
    ----------
    history, known_before
        As in `winners`.
    """
    rows = winners(history, known_before)
    standing: Rows = rows[history["retracted"][rows] == 0]
    return standing
