"""Files of events, whichever way their rows go: read in batches, with one result a file."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import insert

from streams.door.files import Limits, read_lines
from streams.door.grant import Grant
from yujing.app.county import County
from yujing.app.intake import Counts, Taken
from yujing.app.output import DONE, FAILED, PARTLY, Fields, Output
from yujing.app.people import source_of
from yujing.app.requests import Arguments
from yujing.app.sheets.results import EventResults, ResultFile, result_path
from yujing.app.tables import BACKFILL
from yujing.domain.days import to_month
from yujing.errors import UnreadableFileError, UsageError
from yujing.storage.sql import writing

_PIECE = 2**20

Take = Callable[[Sequence[bytes], int], Taken]


@dataclass(frozen=True)
class Wishes:
    """What else is asked with files.

    Parameters
    ----------
    results
        Directory of the result files; beside each file when not given.
    month
        Month number of sheets that do not say theirs.
    confirm_retractions
        Whether rows that a sheet lacks are withdrawn though they are many.
    """

    results: Path | None = None
    month: int | None = None
    confirm_retractions: bool = False


NO_WISHES = Wishes()


def wishes_of(arguments: Arguments) -> Wishes:
    """Return what else is asked.

    Parameters
    ----------
    arguments
        `results` (absolute path), `month` (as "2023-03"), `confirm_retractions`; all may be absent.

    Raises
    ------
    UsageError
        If the month is none, or there is no such directory.
    """
    results, month = arguments.get("results"), arguments.get("month")
    if results and not Path(results).is_dir():
        raise UsageError(f"there is no directory {results}")
    number = None
    if month:
        try:
            number = to_month(date.fromisoformat(f"{month}-01"))
        except ValueError:
            raise UsageError(f"{month!r} is no month; write it as 2023-03") from None
    return Wishes(
        Path(results) if results else None, number, bool(arguments.get("confirm_retractions"))
    )


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
    county: County,
    path: Path,
    take: Take,
    counts: Counts,
    output: Output,
    task: str,
    *,
    results: Path | None = None,
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
    results
        Directory of the result file; beside the file when not given.
    """
    target = result_path(path, results, ".csv")
    result = ResultFile(target, county.settings.data, output)
    report = EventResults(result)
    sha256, error = None, None
    try:
        sha256 = _sha256(path)
        for first_row, lines in _batches(county, path):
            report.add(take(lines, first_row), first_row)
            output.progress(f"{task} {path.name}", counts.rows, None)
    except UnreadableFileError as unreadable:
        error = str(unreadable)
    except BaseException:
        result.drop()
        raise
    return result_of(path, sha256, counts, report.close(), error)


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


def result_of(
    path: Path,
    sha256: str | None,
    counts: Counts,
    report: Path | None,
    error: str | None,
    *,
    mappings: Sequence[str] = (),
) -> dict[str, object]:
    """Return what `--json` says about a file.

    Parameters
    ----------
    path, sha256
        The file, and the hash of its content if it could be read.
    counts
        Of its rows.
    report
        The result file.
    error
        Why it could not be read as a whole.
    mappings
        Names of the mappings that fit its sheets.
    """
    return {
        "file": str(path),
        "sha256": sha256,
        "mappings": list(mappings),
        **asdict(counts),
        "result_file": str(report) if report else None,
        "error": error,
    }

