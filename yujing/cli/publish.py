"""`yujing publish`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def publish(
    *files: Path,
    source: str | None = None,
    backfill: bool = False,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Send files of events (NDJSON, also .gz and .zst) to Kafka, in a process of its own.

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
    from typing import TYPE_CHECKING

    from yujing.app.output import Output
    from yujing.cli.perform import guarded

    if TYPE_CHECKING:
        from yujing.settings import Settings

    paths = [str(path.absolute()) for path in files]
    arguments = {"files": paths, "source": source, "backfill": backfill}

    def work(settings: "Settings", output: Output) -> int:
        from yujing.app.county import County
        from yujing.app.requests import Request, perform

        with County.open(settings, output) as county:
            return perform(county, Request("publish", arguments), output)

    return guarded(work, json=json)
