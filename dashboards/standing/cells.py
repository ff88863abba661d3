"""Cells of standing numbers: how many, of which value, in which township.

Cells of parts of a county add up to those of the whole, because each person, household or card is
counted in one part. Whom a number is a part of is a number of its own.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

TOWNSHIP_UNIT = 1_000  # villages of a township share the first nine of twelve digits
CELL = np.dtype([("township", "i8"), ("value", "i8"), ("n", "i8"), ("amount", "i8")])

CellArray = npt.NDArray[np.void]
Cells = dict[str, CellArray]  # by code of the number
Ints = npt.NDArray[np.int64]


def tally(
    regions: Ints,
    values: npt.NDArray[np.integer] | int = 0,
    *,
    mask: npt.NDArray[np.bool_] | None = None,
    amounts: Ints | None = None,
) -> CellArray:
    """Return one cell for each township and value that occurs.

    Parameters
    ----------
    regions
        12-digit codes of where each is, shape (n,); 0 unknown.
    values
        What tells cells of a township apart.
    mask
        Who is counted; everybody when not given.
    amounts
        What is summed, such as fen; nothing when not given.

    Examples
    --------
    >>> tally(np.array([520526101001, 520526101002, 520526102001]))["n"].tolist()
    [2, 1]
    """
    chosen = slice(None) if mask is None else np.flatnonzero(mask)
    townships = regions[chosen] // TOWNSHIP_UNIT * TOWNSHIP_UNIT
    rows = np.zeros(len(townships), dtype=CELL)
    rows["township"] = townships
    rows["value"] = values if isinstance(values, int) else values[chosen]
    rows["n"] = 1
    rows["amount"] = 0 if amounts is None else amounts[chosen]
    return _joined(rows)


def merged(parts: Iterable[Mapping[str, CellArray]]) -> Cells:
    """Return the cells of a whole, from those of its parts."""
    found: dict[str, list[CellArray]] = {}
    for part in parts:
        for code, cells in part.items():
            found.setdefault(code, []).append(cells)
    return {code: _joined(np.concatenate(found[code])) for code in sorted(found)}


def _joined(rows: CellArray) -> CellArray:
    """Return the rows with those of one township and value as one, in their order."""
    if not len(rows):
        return rows
    order = np.lexsort((rows["value"], rows["township"]))
    rows = rows.take(order)
    first = np.ones(len(rows), dtype=bool)
    first[1:] = (np.diff(rows["township"]) != 0) | (np.diff(rows["value"]) != 0)
    starts = np.flatnonzero(first)
    out = rows.take(starts)
    for name in ("n", "amount"):
        out[name] = np.add.reduceat(rows[name], starts)
    return out
