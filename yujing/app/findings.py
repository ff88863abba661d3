"""Findings of the data-quality rules, counted by source: what a department is asked to mend."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sqlalchemy import func, select

from streams.door.reading import Finding
from yujing.app.county import County
from yujing.app.tables import QUALITY_FINDING
from yujing.domain.codes import Source, members
from yujing.storage.sql import reading, upsert, writing


def keep_findings(
    county: County, findings: Sequence[Finding], sources: npt.NDArray[np.uint8]
) -> None:
    """Count findings, in the desk database and in the metrics.

    Parameters
    ----------
    findings
        Of rows that are new to the log.
    sources
        Number of the source of each row of the batch.
    """
    words = members(Source)
    by_row = sources.tolist()
    counts = Counter((words[by_row[row]].value, rule) for row, rule in findings)
    if not counts:
        return
    for (source, rule), n in counts.items():
        county.metrics.count("yujing_warnings_total", n, source=source, rule=rule)
    day = county.today().isoformat()
    with writing(county.engine) as connection:
        add = upsert(
            connection,
            QUALITY_FINDING,
            key=("source", "rule", "day"),
            columns={"n": lambda old, new: old.n + new.n},
        )
        connection.execute(
            add,
            [
                {"source": source, "rule": rule, "day": day, "n": n}
                for (source, rule), n in sorted(counts.items())
            ],
        )


def findings_by_source(county: County) -> dict[str, dict[str, int]]:
    """Return how many findings of each rule each source has."""
    found: dict[str, dict[str, int]] = {}
    finding = QUALITY_FINDING.c
    query = select(finding.source, finding.rule, func.sum(finding.n)).group_by(
        finding.source, finding.rule
    )
    with reading(county.engine) as connection:
        for source, rule, n in connection.execute(query):
            found.setdefault(source, {})[rule] = int(n)
    return found
