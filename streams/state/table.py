"""A growing table of rows with a key index."""

import numpy as np
import numpy.typing as npt

from streams.state.key_index import KeyIndex

Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]


class Table:
    """Rows of one layout; a key's row number never changes.

    Parameters
    ----------
    layout
        A dtype with a field `key`.
    """

    def __init__(self, layout: np.dtype[np.void]) -> None:
        self._index = KeyIndex()
        self._rows = np.zeros(1024, dtype=layout)

    def __len__(self) -> int:
        return len(self._index)

    @property
    def rows(self) -> npt.NDArray[np.void]:
        """The rows in use, a view."""
        return self._rows[: len(self._index)]

    @property
    def nbytes(self) -> int:
        """Bytes of the rows in use and of the key index; room to grow is not touched yet."""
        return self.rows.nbytes + self._index.nbytes

    def lookup(self, keys: Keys) -> Rows:
        """Return the row number of each key, -1 where unknown."""
        return self._index.lookup(keys)

    def add(self, keys: Keys) -> Rows:
        """Return the row number of each key; new keys get new, empty rows."""
        before = len(self._index)
        numbers = self._index.add(keys)
        n = len(self._index)
        if n > len(self._rows):
            grown = np.zeros(max(n, len(self._rows) * 3 // 2), dtype=self._rows.dtype)
            grown.view("V")[:before] = self._rows.view("V")[:before]  # not field by field
            self._rows = grown
        if n > before:
            new = numbers >= before
            self._rows["key"][numbers[new]] = keys[new]
        return numbers

    def clear(self, keys: Keys) -> None:
        """Empty the rows of these keys, unknown keys passed over."""
        numbers = self._index.lookup(np.unique(keys))
        numbers = numbers[numbers >= 0]
        held = self._rows["key"][numbers].copy()
        self._rows[numbers] = np.zeros(1, dtype=self._rows.dtype)
        self._rows["key"][numbers] = held

    def fill(self, rows: npt.NDArray[np.void]) -> None:
        """Take over rows of a table of the same layout, row numbers kept."""
        self._index = KeyIndex.of(rows["key"])
        self._rows = rows.view("V").copy().view(self._rows.dtype)  # whole, not field by field
