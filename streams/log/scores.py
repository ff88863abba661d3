"""Scores of every sweep, kept beside the log for boards, digests and back-tests."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from streams.log.log import log_migrations
from yujing.storage.clickhouse import Client, insert_rows, storage_errors
from yujing.storage.migration import ClickHouseStore, migrate

MEMBER, HOUSEHOLD = "member", "household"


@dataclass(frozen=True)
class ScoreBatch:
    """Scores of one kind and level as of one day, all from one model.

    Attributes
    ----------
    as_of
        Cut-off of knowledge.
    level
        `MEMBER` or `HOUSEHOLD`.
    kind
        Name of the label that is predicted, such as "u90" or "p12".
    model_id
        Which model said it.
    keys
        Person or household keys, shape (n,).
    probability
        Calibrated, in [0, 1], shape (n,).
    points
        Log-odds before calibration, shape (n,).
    """

    as_of: date
    level: str
    kind: str
    model_id: str
    keys: npt.NDArray[np.uint64]
    probability: npt.NDArray[np.float64]
    points: npt.NDArray[np.float64]


class ScoreLog:
    """The table `scores`; one thread at a time.

    Parameters
    ----------
    client
        From `yujing.storage.clickhouse`; missing tables are made.
    """

    def __init__(self, client: Client) -> None:
        migrate(ClickHouseStore(client), log_migrations())
        self._client = client

    def append(self, batch: ScoreBatch) -> None:
        """Keep scores; a later batch of the same day, level and kind replaces them key by key."""
        n = len(batch.keys)
        if n == 0:
            return
        table = pa.table(
            {
                "as_of": pa.array([batch.as_of]).take(pa.array(np.zeros(n, dtype=np.int64))),
                "level": _repeated(batch.level, n),
                "key": pa.array(np.asarray(batch.keys, dtype=np.uint64)),
                "kind": _repeated(batch.kind, n),
                "model_id": _repeated(batch.model_id, n),
                "probability": pa.array(np.asarray(batch.probability, dtype=np.float64)),
                "points": pa.array(np.asarray(batch.points, dtype=np.float64)),
            }
        )
        with storage_errors("appending scores"):
            insert_rows(self._client, "scores", table)

    def read(self, as_of: date, level: str, kind: str) -> ScoreBatch:
        """Return the scores as of a day, ordered by key; empty when none were kept."""
        with storage_errors("reading scores"):
            table = self._client.query_arrow(
                "SELECT key, model_id, probability, points FROM scores FINAL "
                "WHERE as_of = %(as_of)s AND level = %(level)s AND kind = %(kind)s ORDER BY key",
                parameters={"as_of": as_of, "level": level, "kind": kind},
            )
        models = table.column("model_id").unique().to_pylist()
        return ScoreBatch(
            as_of,
            level,
            kind,
            ",".join(sorted(str(model) for model in models)),
            table.column("key").to_numpy(),
            table.column("probability").to_numpy(),
            table.column("points").to_numpy(),
        )

    def days(self) -> list[date]:
        """Return the days that have scores, ordered."""
        with storage_errors("reading scores"):
            rows = self._client.query(
                "SELECT DISTINCT as_of FROM scores ORDER BY as_of"
            ).result_rows
        return [row[0] for row in rows]


def _repeated(word: str, n: int) -> pa.Array:
    return pa.array([word]).take(pa.array(np.zeros(n, dtype=np.int64)))
