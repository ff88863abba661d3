"""The newest scores of members and households, as the stream computes them between sweeps."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from streams.log.log import log_migrations
from streams.log.table import Keys
from yujing.storage.clickhouse import Client, insert_rows, query_with_keys, storage_errors
from yujing.storage.migration import ClickHouseStore, migrate


@dataclass(frozen=True)
class LatestBatch:
    """Scores of one kind and level, computed in one go by one model.

    Attributes
    ----------
    level
        `streams.log.scores.MEMBER` or `HOUSEHOLD`.
    kind
        Name of the label that is predicted, such as "u90" or "p12".
    model_id
        Which model said it.
    as_of
        Cut-off of knowledge, seconds since 1970.
    scored_at
        When they were computed, milliseconds since 1970.
    keys
        Person or household keys, shape (n,).
    known_at
        `known_at` of the newest fact behind each score, shape (n,).
    probability
        Calibrated, in [0, 1], shape (n,).
    points
        Log-odds before calibration, shape (n,).
    """

    level: str
    kind: str
    model_id: str
    as_of: int
    scored_at: int
    keys: Keys
    known_at: npt.NDArray[np.uint32]
    probability: npt.NDArray[np.float64]
    points: npt.NDArray[np.float64]


class LatestScores:
    """The table `latest_scores`; one thread at a time.

    Of two scores for a key the one with the later cut-off stays, then the one that knew the newer
    fact: what a worker writes that has lost its partitions replaces nothing newer.

    Parameters
    ----------
    client
        From `yujing.storage.clickhouse`; missing tables are made.
    """

    def __init__(self, client: Client) -> None:
        migrate(ClickHouseStore(client), log_migrations())
        self._client = client

    def append(self, *batches: LatestBatch) -> None:
        """Keep scores, all in one insert; the same again changes nothing."""
        tables = [_table(batch) for batch in batches if len(batch.keys)]
        if not tables:
            return
        with storage_errors("appending the latest scores"):
            insert_rows(self._client, "latest_scores", pa.concat_tables(tables))

    def of(self, level: str, kind: str, keys: Keys) -> dict[int, tuple[float, int, str]]:
        """Return probability, cut-off and model of the newest score of each key that has one."""
        sql = (
            "SELECT key, probability, as_of, model_id FROM latest_scores FINAL "
            f"WHERE level = '{_word(level)}' AND kind = '{_word(kind)}' "
            "AND key IN (SELECT key FROM keys) ORDER BY key"
        )
        with storage_errors("reading the latest scores"):
            table = query_with_keys(self._client, sql, keys)
        return {
            row["key"]: (row["probability"], row["as_of"], str(row["model_id"]))
            for row in table.to_pylist()
        }

    def count(self) -> int:
        """Return how many keys have a score of each level and kind, summed."""
        with storage_errors("reading the latest scores"):
            return int(
                self._client.query("SELECT count() FROM latest_scores FINAL").result_rows[0][0]
            )


def _table(batch: LatestBatch) -> pa.Table:
    n = len(batch.keys)
    return pa.table(
        {
            "level": pa.repeat(batch.level, n),
            "kind": pa.repeat(batch.kind, n),
            "key": pa.array(np.asarray(batch.keys, dtype=np.uint64)),
            "as_of": pa.array(np.full(n, batch.as_of, dtype=np.uint32)),
            "known_at": pa.array(np.asarray(batch.known_at, dtype=np.uint32)),
            "scored_at": pa.array(np.full(n, batch.scored_at), type=pa.timestamp("ms", "UTC")),
            "model_id": pa.repeat(batch.model_id, n),
            "probability": pa.array(np.asarray(batch.probability, dtype=np.float64)),
            "points": pa.array(np.asarray(batch.points, dtype=np.float64)),
        }
    )


def _word(word: str) -> str:
    if not word.isidentifier():
        raise ValueError(f"no name of a level or kind: {word!r}")
    return word
