"""Record ids that could name a person are replaced by a keyed digest before anything is kept."""

import re

import numpy as np
import numpy.typing as npt
from numba import njit

from streams.vault.keys import Keys

SHORTEST_RUN = 11  # digits of a mobile number; an ID number has more
# Also inside longer runs of digits: departments build ids such as ID number + month.
_ID_NUMBER = re.compile(r"\d{6}(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]")
_OLD_ID_NUMBER = re.compile(r"(?<!\d)\d{6}\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}(?!\d)")
_MOBILE = re.compile(r"1[3-9]\d{9}")
DIGEST_PREFIX = "keyed:"


def names_a_person(record_id: str) -> bool:
    """Tell whether a record id holds an ID number, a mobile number or Chinese characters.

    Examples
    --------
    >>> names_a_person("emp-000123"), names_a_person("13800138000-202601")
    (False, True)
    """
    return not record_id.isascii() or any(
        pattern.search(record_id) for pattern in (_ID_NUMBER, _OLD_ID_NUMBER, _MOBILE)
    )


def safe(record_ids: list[str], keys: Keys) -> list[str]:
    """Return the record ids with a keyed digest in place of each that could name a person."""
    ends = np.cumsum(np.fromiter(map(len, record_ids), np.int64, len(record_ids)))
    text = "".join(record_ids).encode("utf-32-le")  # four bytes a character, so the lengths hold
    doubtful = np.flatnonzero(_doubtful(np.frombuffer(text, np.uint32), ends))
    named = [at for at in doubtful.tolist() if names_a_person(record_ids[at])]
    if not named:
        return record_ids
    out = list(record_ids)
    digests = keys.text_keys([record_ids[at] for at in named])
    for at, digest in zip(named, digests.tolist(), strict=True):
        out[at] = f"{DIGEST_PREFIX}{digest:016x}"
    return out


@njit(cache=True)
def _doubtful(text: npt.NDArray[np.uint32], ends: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    out = np.zeros(len(ends), dtype=np.bool_)
    start = 0
    for i in range(len(ends)):
        run = 0
        for at in range(start, ends[i]):
            character = text[at]
            run = run + 1 if 48 <= character <= 57 else 0
            if run >= SHORTEST_RUN or character >= 128:
                out[i] = True
                break
        start = ends[i]
    return out
