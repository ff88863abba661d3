"""`yujing mappings`: what is there, and what a file would become."""

from pathlib import Path

import openpyxl
import pytest

from tests.support.sheet_tables import person, work_rows
from yujing.app import mappings
from yujing.app.output import DONE, PARTLY, Fields, Silence
from yujing.errors import UsageError
from yujing.settings import Settings

NAME, PHONE = "欧阳小明", "13800138000"


class Told(Silence):
    """Keeps results and how a person reads them."""

    def __init__(self) -> None:
        self.results: list[Fields] = []
        self.texts: list[str] = []

    def result(self, fields: Fields, text: str | None = None) -> None:
        """Keep both."""
        self.results.append(fields)
        self.texts.append(text or "")

    def of(self, key: str) -> list[Fields]:
        """Return the results that have a key."""
        return [fields for fields in self.results if key in fields]


def book(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def work_sheet(**more: object) -> list[list[object]]:
    columns = work_rows(3, 姓名=NAME, 联系电话=PHONE, 开始时间=["2023-01", 2023.1, None], **more)  # type: ignore[arg-type]
    return [["2023年3月已外出务工"], list(columns), *map(list, zip(*columns.values(), strict=True))]


def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "county")


def tried(tmp_path: Path, path: Path, month: int | None = None) -> tuple[int, Told]:
    told = Told()
    return mappings.try_file(settings(tmp_path), path, month, told), told


def test_the_list_names_all_and_marks_the_countys_own(tmp_path: Path) -> None:
    own = tmp_path / "county" / "mappings"
    own.mkdir(parents=True)
    shipped = Path(mappings.__file__).parents[2] / "streams/sheets/mappings/income.toml"
    (own / "income.toml").write_text(shipped.read_text("utf8"), "utf8")
    told = Told()

    assert mappings.list_mappings(settings(tmp_path), told) == DONE
    assert [fields["name"] for fields in told.results if fields["own"]] == ["income"]
    assert len(told.results) == 11


def test_a_mapping_is_shown_column_by_column(tmp_path: Path) -> None:
    told = Told()

    assert mappings.show(settings(tmp_path), "work_monthly", told) == DONE
    worked = next(fields for fields in told.results if fields["field"] == "worked")
    assert worked["required"] is True
    assert "是否已务工" in worked["headers"]  # type: ignore[operator]
    with pytest.raises(UsageError, match="no mapping 'x'"):
        mappings.show(settings(tmp_path), "x", told)


def test_a_sheet_is_told_column_by_column_with_its_problems(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"三月": work_sheet(备注="好"), "空表": []})

    status, told = tried(tmp_path, path)

    assert status == PARTLY
    sheet = told.of("mapping")[0]
    assert (sheet["mapping"], sheet["month"], sheet["month_from"]) == (
        "work_monthly", "2023-03", "title",
    )  # fmt: skip
    assert (sheet["rows"], sheet["refused"], sheet["unknown_columns"]) == (3, 1, ["备注"])
    columns = {fields["header"]: fields for fields in told.of("column")}
    assert columns["开始时间"]["field"] == "start"
    assert columns["开始时间"]["problems"] == {"month_two_readings": 1}
    assert columns["备注"]["field"] is None
    fault = told.of("refused")[-1]
    assert (fault["row"], fault["refused"]) == (4, "month_two_readings")  # as Excel numbers it
    assert [fields["sheet"] for fields in told.of("left")] == ["空表"]


def test_no_person_can_be_read_from_what_is_told(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"三月": work_sheet(备注=f"{NAME}的电话{PHONE}", 户主=NAME)})

    _, told = tried(tmp_path, path)

    everything = f"{told.results} {told.texts}"
    for personal in (NAME, PHONE, person(0), person(1)):
        assert personal not in everything


def test_a_right_sheet_is_done(tmp_path: Path) -> None:
    rows = work_sheet()
    rows[3][rows[1].index("开始时间")] = "2023-01"

    status, told = tried(tmp_path, book(tmp_path / "a.xlsx", {"三月": rows}))

    assert status == DONE
    assert told.of("mapping")[0]["events"] == {
        "employment.monthly_status": 3, "employment.start": 2, "employment.end": 0,
    }  # fmt: skip


def test_a_month_can_be_named(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"表": work_sheet()[1:]})

    refused = tried(tmp_path, path)[1].of("error")
    assert "--month" in str(refused[0]["error"])
    named = tried(tmp_path, path, mappings.month_number("2023-04"))[1].of("mapping")
    assert named[0]["month"] == "2023-04"


def test_an_unknown_sheet_gets_a_proposal(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"表": [["学校", "年级", "人数"], ["一小", "三", 4]]})

    status, told = tried(tmp_path, path)

    assert status == PARTLY
    assert "[[column]]" in str(told.of("proposal")[0]["proposal"])


@pytest.mark.parametrize("text", ["2023-13", "2023", "202303", "x"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no month"):
        mappings.month_number(text)
    assert mappings.month_number("") is None
