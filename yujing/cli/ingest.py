"""`yujing ingest`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def ingest(
    *files: Path,
    source: str | None = None,
    backfill: bool = False,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Take in files of events (NDJSON, also .gz and .zst).

    Parameters
    ----------
    files
        Files to read, in this order.
    source
        Source system that the rows must name; any when not given.
    backfill
        Take when a row was known from its `reported_at`; a right of the data team, recorded.
    json
        Print one JSON object a file.
    """
    from yujing.cli.perform import call

    paths = [str(path.absolute()) for path in files]
    return call("ingest", json=json, files=paths, source=source, backfill=backfill)
