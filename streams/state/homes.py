"""Who lives where: the member rows of each household, kept while rows change.

Lists through arrays: each household names its first member row, each member row the next one.
"""

import numba
import numpy as np
import numpy.typing as npt

from streams.state.key_index import KeyIndex

Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]
Links = npt.NDArray[np.int32]

_NOBODY = -1


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _move(rows: Rows, to: Rows, place: Links, first: Links, after: Links, before: Links) -> None:
    for i in range(rows.shape[0]):
        row, home = rows[i], to[i]
        if place[row] == home:
            continue
        if place[row] >= 0:
            if before[row] >= 0:
                after[before[row]] = after[row]
            else:
                first[place[row]] = after[row]
            if after[row] >= 0:
                before[after[row]] = before[row]
        place[row] = home
        before[row] = after[row] = -1
        if home >= 0:
            after[row] = first[home]
            if first[home] >= 0:
                before[first[home]] = row
            first[home] = row


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _listed(homes: Rows, first: Links, after: Links) -> Rows:
    n = 0
    for i in range(homes.shape[0]):
        row = first[homes[i]]
        while row >= 0:
            n, row = n + 1, after[row]
    rows = np.empty(n, dtype=np.int64)
    n = 0
    for i in range(homes.shape[0]):
        row = first[homes[i]]
        while row >= 0:
            rows[n] = row
            n, row = n + 1, after[row]
    return rows


class Homes:
    """The household of each member row, and the member rows of each household."""

    def __init__(self) -> None:
        self._index = KeyIndex()
        self._first, self._place = _nobody(1024), _nobody(1024)
        self._after, self._before = _nobody(1024), _nobody(1024)

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        lists = (self._first, self._place, self._after, self._before)
        return self._index.nbytes + sum(one.nbytes for one in lists)

    def move(self, rows: Rows, households: Keys) -> None:
        """Say in which household each of these member rows is now, 0 in none."""
        housed = households != 0
        to = np.full(len(rows), _NOBODY, dtype=np.int64)
        to[housed] = self._index.add(households[housed])
        self._first = _grown(self._first, len(self._index))
        n_rows = int(rows.max(initial=-1)) + 1
        self._place, self._after, self._before = (
            _grown(one, n_rows) for one in (self._place, self._after, self._before)
        )
        _move(rows, to, self._place, self._first, self._after, self._before)

    def members_of(self, households: Keys) -> Rows:
        """Return the member rows of these households, each household named once, rising."""
        homes = self._index.lookup(households)
        rows: Rows = np.sort(_listed(homes[homes >= 0], self._first, self._after))
        return rows


def _nobody(n: int) -> Links:
    return np.full(n, _NOBODY, dtype=np.int32)


def _grown(links: Links, n: int) -> Links:
    if n <= len(links):
        return links
    return np.concatenate([links, _nobody(max(n, len(links) * 3 // 2) - len(links))])
