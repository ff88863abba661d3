"""Files of events to Kafka: `yujing publish`."""

import gc
from collections.abc import Callable, Sequence
from pathlib import Path

from streams.door.grant import Grant
from yujing.app.county import County
from yujing.app.event_files import (
    NO_WISHES,
    Wishes,
    note_backfill,
    order_of,
    status_of,
    take_file,
    wishes_of,
)
from yujing.app.intake import Taken
from yujing.app.output import Fields, Output
from yujing.app.requests import Arguments
from yujing.app.sheets.files import is_sheet_file, take_sheet_file
from yujing.app.stream_door import Sending, log_sent
from yujing.errors import UsageError
from yujing.telemetry.trace import new_trace, traced


def answer(county: County, arguments: Arguments, output: Output) -> int:
    """Send files and show a result for each.

    Parameters
    ----------
    arguments
        `files` (absolute paths), `source` (name or None), `backfill`; see `wishes_of`.

    Raises
    ------
    UsageError
        In the embedded shape, which has no Kafka.
    StorageError
        If Kafka or a store is away; what was sent before stays, send the same again.
    """
    if not county.settings.distributed:
        raise UsageError("there is no Kafka to publish to; `yujing ingest` takes files in")
    files, grant = order_of(arguments)
    gc.freeze()  # what is there now stays: no collection between batches looks through it
    wishes = wishes_of(arguments)
    return status_of(
        publish_files(county, files, grant, output, show=output.result, wishes=wishes)
    )


def publish_files(
    county: County,
    files: Sequence[Path],
    grant: Grant,
    output: Output,
    *,
    show: Callable[[Fields], None] = lambda _: None,
    wishes: Wishes = NO_WISHES,
) -> list[Fields]:
    """Send files, one after the other, and return the result of each.

    Parameters
    ----------
    show
        Hears of each file when Kafka has all of it.
    wishes
        Where results go, and what is asked with sheets.
    """
    results: list[Fields] = []
    for place, path in enumerate(files):
        output.progress("publish", place, len(files))
        with traced(new_trace()):
            if is_sheet_file(path):
                result = take_sheet_file(county, path, grant, wishes, output)
            else:
                result = _publish_file(county, path, grant, output, wishes)
        if grant.backfill:
            note_backfill(county, result)
        results.append(result)
        show(result)
    output.progress("publish", len(files), len(files))
    return results


def _publish_file(
    county: County, path: Path, grant: Grant, output: Output, wishes: Wishes
) -> Fields:
    sending = Sending(county, county.stream_door, grant, path.name)

    def take(lines: Sequence[bytes], first_row: int) -> Taken:
        return sending.take(lines, first_row=first_row)

    result = take_file(
        county, path, take, sending.counts, output, "publish", results=wishes.results
    )
    log_sent(sending)
    return result
