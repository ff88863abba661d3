"""Files of events, whichever way their rows go: read in batches, with one result a file."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import msgspec
from sqlalchemy import insert

from streams.door.files import Limits, read_lines
from streams.door.grant import Grant
from yujing.app.county import County
from yujing.app.intake import Counts, Taken
from yujing.app.output import DONE, FAILED, PARTLY, Fields, Output
from yujing.app.people import source_of
from yujing.app.requests import Arguments
from yujing.app.tables import BACKFILL
from yujing.errors import UnreadableFileError, UsageError
from yujing.storage.private import private_directory
from yujing.storage.sql import writing

_PIECE = 2**20

Take = Callable[[Sequence[bytes], int], Taken]


def order_of(arguments: Arguments) -> tuple[list[Path], Grant]:
    """Return which files are wanted and what they may say.

    Parameters
    ----------
    arguments
        `files` (absolute paths), `source` (name or None), `backfill`.

    Raises
    ------
    UsageError
        If no file is named, or an unknown source.
    """
    files = [Path(name) for name in arguments["files"]]
    if not files:
        raise UsageError("name at least one file")
    source = arguments.get("source")
    grant = Grant(source_of(source) if source else None, None, ("",), bool(arguments["backfill"]))
    return files, grant


def take_file(
    county: County, path: Path, take: Take, counts: Counts, output: Output, task: str
) -> Fields:
    """Take the batches of a file and return its result.

    Parameters
    ----------
    take
        Takes rows; the second argument is the number of rows before them.
    counts
        Of what was taken; kept by `take`.
    task
        What is being done, for the progress.
    """
    report = _Report(county)
    sha256, error = None, None
    try:
        sha256 = _sha256(path)
        report.name = sha256[:16]
        for first_row, lines in _batches(county, path):
            report.add(take(lines, first_row), first_row)
            output.progress(f"{task} {path.name}", counts.rows, None)
    except UnreadableFileError as unreadable:
        error = str(unreadable)
    return _result(path, sha256, counts, report.path, error)


def status_of(results: list[Fields]) -> int:
    """Return the exit status of a load: 1 nothing could be read, 3 something was refused."""
    if all(result["error"] and not result["rows"] for result in results):
        return FAILED
    refused = any(
        result["error"] or result["rejected"] or result["conflict"] or result["unmatched"]
        for result in results
    )
    return PARTLY if refused else DONE


def note_backfill(county: County, result: Fields) -> None:
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
