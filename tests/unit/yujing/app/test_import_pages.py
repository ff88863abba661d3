"""The import pages: who may send, what is kept, what is said, what goes back, and to whom."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest

from tests.support.pages import Browser, log_in, token_in
from tests.support.upload_room import ImportCounty, sent
from yujing.app.import_pages import NO_SOURCE
from yujing.app.uploads.answer import Told
from yujing.app.uploads.queue import Queue

CSV = "头\n好\n坏\n".encode()


@pytest.fixture
def county(tmp_path: Path) -> Iterator[ImportCounty]:
    county = ImportCounty(tmp_path)
    yield county
    county.close()


@pytest.fixture
def clerk(county: ImportCounty) -> Browser:
    return signed_in(county, "liu")


def signed_in(county: ImportCounty, username: str) -> Browser:
    browser = Browser(county.app)
    log_in(browser, username)
    return browser


def upload(browser: Browser, *files: tuple[str, bytes], token: str = "", **more: Any) -> Any:
    token = token or token_in(browser.get("/import").text)
    return browser.post(
        "/import", data={"form_token": token},
        files=[("file", (name, content, "text/csv")) for name, content in files], **more,
    )  # fmt: skip


def test_the_first_page_of_a_department_is_the_import(county: ImportCounty) -> None:
    browser = Browser(county.app)
    answer = log_in(browser, "liu")

    assert answer.headers["location"] == "/import"
    page = browser.get("/import").text
    assert "人力资源社会保障局（就业）" in page
    assert "还没有报送过表格" in page
    assert 'href="/quality"' in page


@pytest.mark.parametrize("username", ["wang", "tang", "chen"])
def test_who_may_not_import_finds_nothing_there(county: ImportCounty, username: str) -> None:
    browser = signed_in(county, username)

    assert browser.get("/import").status_code == 404
    token = token_in(browser.get("/sessions").text)
    assert upload(browser, ("a.csv", CSV), token=token).status_code == 404
    assert county.uploads.of_account(username) == []


def test_nobody_uploads_without_logging_in(county: ImportCounty) -> None:
    browser = Browser(county.app)

    assert upload(browser, ("a.csv", CSV), token="x").status_code == 401
    assert browser.get("/import").headers["location"] == "/login?next=%2Fimport"


def test_an_account_without_a_source_is_told_what_is_missing(county: ImportCounty) -> None:
    browser = signed_in(county, "mei")

    page = browser.get("/import").text
    assert NO_SOURCE in page
    assert 'type="file"' not in page
    answer = upload(browser, ("a.csv", CSV), token=token_in(browser.get("/sessions").text))
    assert (answer.status_code, NO_SOURCE in answer.text) == (400, True)


def test_the_data_team_sends_for_any_department(county: ImportCounty) -> None:
    browser = signed_in(county, "data")

    assert "代各部门" in browser.get("/import").text
    upload(browser, ("10月.csv", CSV))
    county.worker.look()
    assert (county.counter.orders[0].source, county.counter.orders[0].by) == ("", "data")


def test_files_go_into_the_queue_in_their_order(county: ImportCounty, clerk: Browser) -> None:
    answer = upload(clerk, ("9月.csv", CSV), ("10月.csv", CSV))

    assert (answer.status_code, answer.headers["location"]) == (303, "/import")
    page = clerk.get("/import").text
    assert page.index("9月.csv") < page.index("10月.csv")
    assert "正在处理（2）" in page
    assert 'hx-trigger="every 2s"' in page
    assert county.uploads.content(1) == CSV


def test_a_large_file_is_kept_piece_by_piece(county: ImportCounty, clerk: Browser) -> None:
    content = bytes(range(256)) * 6_000  # 1.5 MB
    upload(clerk, ("10月.xlsx", content))

    assert county.uploads.content(1) == content
    assert len(list(county.uploads.pieces(1, "content"))) == 3


def test_a_form_of_another_site_is_refused_and_nothing_kept(
    county: ImportCounty, clerk: Browser
) -> None:
    for more in ({"token": "0" * 64}, {"headers": {"sec-fetch-site": "cross-site"}}):
        answer = upload(clerk, ("10月.csv", CSV), **more)
        assert answer.status_code == 403
    head = b'Content-Disposition: form-data; name="file"; filename="a.csv"'
    body = b"--b\r\n" + head + b"\r\n\r\nx\r\n--b--\r\n"
    answer = clerk.post(
        "/import", content=body, headers={"content-type": "multipart/form-data; boundary=b"}
    )
    assert answer.status_code == 403
    assert county.uploads.of_account("liu") == []


def test_a_file_that_is_too_large_is_cut_off_with_a_sentence(
    county: ImportCounty, clerk: Browser
) -> None:
    large = b"x" * (county.most_bytes + 1)
    answer = upload(clerk, ("10月.csv", CSV), ("large.xlsx", large))

    assert answer.status_code == 413
    assert "文件太大" in answer.text
    assert "最多 3 MB" in answer.text
    assert answer.headers["connection"] == "close"
    assert [one.name for one in county.uploads.of_account("liu")] == ["10月.csv"]
    assert list(county.uploads.pieces(2, "content")) == []


def test_a_body_that_declares_too_much_is_not_even_read(
    county: ImportCounty, clerk: Browser
) -> None:
    answer = upload(
        clerk, ("a.xlsx", b"x" * (county.most_bytes + 2**21)),
        headers={"accept": "application/json"},
    )  # fmt: skip

    assert answer.status_code == 413
    assert answer.json()["line"].startswith("文件太大（5 MB），一次最多 3 MB")
    assert county.uploads.get(1) is None


def test_a_script_gets_one_line_for_its_file(clerk: Browser) -> None:
    json = {"accept": "application/json"}

    assert upload(clerk, ("10月.csv", CSV), headers=json).json() == {
        "line": "已收到", "uploads": [1],
    }  # fmt: skip
    answer = upload(clerk, ("a.csv", b""), headers=json)
    assert (answer.status_code, answer.json()["line"]) == (400, "“a.csv”是空文件，没有收下。")
    nothing = clerk.post(
        "/import", data={"form_token": token_in(clerk.get("/import").text)},
        files={"file": ("", b"")}, headers=json,
    )  # fmt: skip
    assert "还没有选文件" in nothing.json()["line"]


def test_a_form_that_broke_off_leaves_nothing(county: ImportCounty, clerk: Browser) -> None:
    token = token_in(clerk.get("/import").text)
    whole = httpx.Request(
        "POST", "http://x/", data={"form_token": token}, files={"file": ("a.csv", b"x" * 999)}
    )
    kind = whole.headers["content-type"]
    body = whole.read()
    for broken in (body[:-200], body[:-4], b""):
        answer = clerk.post("/import", content=broken, headers={"content-type": kind})
        assert (answer.status_code, "没有传完整" in answer.text) == (400, True)
    for kind in ("text/plain", "multipart/form-data"):
        answer = clerk.post("/import", content=body, headers={"content-type": kind})
        assert (answer.status_code, "没有传完整" in answer.text) == (400, True)
    assert county.uploads.get(1) is None


def test_a_name_with_quotes_and_chinese_is_kept(county: ImportCounty, clerk: Browser) -> None:
    upload(clerk, ('务工"监测"10月.csv', CSV))

    assert county.uploads.of_account("liu")[0].name == '务工"监测"10月.csv'


def test_progress_is_told_in_rows_and_rows_a_second(county: ImportCounty, clerk: Browser) -> None:
    upload(clerk, ("10月.csv", CSV))
    queue, now = Queue(county.uploads), int(county.clock.at.timestamp())
    running = queue.claim(at=now - 3)
    assert running
    queue.renew(running, at=now, rows=(12_000, 100_000))

    for path in ("/import/list", "/import/1/part"):
        page = clerk.get(path).text
        assert "12,000 / 100,000 行 · 每秒 4,000 行" in page
        assert 'max="100000" value="12000"' in page
        assert "<html" not in page
    assert "12,000 / 100,000 行" in clerk.get("/import/1").text


def test_the_result_says_what_became_of_the_rows_and_is_fetched(
    county: ImportCounty, clerk: Browser
) -> None:
    upload(clerk, ("10月.csv", CSV))
    county.worker.look()

    page = clerk.get("/import/1").text
    assert "共 2 行：已接收 1、已拒绝 1" in page
    assert "hx-trigger" not in page
    assert "共 2 行：已接收 1、已拒绝 1" in clerk.get("/import").text
    answer = clerk.get("/import/1/result")
    assert answer.text == "好,已接收\n坏,已接收\n"
    assert "10%E6%9C%88.csv.%E7%BB%93%E6%9E%9C.csv" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    assert [read.what for read in county.access.audit.of_account("liu")] == ["sheet"]
    fetched = county.uploads.get(1)
    assert fetched is not None
    assert fetched.fetched_at == int(county.clock.at.timestamp())


def test_a_result_that_was_erased_says_how_to_get_it_again(
    county: ImportCounty, clerk: Browser
) -> None:
    upload(clerk, ("10月.csv", CSV))
    county.worker.look()
    clerk.get("/import/1/result")
    Queue(county.uploads).purge(at=int(county.clock.at.timestamp()) + 8 * 86_400)

    answer = clerk.get("/import/1/result")
    assert (answer.status_code, "再传一次" in answer.text) == (400, True)
    assert "已按期删除" in clerk.get("/import/1").text


def test_another_s_upload_is_not_there(county: ImportCounty, clerk: Browser) -> None:
    upload(clerk, ("10月.csv", CSV))
    county.worker.look()
    other = signed_in(county, "wei")

    for path in ("/import/1", "/import/1/part", "/import/1/result", "/import/99"):
        answer = other.get(path)
        assert (answer.status_code, "没有找到" in answer.text) == (404, True), path
    for path in ("/import/1/answer", "/import/1/withdraw"):
        assert other.submit(path, month="2026-10").status_code == 404
    assert "10月.csv" not in other.get("/import").text


def test_a_missing_month_is_asked_for(county: ImportCounty, clerk: Browser) -> None:
    upload(clerk, ("监测.csv", CSV))
    county.worker.look()

    assert "等您回答（1）" in clerk.get("/import").text
    page = clerk.get("/import/1").text
    assert "看不出这张表是哪个月的" in page
    assert '<option value="2026-11">2026 年 11 月</option>' in page
    for wrong in ("", "2026-13", "1999-01", "x"):
        answer = clerk.submit("/import/1/answer", month=wrong)
        assert (answer.status_code, "请先选" in answer.text) == (400, True)
    assert clerk.submit("/import/1/answer", month="2026-10").headers["location"] == "/import/1"
    county.worker.look()
    assert county.counter.orders[-1].month == 2026 * 12 + 9
    assert "处理完了" not in clerk.get("/import/1").text
    assert "共 2 行" in clerk.get("/import/1").text


def test_what_would_be_taken_back_is_shown_and_confirmed(
    county: ImportCounty, clerk: Browser
) -> None:
    upload(clerk, ("10月.csv", b"a\n1\n"))
    county.worker.look()

    page = clerk.get("/import/1").text
    assert "大院村：上次 10 条，这次少了 9 条" in page
    assert "确实减少了" in page
    clerk.submit("/import/1/answer", confirmed="1")
    county.worker.look()
    assert county.counter.orders[-1].confirmed
    assert "共 1 行：已接收 1" in clerk.get("/import/1").text


def test_a_wrong_file_is_taken_back_before_it_begins(county: ImportCounty, clerk: Browser) -> None:
    upload(clerk, ("错的10月.csv", CSV))

    assert "传错了，撤回" in clerk.get("/import/1").text
    assert clerk.submit("/import/1/withdraw").headers["location"] == "/import"
    assert not county.worker.look()
    assert clerk.get("/import/1").status_code == 404
    upload(clerk, ("10月.csv", CSV))
    county.worker.look()
    answer = clerk.submit("/import/2/withdraw")
    assert (answer.status_code, "新的会代替旧的" in answer.text) == (400, True)


def test_a_refused_file_says_why_and_that_nothing_entered(
    county: ImportCounty, clerk: Browser
) -> None:
    upload(clerk, ("10月.xlsx", b"%PDF-1.7"))
    county.worker.look()

    page = clerk.get("/import/1").text
    assert "这是 PDF，不是表格" in page
    assert "一行也没有记下" in page
    assert "看说明" in clerk.get("/import").text


def test_what_was_not_taken_back_and_left_is_told(county: ImportCounty, clerk: Browser) -> None:
    sent(county.uploads)
    queue = Queue(county.uploads)
    running = queue.claim(at=0)
    assert running
    told = Told(
        sheets=("已外出务工",), months=("2026-10",), counts={"rows": 3, "duplicate": 3},
        retracted=2, held_back=1, notes=("工作表“说明”没有处理：没有表头。",),
    )  # fmt: skip
    queue.finish(running, "done", told, at=0)

    page = clerk.get("/import/1").text
    for said in ("2 条已撤回", "1 条没有撤回", "工作表“说明”没有处理", "已外出务工；月份：2026-10"):
        assert said in page
    assert "共 3 行：重复 3、撤回 2" in page


def test_a_sample_has_the_columns_and_keeps_numbers_as_text(clerk: Browser) -> None:
    page = clerk.get("/import").text
    path = re.findall(r'href="(/import/samples/[^"]+)"', page)[0]

    book = openpyxl.load_workbook(io.BytesIO(clerk.get(path).content))
    assert [cell.value for cell in book.worksheets[0][1]] == [
        "证件号码", "开始时间", "是否已务工", "户类型",
    ]  # fmt: skip
    assert book.worksheets[0].column_dimensions["A"].number_format == "@"
    rows = [tuple(cell.value for cell in row) for row in book.worksheets[1].iter_rows()]
    assert (
        "证件号码",
        "必填",
        "18 位身份证号，或 20、22 位残疾人证号",
        "52052619850501001X",
    ) in rows
    assert ("户类型", None, "填其中一个：脱贫户、监测户", "脱贫户") in rows
    assert clerk.get("/import/samples/none").status_code == 404


def test_another_department_is_offered_its_own_sheets_alone(county: ImportCounty) -> None:
    other = signed_in(county, "wei")

    assert "/import/samples/" not in other.get("/import").text
    assert other.get("/import/samples/work_monthly").status_code == 404
