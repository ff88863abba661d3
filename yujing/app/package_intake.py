"""What lies in a package goes the way of files: events through the door, sheets to delivery.

Nothing is written down in the clear on the way. A result that holds what was sent is written only
where the operator names a directory: beside the package it would lie on the stick.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from streams.door.files import Limits, read_pieces
from streams.door.grant import Grant
from streams.packages.making import Entry
from yujing.app.county import County
from yujing.app.event_files import Wishes, result_of
from yujing.app.intake import Counts, Intake, finish
from yujing.app.output import Fields, Output
from yujing.app.reds import FileTouch, deal_reds
from yujing.app.sheets.results import EventResults, ResultFile, result_path

VIA = "package"


class PackageIntake:
    """Takes the files of one package.

    Parameters
    ----------
    county
        The open stores.
    grant
        What its sender may send.
    by
        Who sent it, for the register of deliveries.
    wishes
        Where results go, and what is asked with sheets.
    output
        Hears of progress.
    """

    def __init__(
        self, county: County, grant: Grant, by: str, wishes: Wishes, output: Output
    ) -> None:
        self._county, self._grant, self._by = county, grant, by
        self._wishes, self._output = wishes, output
        self.unanswered = False
        """Whether a sheet waits for an answer: its month, or that withdrawals are meant."""

    def take(self, entry: Entry, pieces: Iterator[bytes]) -> Fields:
        """Take one file and return what `--json` says about it."""
        if entry.kind == "sheet":
            return self._take_sheet(entry, b"".join(pieces))
        return self._take_events(entry, pieces)

    def _take_events(self, entry: Entry, pieces: Iterator[bytes]) -> Fields:
        county, name = self._county, Path(entry.name).name
        take, counts, after = self._way(name)
        result = self._result(name, ".csv")
        report = None if result is None else EventResults(result)
        limits = Limits(
            line_bytes=county.settings.line_bytes, batch_rows=county.settings.batch_rows
        )
        try:
            for first_row, lines in read_pieces(pieces, limits=limits):
                taken = take(lines, first_row=first_row)
                if report is not None:
                    report.add(taken, first_row)
                self._output.progress(f"take {name}", counts.rows, None)
            after()
        except BaseException:
            if result is not None:
                result.drop()
            raise
        written = None if report is None else report.close()
        error = None if counts.rows else "it holds no rows"
        return result_of(Path(name), entry.sha256, counts, written, error)

    def _way(self, name: str) -> tuple[Callable[..., Any], Counts, Callable[[], None]]:
        """Return how rows are taken, what counts them, and what is to be done at the end."""
        county = self._county
        if county.settings.distributed:
            from yujing.app.stream_door import Sending, log_sent  # Kafka's client

            sending = Sending(county, county.stream_door, self._grant, name)
            return sending.take, sending.counts, lambda: log_sent(sending)
        intake = Intake(county, self._grant, name, bulk=True)

        def take(lines: list[bytes], *, first_row: int) -> Any:
            with county.busy:
                taken = intake.take(lines, first_row=first_row)
                county.memory.save(worth=True)
            return taken

        def after() -> None:
            with county.busy:
                touched = finish(county, [intake])
                file = int(county.keys.text_keys([name])[0])
                keys = np.unique(np.concatenate([touched, *intake.touched]))
                deal_reds(county, touched, files=[FileTouch(file, keys)])

        return take, intake.counts, after

    def _take_sheet(self, entry: Entry, content: bytes) -> Fields:
        from yujing.app.sheets.delivery import deliver  # takes long to load
        from yujing.app.sheets.order import SheetOrder

        name = Path(entry.name).name
        order = SheetOrder(
            name, content, self._grant, self._by, VIA, self._wishes.month,
            self._wishes.confirm_retractions,
        )  # fmt: skip
        delivered = deliver(self._county, order, self._output)
        self.unanswered |= bool(delivered.question)
        written = None
        result = self._result(name, f".{delivered.kind}")
        if delivered.write_answer is not None and result is not None:
            try:
                result.write(delivered.write_answer)
                written = result.close()
            finally:
                result.drop()
        return result_of(
            Path(name), delivered.sha256, delivered.counts, written, delivered.error,
            mappings=delivered.mappings,
        )  # fmt: skip

    def _result(self, name: str, suffix: str) -> ResultFile | None:
        if self._wishes.results is None:
            return None
        target = result_path(Path(name), self._wishes.results, suffix)
        return ResultFile(target, self._county.settings.data, self._output)
