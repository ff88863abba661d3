"""Findings of the data-quality rules, counted by source: what a department is asked to mend."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sqlalchemy import text

from streams.door.reading import Finding
from yujing.app.county import County
from yujing.domain.codes import Source, members
from yujing.storage.sqlite import reading, writing


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
        connection.execute(
            text(
                "INSERT INTO quality_finding VALUES (:source, :rule, :day, :n) "
                "ON CONFLICT (source, rule, day) DO UPDATE SET n = n + excluded.n"
            ),
            [
                {"source": source, "rule": rule, "day": day, "n": n}
                for (source, rule), n in counts.items()
            ],
        )


def findings_by_source(county: County) -> dict[str, dict[str, int]]:
    """Return how many findings of each rule each source has."""
    found: dict[str, dict[str, int]] = {}
    with reading(county.engine) as connection:
        rows = connection.execute(
            text("SELECT source, rule, sum(n) FROM quality_finding GROUP BY source, rule")
        )
        for source, rule, n in rows:
            found.setdefault(source, {})[rule] = int(n)
    return found
