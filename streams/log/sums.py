"""The sums by which memory and log are compared: facts counted and hashed by subject."""

from typing import Any

import numpy as np
import numpy.typing as npt

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

SUMS = f"""
SELECT subject, any(subject_kind) AS subject_kind, toUInt32(count()) AS n, groupBitXor(hash) AS xor
FROM (SELECT subject, subject_kind, {VERSION_HASH} FROM facts)
GROUP BY subject ORDER BY subject
"""


def sums_from_arrow(table: Any) -> npt.NDArray[np.void]:
    """Return the answer of `SUMS` as a structured array of `SUM`."""
    sums = np.empty(table.num_rows, dtype=SUM)
    for name in SUM.names or ():
        sums[name] = table.column(name).to_numpy()
    return sums
