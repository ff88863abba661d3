"""The sums by which memory and log are compared: facts counted and hashed per subject, in one query."""

from typing import Any

import numpy as np
import numpy.typing as npt

SUM = np.dtype([("subject", "u8"), ("subject_kind", "u1"), ("n", "u4"), ("xor", "u8")])

# The same arithmetic as streams.content.fact_version_hash, modulo 2**64; a test holds the two together.
VERSION_HASH_SQL = "bitXor(bitXor(fact, content), toUInt64(version))"

SUMS_SQL = f"""
SELECT subject, any(subject_kind) AS subject_kind, toUInt32(count()) AS n, groupBitXor(hash) AS xor
FROM (SELECT subject, subject_kind, {VERSION_HASH_SQL} AS hash FROM facts)
GROUP BY subject ORDER BY subject
"""


def sums_from_arrow(table: Any) -> npt.NDArray[np.void]:
    """Return the answer of `SUMS_SQL` as a structured array of `SUM`."""
    sums = np.empty(table.num_rows, dtype=SUM)
    for name in SUM.names or ():
        sums[name] = table.column(name).to_numpy()
    return sums
