"""A simulated county with its sheets, and a county opened on disk that knows its people."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import openpyxl

from streams.simulator.county import live
from streams.simulator.parameter import load
from streams.simulator.sheets.export import Export
from streams.simulator.sheets.register import Register
from streams.simulator.sheets.writing import exports, register_of
from streams.simulator.simulate import report
from streams.simulator.table import Table
from streams.simulator.world import Order
from streams.simulator.writing import Names, encoded
from tests.support.running_county import BACKFILL, ingest, open_county, written
from yujing.app.county import County
from yujing.app.output import Silence
from yujing.app.sheets.delivery import deliver
from yujing.app.sheets.order import Delivered, SheetOrder
from yujing.domain.region import Regions

NOW = datetime(2026, 7, 6, 1, 0, tzinfo=UTC)
ORDER = Order(households=150, months=14, world="base", seed=5, end=date(2026, 6, 30))
SHEETS = (
    "members", "monitored", "work_monthly", "work_plan", "insurance_payment", "insurance_status",
    "medical_settlement", "minimum_living", "destitute", "disabled", "income",
)  # fmt: skip
REGISTER = ("household.upsert", "member.upsert", "identity.link")


@dataclass(frozen=True)
class SimulatedSheets:
    """A simulated county: what is reported of it, and its sheets of the last whole month."""

    tables: Sequence[Table]
    names: Names
    register: Register
    exports: dict[str, Export]

    @cached_property
    def everybody(self) -> frozenset[str]:
        """ID numbers of all that the register knows by the last day."""
        told = loaded(self.lines("member.upsert"))
        return frozenset(line["id_number"] for line in told)

    def lines(self, *events: str) -> list[bytes]:
        """Return the lines of some event types up to the last day, by the day of their report."""
        until = (self.register.until + 1) * 86_400
        told = [table for table in self.tables if table.event in events and len(table)]
        pairs = [
            (reported, line.encode()) for table in told for reported, line in zip(
                table.reported.tolist(), encoded(table, self.names), strict=True)
            if reported < until
        ]
        return [line for _, line in sorted(pairs)]


@cache
def simulated_sheets() -> SimulatedSheets:
    """Return the county of all tests of its sheets."""
    county = live(ORDER, load("base"), lambda _what, _share: None)
    tables, names = report(county)
    register = register_of(
        county.world, tables, names, Regions.load(), county.world.last_month - 1)
    return SimulatedSheets(
        tables, names, register, {export.mapping: export for export in exports(register)})


@contextmanager
def registered_county(folder: Path) -> Iterator[County]:
    """An open county that knows the people and households and nothing else of them."""
    file = written(folder, "register.ndjson", simulated_sheets().lines(*REGISTER))
    with open_county(folder / "county", now=NOW) as county:
        ingest(county, [file], BACKFILL)
        yield county


def send(county: County, name: str, content: bytes, **wishes: Any) -> Delivered:
    """Hand in one sheet."""
    return deliver(county, SheetOrder(name, content, **wishes), Silence())


def answers(delivered: Delivered) -> list[dict[str, str]]:
    """Return the rows of the answer with a result: header -> what a person sees."""
    assert delivered.write_answer is not None
    out = io.BytesIO()
    delivered.write_answer(out)
    if delivered.kind == "csv":
        return list(csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig"))))
    book = openpyxl.load_workbook(io.BytesIO(out.getvalue()))
    rows = []
    for sheet in book.worksheets[1:]:
        grid = [["" if cell is None else str(cell) for cell in row]
                for row in sheet.iter_rows(values_only=True)]
        header = next(row for row in grid if "结果" in row)
        rows += [dict(zip(header, row, strict=True)) for row in grid
                 if row is not header and row[header.index("结果")]]
    return rows


def loaded(lines: Sequence[bytes]) -> list[dict[str, Any]]:
    """Return lines as dicts."""
    return [json.loads(line) for line in lines]
