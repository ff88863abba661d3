"""Files of events into the log: `yujing ingest`."""

import gc
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import msgspec
import numpy as np
from sqlalchemy import insert

from streams.door.files import Limits, read_lines
from streams.door.grant import Grant
from yujing.app.county import County
from yujing.app.intake import Counts, Intake, Taken, finish
from yujing.app.output import DONE, FAILED, PARTLY, Fields, Output
from yujing.app.people import source_of
from yujing.app.reds import FileTouch, deal_reds
from yujing.app.requests import Arguments
from yujing.app.tables import BACKFILL
from yujing.errors import UnreadableFileError, UsageError
from yujing.storage.private import private_directory
from yujing.storage.sql import writing

_PIECE = 2**20


def answer(county: County, arguments: Arguments, output: Output) -> int:
    """Take in files and show a result for each.

    Parameters
    ----------
    arguments
        `files` (absolute paths), `source` (name or None), `backfill`.
    """
    files = [Path(name) for name in arguments["files"]]
    if not files:
        raise UsageError("name at least one file")
    gc.freeze()  # what is there now stays: no collection between batches looks through it
    source = arguments.get("source")
    grant = Grant(source_of(source) if source else None, None, ("",), bool(arguments["backfill"]))
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
            _note_backfill(county, result)
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


def _note_backfill(county: County, result: Fields) -> None:
    """Record who said of a file when its rows were known."""
    with writing(county.engine) as connection:
        connection.execute(
            insert(BACKFILL),
            {
                "sha256": result["sha256"] or "",
                "rows": result["rows"],
                "by_whom": f"system account {os.getuid()}",
                "at": county.now_s(),
            },
        )


def status_of(results: list[Fields]) -> int:
    """Return the exit status of a load: 1 nothing could be read, 3 something was refused."""
    if all(result["error"] and not result["rows"] for result in results):
        return FAILED
    refused = any(
        result["error"] or result["rejected"] or result["conflict"] or result["unmatched"]
        for result in results
    )
    return PARTLY if refused else DONE


def ingest_file(county: County, path: Path, grant: Grant, output: Output) -> tuple[Fields, Intake]:
    """Take in one file and return its result; `finish` is still to be called."""
    intake = Intake(county, grant, path.name, bulk=True)
    report = _Report(county)
    sha256, error = None, None
    try:
        sha256 = _sha256(path)
        report.name = sha256[:16]
        for first_row, lines in _batches(county, path):
            with county.busy:
                taken = intake.take(lines, first_row=first_row)
                county.memory.save(worth=True)
            report.add(taken, first_row)
            output.progress(f"ingest {path.name}", intake.counts.rows, None)
    except UnreadableFileError as unreadable:
        error = str(unreadable)
    return _result(path, sha256, intake.counts, report.path, error), intake


def _batches(county: County, path: Path) -> Iterator[tuple[int, list[bytes]]]:
    limits = Limits(line_bytes=county.settings.line_bytes, batch_rows=county.settings.batch_rows)
    return iter(read_lines(path, limits=limits))


def _sha256(path: Path) -> str:
    whole = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                whole.update(piece)
    except IsADirectoryError:
        raise UnreadableFileError("it is a directory") from None
    except OSError as error:
        raise UnreadableFileError(error.strerror or "it cannot be read") from None
    return whole.hexdigest()


def _result(
    path: Path, sha256: str | None, counts: Counts, report: Path | None, error: str | None
) -> dict[str, object]:
    return {
        "file": str(path),
        "sha256": sha256,
        "mappings": [],
        **asdict(counts),
        "result_file": str(report) if report else None,
        "error": error,
    }


class _Report:
    """The rows of a file that were not taken as they came, without their content."""

    def __init__(self, county: County) -> None:
        self._directory = county.settings.data / "results"
        self.name = ""
        self.path: Path | None = None

    def add(self, taken: Taken, first_row: int) -> None:
        """Write the rows of a batch that are worth a line."""
        lines = taken.lines(first_row, all_rows=False)
        if not lines:
            return
        if self.path is None:
            self.path = private_directory(self._directory) / f"{self.name}.ndjson"
            self.path.unlink(missing_ok=True)
        with self.path.open("ab") as file:
            file.write(msgspec.json.Encoder().encode_lines(lines))
