"""Which partition owns a household."""

import numpy as np
import numpy.typing as npt


def bucket_of(keys: npt.NDArray[np.uint64], n_partitions: int) -> npt.NDArray[np.int64]:
    """Return the partition of each household; the same in every input topic.

    Parameters
    ----------
    keys
        Household keys, which are uniform hashes.
    n_partitions
        The fixed number of partitions of every topic.

    Examples
    --------
    >>> bucket_of(np.array([5, 48, 49], np.uint64), 48).tolist()
    [5, 0, 1]
    """
    return (keys % np.uint64(n_partitions)).astype(np.int64)
