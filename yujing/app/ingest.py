"""Files of events into the log: `yujing ingest`; in the distributed shape the same as `publish`."""

import gc
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from streams.door.grant import Grant
from yujing.app import publish
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
from yujing.app.intake import Intake, Taken, finish
from yujing.app.output import Fields, Output
from yujing.app.reds import FileTouch, deal_reds
from yujing.app.requests import Arguments
from yujing.app.sheets.files import is_sheet_file, take_sheet_file


def answer(county: County, arguments: Arguments, output: Output) -> int:
    """Take in files and show a result for each.

    Parameters
    ----------
    arguments
        `files` (absolute paths), `source` (name or None), `backfill`; see `wishes_of`.
    """
    if county.settings.distributed:
        return publish.answer(county, arguments, output)
    files, grant = order_of(arguments)
    wishes = wishes_of(arguments)
    gc.freeze()  # what is there now stays: no collection between batches looks through it
    results = ingest_files(county, files, grant, output, show=output.result, wishes=wishes)
    return status_of(results)


def ingest_files(
    county: County,
    files: Sequence[Path],
    grant: Grant,
    output: Output,
    *,
    show: Callable[[Fields], None] = lambda _: None,
    wishes: Wishes = NO_WISHES,
) -> list[Fields]:
    """Take in files, one after the other, and return the result of each.

    What a correction makes anew is made anew once, at the end; so are reds dealt, except of a
    backfill, which speaks of the past. A sheet does both by itself.

    Parameters
    ----------
    show
        Hears of each file when it is in.
    wishes
        Where results go, and what is asked with sheets.
    """
    results: list[Fields] = []
    intakes: list[Intake] = []
    event_files: list[Path] = []
    for place, path in enumerate(files):
        output.progress("ingest", place, len(files))
        if is_sheet_file(path):
            result = take_sheet_file(county, path, grant, wishes, output)
        else:
            result, intake = ingest_file(county, path, grant, output, wishes=wishes)
            event_files.append(path)
            intakes.append(intake)
        if grant.backfill:
            note_backfill(county, result)
        results.append(result)
        show(result)
    with county.busy:
        touched = finish(county, intakes)
        if not grant.backfill:
            deal_reds(county, touched, files=_file_touches(county, event_files, intakes))
    output.progress("ingest", len(files), len(files))
    return results


def _file_touches(
    county: County, files: Sequence[Path], intakes: Sequence[Intake]
) -> list[FileTouch]:
    """Return what each file touched; a file is known by its name, as a keyed hash."""
    names = county.keys.text_keys([path.name for path in files])
    return [
        FileTouch(int(name), np.unique(np.concatenate(intake.touched)))
        for name, intake in zip(names, intakes, strict=True)
        if intake.touched
    ]


def ingest_file(
    county: County, path: Path, grant: Grant, output: Output, *, wishes: Wishes = NO_WISHES
) -> tuple[Fields, Intake]:
    """Take in one file and return its result; `finish` is still to be called."""
    intake = Intake(county, grant, path.name, bulk=True)

    def take(lines: Sequence[bytes], first_row: int) -> Taken:
        with county.busy:
            taken = intake.take(lines, first_row=first_row)
            county.memory.save(worth=True)
        return taken

    result = take_file(
        county, path, take, intake.counts, output, "ingest", results=wishes.results
    )
    return result, intake
