"""The sums by which memory and log are compared: facts counted and hashed by subject."""

from typing import Any

import numpy as np
import numpy.typing as npt

WINNER = "ORDER BY fact, version DESC, known_at, content, position LIMIT 1 BY fact"
SUM = np.dtype([("subject", "u8"), ("subject_kind", "u1"), ("n", "u4"), ("xor", "u8")])


def _mixed(value: str, name: str) -> str:
    """Return columns that end in `name`: streams.content.mix of `value`, modulo 2**64 as there."""
    return (
        f"bitXor({value}, bitShiftRight({value}, 33)) * 0xFF51AFD7ED558CCD AS {name}_1, "
        f"bitXor({name}_1, bitShiftRight({name}_1, 33)) * 0xC4CEB9FE1A85EC53 AS {name}_2, "
        f"bitXor({name}_2, bitShiftRight({name}_2, 33)) AS {name}"
    )


# Columns that end in `hash`: streams.content.fact_version_hash; a test holds the two together.
VERSION_HASH = ", ".join(
    (
        _mixed("fact", "mixed_fact"),
        "bitXor(mixed_fact, toUInt64(version)) AS with_version",
        _mixed("with_version", "mixed_version"),
        "bitXor(mixed_version, content) AS with_content",
        _mixed("with_content", "hash"),
    )
)


def sums_between(first: int, last: int, condition: str = "1") -> str:
    """Return the question for the sums by subject of the effective facts with keys in a range.

    Only versions that the condition holds for are looked at.

    The rule is that of the view `facts`, which cannot hand the range down to the table.
    """
    return f"""
SELECT subject, any(subject_kind) AS subject_kind, toUInt32(count()) AS n, groupBitXor(hash) AS xor
FROM (
    SELECT subject, subject_kind, {VERSION_HASH}
    FROM (
        SELECT subject, subject_kind, fact, version, content, retracted FROM events
        WHERE fact BETWEEN {first} AND {last} AND {condition}
        {WINNER}
    )
    WHERE retracted = 0
)
GROUP BY subject
"""


def joined(parts: list[npt.NDArray[np.void]]) -> npt.NDArray[np.void]:
    """Return sums of parts of the facts as one row a subject, ordered by subject."""
    rows = np.concatenate(parts)
    rows = rows.take(np.argsort(rows["subject"], kind="stable"))
    starts = np.flatnonzero(np.diff(rows["subject"], prepend=~rows["subject"][:1]))
    sums = rows.take(starts)
    if len(sums):
        sums["n"] = np.add.reduceat(rows["n"], starts)
        sums["xor"] = np.bitwise_xor.reduceat(rows["xor"], starts)
    return sums


def sums_from_arrow(table: Any) -> npt.NDArray[np.void]:
    """Return the answer to `sums_between` as a structured array of `SUM`."""
    sums = np.empty(table.num_rows, dtype=SUM)
    for name in SUM.names or ():
        sums[name] = table.column(name).to_numpy()
    return sums
