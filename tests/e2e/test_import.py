"""A department's clerk follows docs/sheets.md in a browser, at a real service.

Every word that the clerk taps or reads is asserted to stand in the page of the documentation.
"""

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from streams.door.grant import Grant
from tests.e2e.test_reading import CONTRAST, LEAST_CONTRAST, LEAST_TARGET_PX, TARGETS
from tests.support.e2e_pages import new_page, sign_in
from tests.support.pages import PASSWORD
from tests.support.running_county import ingest, open_county, serving
from yujing.access.accounts import NewAccount
from yujing.access.roles import Role
from yujing.access.scope import Scope
from yujing.app.serve import ADDRESS_FILE
from yujing.domain.codes import Source

pytestmark = [pytest.mark.browser, pytest.mark.integration]

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/sheets.md").read_text(encoding="utf8")
EXAMPLES = ROOT / "examples"
HEADER = ("县", "乡", "行政村", "姓名", "证件号码", "是否已务工", "开始时间", "务工月收入")
WAIT_MS = 60_000  # a busy machine delivers slowly
Cells = Sequence[object]


def said(words: str) -> str:
    """Return words of the guide."""
    assert words in GUIDE, words
    return words


@pytest.fixture(scope="module")
def people() -> list[Cells]:
    """Rows of people whom the county has registered: place, name, certificate number."""
    sheet = openpyxl.load_workbook(EXAMPLES / "members-2026-05.xlsx").worksheets[0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    return [(*row[:3], row[5], row[6]) for row in rows]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A real service of a county that knows some people, and a clerk of the platform's office."""
    data = tmp_path / "data"
    with open_county(data, datetime.now(UTC)) as county:
        for username, source in (("liu", Source.FANGPIN_CLOUD), ("wei", Source.CIVIL_AFFAIRS)):
            county.access.accounts.add(
                NewAccount(username, Role.DEPARTMENT, Scope("522632"), "刘会计", source),
                at=county.now(), by="test", password=PASSWORD, must_change=False,
            )  # fmt: skip
        members = tmp_path / "members-2026-05.xlsx"
        members.write_bytes((EXAMPLES / members.name).read_bytes())
        results = ingest(county, [members], Grant())
        assert results[0]["accepted"] == results[0]["rows"]
    with serving(data):
        yield (data / ADDRESS_FILE).read_text().strip()


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    page = new_page(chromium, address)
    yield page
    page.context.close()


def sheet(rows: Sequence[Cells], title: str = "") -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "Sheet1"
    if title:
        page.append([title])
    page.append(HEADER)
    for row in rows:
        page.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def worked(person: Cells, start: object = "2026-03-01", wage: object = 3200) -> Cells:
    return (*person, "是", start, wage)


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    """Choose files and send them."""
    kind = "application/octet-stream"
    page.get_by_label("选择表格").set_input_files(
        [{"name": name, "mimeType": kind, "buffer": content} for name, content in files]
    )
    page.get_by_role("button", name=said("上传"), exact=True).click()
    for name, _ in files:
        line = page.locator("ul.chosen li", has_text=name)
        expect(line).to_contain_text(said("已收到"), timeout=WAIT_MS)


def ended(page: Page, name: str, words: str) -> None:
    """Wait until a file is in the list of what was delivered."""
    last = page.locator("section", has=page.get_by_role("heading", name=said("最近的报送")))
    line = last.locator("li", has_text=name).first
    expect(line).to_contain_text(words, timeout=WAIT_MS)


def fetched(page: Page) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("link", name=said("下载结果")).first.click()
    return Path(download.value.path()).read_bytes()


def test_the_guide_from_the_first_step_to_the_last(page: Page, people: list[Cells]) -> None:
    spoiled = (*people[1][:4], "5.22632E+17")
    content = sheet(
        [worked(people[0]), worked(spoiled), worked(people[2], start=2026.1)],
        "榕江县2026年10月务工月监测表",
    )
    sign_in(page, "liu")
    assert page.url.endswith("/import")
    expect(page.get_by_text(said("报送表格")).first).to_be_visible()
    expect(page.get_by_role("heading", name="农业农村局（贵州防贫监测平台）")).to_be_visible()
    expect(page.get_by_text(said("点这里选表格，或把文件拖进来"))).to_be_visible()

    choose(page, ("务工.xlsx", content))
    ended(page, "务工.xlsx", "共 3 行：已接收 1、已拒绝 2")
    page.get_by_role("link", name="务工.xlsx", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("共 3 行")
    book = openpyxl.load_workbook(io.BytesIO(fetched(page)))
    assert book.sheetnames == [said("汇总"), "Sheet1"]
    answered = [list(row) for row in book["Sheet1"].iter_rows(values_only=True)]
    assert answered[1][-2:] == [said("结果"), said("原因")]
    assert [row[-2] for row in answered[2:]] == [said("已接收"), said("已拒绝"), "已拒绝"]
    for reason, means in (
        (answered[3][-1], "被 Excel 当作数字保存，15 位以后的数字已丢失"),
        (answered[4][-1], "看不出是 1 月还是 10 月"),
    ):
        assert said(means) in str(reason)
    assert str(people[1][4]) not in str(answered[3][-1])

    mended = book["Sheet1"]  # the last step: mend the result and send it as it is
    mended.cell(4, 5).value = str(people[1][4])
    mended.cell(5, 7).value = "2026-01"
    content_again = io.BytesIO()
    book.save(content_again)
    page.get_by_role("link", name="回到报送表格").click()
    choose(page, ("务工.结果.xlsx", content_again.getvalue()))
    ended(page, "务工.结果.xlsx", "共 3 行：已接收 2、重复 1")
    assert page.problems == []  # type: ignore[attr-defined] # kept by new_page


@pytest.mark.soak
def test_a_file_can_be_dragged_several_are_sent_in_order(page: Page, people: list[Cells]) -> None:
    sign_in(page, "liu")
    page.evaluate(
        """() => {
      const moved = new DataTransfer();
      for (const name of ['9月务工月监测.csv', '10月务工月监测.csv'])
        moved.items.add(new File(['证件号码,是否已务工\\n'], name));
      const input = document.querySelector('input[type=file]');
      input.files = moved.files;
      input.dispatchEvent(new Event('change', {bubbles: true}));
    }"""
    )
    names = page.locator("ul.chosen li strong")
    expect(names).to_have_text(["9月务工月监测.csv", "10月务工月监测.csv"])
    over = page.evaluate(
        """() => { const box = document.querySelector('.drop').getBoundingClientRect();
      const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      return there.type; }"""
    )
    assert over == "file"  # what is dropped anywhere on the field falls into it


def test_a_month_that_is_nowhere_is_asked_for(page: Page, people: list[Cells]) -> None:
    sign_in(page, "liu")
    choose(page, ("表.xlsx", sheet([worked(people[0])])))

    expect(page.get_by_role("heading", name=said("等您回答"))).to_be_visible(timeout=WAIT_MS)
    page.get_by_role("link", name=said("去回答")).click()
    expect(page.get_by_role("alert")).to_contain_text("请选月份")
    assert "--month" not in page.content()
    page.get_by_label("这张表是哪个月的").select_option("2026-10")
    page.get_by_role("button", name=said("就是这个月")).click()
    expect(page.get_by_role("status")).to_contain_text("共 1 行：已接收 1", timeout=WAIT_MS)
    expect(page.get_by_text("月份：2026-10")).to_be_visible()


def test_rows_that_are_missing_are_shown_and_confirmed(page: Page, people: list[Cells]) -> None:
    village = max({p[2] for p in people}, key=lambda name: sum(p[2] == name for p in people))
    here = [p for p in people if p[2] == village]
    assert len(here) > 10
    sign_in(page, "liu")
    choose(page, ("务工2026-10.xlsx", sheet([worked(p) for p in here])))
    ended(page, "务工2026-10.xlsx", f"共 {len(here)} 行")

    fewer = sheet([worked(p) for p in here[:2]])
    choose(page, ("少了2026-10.xlsx", fewer))
    expect(page.get_by_role("heading", name="等您回答")).to_be_visible(timeout=WAIT_MS)
    page.get_by_role("link", name="去回答").click()
    expect(page.get_by_role("main")).to_contain_text(f"上次 {len(here)} 条")
    expect(page.get_by_role("button", name=said("不是，撤回这张表"))).to_be_visible()
    page.get_by_role("button", name=said("确实减少了，照这张表办")).click()
    expect(page.get_by_role("status")).to_contain_text(
        f"撤回 {len(here) - 2}", timeout=WAIT_MS
    )  # fmt: skip

    page.get_by_role("link", name="回到报送表格").click()
    choose(page, ("又少2026-10.xlsx", sheet([worked(p) for p in here])))
    ended(page, "又少2026-10.xlsx", "已接收")


def test_files_that_cannot_be_taken_say_what_to_do(page: Page, people: list[Cells]) -> None:
    sign_in(page, "wei")
    choose(page, ("低保.xlsx", b"%PDF-1.7 x"))
    ended(page, "低保.xlsx", said("PDF 文件"))
    choose(page, ("10月务工月监测.xlsx", sheet([worked(people[0])])))
    ended(page, "10月务工月监测.xlsx", "由农业农村局（贵州防贫监测平台）报送")
    assert said("本单位的账号不能报") in page.content()
    page.get_by_role("link", name="10月务工月监测.xlsx", exact=True).click()
    expect(page.get_by_text(said("一行也没有记下"))).to_be_visible()


@pytest.mark.soak
def test_a_file_that_is_too_large_is_told_before_and_after_it_is_sent(
    chromium: Browser, address: str, tmp_path: Path
) -> None:
    large = tmp_path / "large.xlsx"
    with large.open("wb") as file:
        file.truncate(120 * 2**20)
    for scripts in (True, False):
        page = new_page(chromium, address, scripts=scripts)
        sign_in(page, "liu")
        page.get_by_label("选择表格").set_input_files(large)
        page.get_by_role("button", name="上传", exact=True).click()
        expect(page.get_by_text(said("文件太大")).first).to_be_visible(timeout=WAIT_MS)
        expect(page.get_by_text("100 MB").first).to_be_visible()
        page.context.close()


@pytest.mark.soak
def test_without_scripts_the_form_does_the_same(
    chromium: Browser, address: str, people: list[Cells]
) -> None:
    page = new_page(chromium, address, scripts=False)
    sign_in(page, "liu")
    page.get_by_label("选择表格").set_input_files(
        [{"name": "务工2026-10.xlsx", "mimeType": "x/y", "buffer": sheet([worked(people[0])])}]
    )
    page.get_by_role("button", name="上传", exact=True).click()
    page.wait_for_url("**/import")
    for _ in range(60):
        if page.get_by_text("共 1 行：已接收 1").count():
            break
        page.wait_for_timeout(1_000)
        page.reload()
    expect(page.get_by_text("共 1 行：已接收 1")).to_be_visible()
    page.context.close()


def test_a_sample_is_offered_and_says_how_to_fill_it_in(page: Page) -> None:
    sign_in(page, "liu")
    expect(page.get_by_role("heading", name=said("样表"))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载样表：计划外出务工").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert book.worksheets[0].column_dimensions["A"].number_format == "@"
    assert "证件号码" in [cell.value for cell in book.worksheets[0][1]]


@pytest.mark.parametrize("width", [320, pytest.param(1280, marks=pytest.mark.soak)])
def test_the_pages_can_be_read_and_touched(
    chromium: Browser, address: str, people: list[Cells], width: int
) -> None:
    page = new_page(chromium, address, width=width)
    sign_in(page, "liu")
    choose(page, ("榕江县车民街道文体中心社区务工情况统计表终稿2026-10.xlsx",
                  sheet([worked(people[0]), worked((*people[0][:4], "1"))])))  # fmt: skip
    ended(page, "终稿2026-10.xlsx", "共 2 行")
    choose(page, ("表.xlsx", sheet([worked(people[0])])))
    expect(page.get_by_role("link", name="去回答")).to_be_visible(timeout=WAIT_MS)

    for path in ("/import", "/import/1", "/import/2"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert [one for one in page.evaluate(TARGETS) if one[0] < LEAST_TARGET_PX - 0.5] == [], path
        page.wait_for_timeout(300)
        assert [one for one in page.evaluate(CONTRAST) if one[0] < LEAST_CONTRAST] == [], path
    page.context.close()
