"""Result files: where the answer to a file is written, beside it or where the sender wants it."""

import csv
import io
import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from streams.pipeline import Outcome
from streams.sheets.rows import REASON, RESULT
from yujing.app.intake import Taken
from yujing.app.output import Output
from yujing.app.sheets.wording import OUTCOME_ZH, PLAIN_ZH, doubts_zh

_MARK = ".结果"
_MARKED = re.compile(r"(.*)\.结果(\d*)")
_PACKED = (".gz", ".zst")


def result_path(file: Path, directory: Path | None, suffix: str) -> Path:
    """Return where the result of a file goes; never the file itself.

    Parameters
    ----------
    file
        What was sent.
    directory
        Where results go; beside the file when not given.
    suffix
        ".xlsx" or ".csv".

    Examples
    --------
    >>> result_path(Path("/a/三月.xlsx"), None, ".xlsx").name
    '三月.结果.xlsx'
    >>> result_path(Path("/a/三月.结果.xlsx"), None, ".xlsx").name
    '三月.结果2.xlsx'
    """
    packed = file.suffix.lower() in _PACKED and "." in file.stem
    stem = Path(file.stem).stem if packed else file.stem
    found = _MARKED.fullmatch(stem)
    number = ""
    if found:
        stem, number = found[1], str(int(found[2] or 1) + 1)
    return (directory or file.parent) / f"{stem}{_MARK}{number}{suffix}"


class ResultFile:
    """A result that is written whole or not at all; where it cannot be, it says so and goes on.

    Parameters
    ----------
    target
        Where to; a file there is replaced.
    data
        The data directory, where no result may lie.
    output
        Hears why it was not written.
    """

    def __init__(self, target: Path, data: Path, output: Output) -> None:
        self._target, self._output = target, output
        self._draft = target.with_name(f".{target.name}.{os.getpid()}.part")
        self._file: BinaryIO | None = None
        self._data = data
        self._failed = False

    def write(self, write: Callable[[BinaryIO], None]) -> None:
        """Write more of it.

        Parameters
        ----------
        write
            Writes into a file.
        """
        if self._failed:
            return
        try:
            if self._file is None:
                if self._target.resolve().is_relative_to(self._data.resolve()):
                    raise OSError(
                        0, "no result may lie in the data directory; name a place with --results"
                    )
                flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
                self._file = os.fdopen(os.open(self._draft, flags, 0o600), "wb")
            write(self._file)
        except OSError as error:
            self._fail(error)

    def close(self) -> Path | None:
        """Put it in its place; return where it lies, None if there is none."""
        if self._file is None:
            return None
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            os.replace(self._draft, self._target)
        except OSError as error:
            self._fail(error)
            return None
        return self._target

    def drop(self) -> None:
        """Leave nothing behind of a result that was not closed."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            with suppress(OSError):
                self._draft.unlink(missing_ok=True)
            self._file = None

    def _fail(self, error: OSError) -> None:
        self._output.message(f"{self._target} was not written: {error.strerror or error}")
        self._failed = True
        self.drop()


class EventResults:
    """The rows of a file of events that its sender should look at, as a CSV without their content.

    Parameters
    ----------
    result
        Where it goes; rows that were taken, or known, with nothing to say about them are left out.
    """

    def __init__(self, result: ResultFile) -> None:
        self._result = result
        self._begun = False

    def add(self, taken: Taken, first_row: int) -> None:
        """Write the rows of a batch that are worth a line."""
        lines = taken.lines(first_row, all_rows=False)
        if lines:
            self._result.write(lambda file: self._write(file, lines))

    def close(self) -> Path | None:
        """Put it in its place; return where it lies, None if there is none."""
        return self._result.close()

    def _write(self, file: BinaryIO, lines: list[dict[str, object]]) -> None:
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        if not self._begun:
            text.write("\ufeff")  # Excel takes a file without it for another encoding
            writer.writerow(["行", RESULT, REASON])
            self._begun = True
        doubts = doubts_zh()
        for line in lines:
            outcome = Outcome[str(line["outcome"]).upper()]
            found = line.get("warnings", [])
            assert isinstance(found, list)  # noqa: S101  as `Taken.lines` makes it
            said = [str(line.get("reason_zh", "")) or PLAIN_ZH.get(outcome, "")]
            said += ["提示：" + doubts.get(str(rule), str(rule)) for rule in found]
            writer.writerow([line["row"], OUTCOME_ZH[outcome], "；".join(filter(None, said))])
        file.write(text.getvalue().encode())
