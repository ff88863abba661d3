"""An office that sends sheets: a small mapping of its own, people, villages, and CSV or XLSX."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import openpyxl

from streams.door.grant import Grant
from tests.support.running_county import open_county
from yujing.app.county import County
from yujing.app.output import Silence
from yujing.app.sheets.delivery import deliver
from yujing.app.sheets.order import Delivered, SheetOrder

NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
COUNTY = "威宁彝族回族苗族自治县"
TOWNSHIPS = {"大院村": "龙街镇", "小河边村": "羊街镇"}
HEADER = (
    "县", "乡镇", "行政村", "姓名", "证件号码", "是否已务工", "务工月收入", "开始时间", "备注栏",
)  # fmt: skip
MAPPING = """
title = "测试务工月监测"
source = "fangpin_cloud"
period = "month"
replaces = ["month", "village"]
words = ["测试务工"]

[[column]]
field = "county"
spelling = "county"
aliases = [{ header = "县", seen = "test" }]
[[column]]
field = "township"
spelling = "township"
aliases = [{ header = "乡镇", seen = "test" }]
[[column]]
field = "village"
spelling = "village"
aliases = [{ header = "行政村", seen = "test" }]
[[column]]
field = "name"
spelling = "name"
aliases = [{ header = "姓名", seen = "test" }]
[[column]]
field = "id_number"
spelling = "id_number"
required = true
telling = true
aliases = [{ header = "证件号码", seen = "test" }]
[[column]]
field = "worked"
spelling = "answer"
required = true
telling = true
aliases = [{ header = "是否已务工", seen = "test" }]
[[column]]
field = "wage"
spelling = "yuan"
aliases = [{ header = "务工月收入", seen = "test" }]
[[column]]
field = "start"
spelling = "day_or_month"
aliases = [{ header = "开始时间", seen = "test" }]

[[event]]
type = "employment.monthly_status"
record = "test/status/{id_number}/{month}"
scoped = true
occurred_from = ["month"]
[event.values]
id_number = "id_number"
month = "month"
worked = "worked"
wage_month = "wage"

[[event]]
type = "employment.start"
record = "test/start/{id_number}/{start:month}"
when = [["start", "given"]]
occurred_from = ["start"]
[event.values]
id_number = "id_number"
area = { is = "out_of_province" }
wage_month = "wage"
"""
TITLE = "2026年10月测试务工月监测"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(n: int) -> str:
    """Return the n-th ID number; check digit and date are right."""
    base = f"520526{1970 + n % 30}{n % 12 + 1:02}{n % 28 + 1:02}{n % 899 + 100}"
    total = sum(int(digit) * weight for digit, weight in zip(base, _WEIGHTS, strict=True))
    return base + "10X98765432"[total % 11]


@dataclass(frozen=True)
class Row:
    """One row of the sheet of a village."""

    person: int
    worked: str = "是"
    wage: object = "3000"
    village: str = "大院村"
    start: str = ""
    number: str | None = None
    more: str = ""

    def cells(self) -> list[object]:
        number = id_number(self.person) if self.number is None else self.number
        name = "赵钱孙李周吴郑王"[self.person % 8] + "某"
        return [
            COUNTY, TOWNSHIPS[self.village], self.village, name, number, self.worked, self.wage,
            self.start, self.more,
        ]  # fmt: skip


def people(*numbers: int, **more: str) -> list[Row]:
    """Return a row for each of some people."""
    return [Row(n, **more) for n in numbers]  # type: ignore[arg-type]


def csv_of(rows: Sequence[Row], *, title: str = TITLE) -> bytes:
    """Return a CSV with a title row."""
    lines = [[title], HEADER, *(row.cells() for row in rows)]
    return "".join(",".join(map(str, line)) + "\r\n" for line in lines).encode("utf-8-sig")


def xlsx_of(sheets: Mapping[str, Sequence[Row]], *, title: str = TITLE) -> bytes:
    """Return a book with a sheet of each name."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append([title])
        sheet.append(list(HEADER))
        for row in rows:
            sheet.append(row.cells())
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def registration(numbers: Sequence[int]) -> list[bytes]:
    """Return the events that register people, each in a household of their own."""
    lines = []
    for n in numbers:
        common = {
            "source_system": "fangpin_cloud", "source_version": 1, "region_code": "520526111202",
            "household_no": f"H{n}", "occurred_from": "2020-01-01",
        }  # fmt: skip
        lines.append(
            common
            | {
                "event_type": "household.upsert", "source_record_id": f"h-{n}",
            }
        )  # fmt: skip
        lines.append(
            common
            | {
                "event_type": "member.upsert", "source_record_id": f"m-{n}", "sex": "male",
                "id_number": id_number(n),
                "birth": f"{1970 + n % 30}-{n % 12 + 1:02}-{n % 28 + 1:02}",
                "relation": "head",
            }
        )  # fmt: skip
    return [json.dumps(line).encode() for line in lines]


def install_mapping(data: Path) -> None:
    """Give an installation the mapping of this office."""
    folder = data / "mappings"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "test_work.toml").write_text(MAPPING, encoding="utf-8")


@contextmanager
def office(data: Path, registered: int = 30, now: datetime = NOW) -> Iterator[County]:
    """Open a county whose first people are registered."""
    from yujing.app.intake import Intake, finish

    install_mapping(data)
    with open_county(data, now) as county:
        if not len(county.state.members) and registered:
            intake = Intake(county, Grant(), "register")
            with county.busy:
                intake.take(registration(range(registered)))
                finish(county, [intake])
        yield county


def send(
    county: County,
    content: bytes,
    name: str = "表.csv",
    *,
    grant: Grant | None = None,
    **more: object,
) -> Delivered:
    """Deliver a sheet."""
    order = SheetOrder(name, content, grant or Grant(), "clerk", **more)  # type: ignore[arg-type]
    return deliver(county, order, Silence())


def answers_of(delivered: Delivered) -> list[tuple[str, str]]:
    """Return outcome and reason of each row of the answer to a CSV."""
    assert delivered.write_answer is not None
    file = io.BytesIO()
    delivered.write_answer(file)
    lines = file.getvalue().decode("utf-8-sig").splitlines()[2:]
    return [(line.split(",")[-2], line.split(",")[-1]) for line in lines]
