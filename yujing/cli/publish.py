"""`yujing publish`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def publish(
    *files: Path,
    source: str | None = None,
    backfill: bool = False,
    month: str | None = None,
    results: Path | None = None,
    confirm_retractions: Annotated[bool, Parameter(negative=())] = False,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Send files of events (NDJSON, also .gz and .zst) and sheets to Kafka, in an own process.

    Parameters
    ----------
    files
        Files to read, in this order.
    source
        Source system that the rows must name; any when not given.
    backfill
        Take when a row was known from its `reported_at`; a right of the data team, recorded.
    month
        Month of sheets that do not say it themselves, as 2023-03.
    results
        Directory of the result files; beside each file when not given.
    confirm_retractions
        Withdraw what a sheet no longer holds, though it is more than a fifth of its scope.
    json
        Print one JSON object a file.
    """
    from typing import TYPE_CHECKING

    from yujing.app.output import Output
    from yujing.cli.perform import guarded

    if TYPE_CHECKING:
        from yujing.settings import Settings

    paths = [str(path.absolute()) for path in files]
    arguments = {
        "files": paths, "source": source, "backfill": backfill, "month": month,
        "results": str(results.absolute()) if results else None,
        "confirm_retractions": confirm_retractions,
    }  # fmt: skip

    def work(settings: "Settings", output: Output) -> int:
        from yujing.app.county import County
        from yujing.app.requests import Request, perform

        with County.open(settings, output) as county:
            return perform(county, Request("publish", arguments), output)

    return guarded(work, json=json)
