"""Files of events into the log: `yujing ingest`; in the distributed shape the same as `publish`."""

import gc
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from streams.door.grant import Grant
from yujing.app import publish
from yujing.app.county import County
from yujing.app.event_files import note_backfill, order_of, status_of, take_file
from yujing.app.intake import Intake, Taken, finish
from yujing.app.output import Fields, Output
from yujing.app.reds import FileTouch, deal_reds
from yujing.app.requests import Arguments


def answer(county: County, arguments: Arguments, output: Output) -> int:
    """Take in files and show a result for each.

    Parameters
    ----------
    arguments
        `files` (absolute paths), `source` (name or None), `backfill`.
    """
    if county.settings.distributed:
        return publish.answer(county, arguments, output)
    files, grant = order_of(arguments)
    gc.freeze()  # what is there now stays: no collection between batches looks through it
    results = ingest_files(county, files, grant, output, show=output.result)
    return status_of(results)


def ingest_files(
    county: County,
    files: Sequence[Path],
    grant: Grant,
    output: Output,
    *,
    show: Callable[[Fields], None] = lambda _: None,
) -> list[Fields]:
    """Take in files, one after the other, and return the result of each.

    What a correction makes anew is made anew once, at the end; so are reds dealt, except of a
    backfill, which speaks of the past.

    Parameters
    ----------
    show
        Hears of each file when it is in.
    """
    results: list[Fields] = []
    intakes: list[Intake] = []
    for place, path in enumerate(files):
        output.progress("ingest", place, len(files))
        result, intake = ingest_file(county, path, grant, output)
        intakes.append(intake)
        if grant.backfill:
            note_backfill(county, result)
        results.append(result)
        show(result)
    with county.busy:
        touched = finish(county, intakes)
        if not grant.backfill:
            deal_reds(county, touched, files=_file_touches(county, files, intakes))
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


def ingest_file(county: County, path: Path, grant: Grant, output: Output) -> tuple[Fields, Intake]:
    """Take in one file and return its result; `finish` is still to be called."""
    intake = Intake(county, grant, path.name, bulk=True)

    def take(lines: Sequence[bytes], first_row: int) -> Taken:
        with county.busy:
            taken = intake.take(lines, first_row=first_row)
            county.memory.save(worth=True)
        return taken

    return take_file(county, path, take, intake.counts, output, "ingest"), intake
