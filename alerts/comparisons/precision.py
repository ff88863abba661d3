"""How often each source was right where another contradicted it, as people answered."""

from sqlalchemy import Engine, func, select

from alerts.desk.tables import DIFFERENCES
from yujing.domain.codes import Side, Source
from yujing.storage.sql import reading

_RIGHT_OF_FIRST = frozenset({Side.FIRST, Side.BOTH})
_RIGHT_OF_SECOND = frozenset({Side.SECOND, Side.BOTH})


def precision_of_sources(engine: Engine) -> dict[Source, tuple[int, int]]:
    """Return (confirmed, asked) of each source that took part in an answered difference.

    Confirmed: the answer says that this source's record is right. Answers that say that nobody
    knows are not counted. The precision of a source is `confirmed / asked`.

    Parameters
    ----------
    engine
        The desk's database.
    """
    query = select(
        DIFFERENCES.c.first_source, DIFFERENCES.c.second_source, DIFFERENCES.c.right_side,
        func.count(),
    ).where(
        DIFFERENCES.c.stage == "answered", DIFFERENCES.c.right_side != Side.UNKNOWN.value,
    ).group_by(
        DIFFERENCES.c.first_source, DIFFERENCES.c.second_source, DIFFERENCES.c.right_side,
    )  # fmt: skip
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    counts: dict[Source, tuple[int, int]] = {}
    for first, second, word, n in rows:
        for source, right in ((first, _RIGHT_OF_FIRST), (second, _RIGHT_OF_SECOND)):
            if not source:
                continue
            confirmed, asked = counts.get(Source(source), (0, 0))
            counts[Source(source)] = (confirmed + n * (Side(word) in right), asked + n)
    return dict(sorted(counts.items()))
