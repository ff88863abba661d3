"""What a department sees of its differences, and what it does not."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from alerts.desk.differences import answer
from alerts.desk.record import Change, find_card
from tests.support.pages import PASSWORD, Browser, log_in
from tests.support.small_county import FAR, LI, UPPER, ZHAO, ZHOU, SmallCounty, draft, small_county
from tests.support.written_differences import NUMBERS, difference, differences
from yujing.access.accounts import NewAccount
from yujing.access.roles import Role
from yujing.access.scope import Scope
from yujing.app.difference_pages import HEADER, routes
from yujing.domain.codes import Source
from yujing.storage.sql import writing
from yujing.web.application import application

DAY = date(2026, 11, 20)
EX_POOR_AND_MONITORED = 1 << 1 | 1 << 4
ROWS = differences(
    difference("working_uninsured", 10, ZHAO, categories=EX_POOR_AND_MONITORED),
    difference("jobless_insured", 20, LI, month="2026-09"),
    difference("assistance_unofficial", 30, what=2, since=date(2025, 3, 1)),
    difference("working_uninsured", 40, ZHOU, region=FAR),
)
ACCOUNTS = (
    ("shebao", Source.SOCIAL_INSURANCE, "520526"), ("minzheng", Source.CIVIL_AFFAIRS, "520526"),
    ("shebao_up", Source.SOCIAL_INSURANCE, str(UPPER)), ("nobody", None, "520526"),
)  # fmt: skip


@pytest.fixture
def county(tmp_path: Path) -> Iterator[SmallCounty]:
    with small_county(tmp_path) as opened:
        for username, source, scope in ACCOUNTS:
            opened.access.accounts.add(
                NewAccount(username, Role.DEPARTMENT, Scope(scope), username, source),
                at=opened.clock.now(), by="test", password=PASSWORD, must_change=False,
            )  # fmt: skip
        opened.desk.differences.settle(ROWS, day=DAY)
        yield opened


def browser(county: SmallCounty, username: str) -> Browser:
    opened = Browser(application(county.services, routes(county.services)))
    log_in(opened, username)
    return opened


def lines(county: SmallCounty, username: str, query: str = "") -> list[list[str]]:
    answer = browser(county, username).get(f"/differences.csv{query}")
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    header, *rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert tuple(header) == HEADER
    return rows


def test_a_department_gets_what_its_source_takes_part_in(county: SmallCounty) -> None:
    up, far = (county.services.place(village) for village in (UPPER, FAR))
    stopped = "6 月 1 日起职工社保停缴 5 个月，务工登记仍为在岗"
    insured = "6 月 1 日登记失业，9 月仍有职工社保缴费"
    still_open = ["2026-11-20", "入户核对", "待核对", "", ""]
    assert lines(county, "shebao") == [
        ["登记在岗，社保停缴", stopped, "防贫云、社保", "赵*军", "520526000010",
         "脱贫人口、边缘易致贫", up, *still_open],
        ["登记在岗，社保停缴", stopped, "防贫云、社保", "周*山", "520526000040", "", far,
         *still_open],
        ["登记失业，仍在缴职工社保", insured, "就业大数据平台、社保", "李*", "520526000020", "", up,
         *still_open],
    ]
    assert [row[3] for row in lines(county, "minzheng")] == ["孙*兰 户"]
    assert "2025 年 3 月 1 日起勾选农村低保" in lines(county, "minzheng")[0][1]


def test_places_comparisons_and_states_narrow_the_list(county: SmallCounty) -> None:
    assert [row[3] for row in lines(county, "shebao_up")] == ["赵*军", "李*"]
    number = NUMBERS["jobless_insured"]
    assert [row[3] for row in lines(county, "shebao", f"?comparison={number}")] == ["李*"]
    assert lines(county, "shebao", "?state=answered") == []
    page = browser(county, "shebao").get(f"/differences/list?comparison={number}").text
    assert "李*" in page
    assert "赵*军" not in page
    assert "520526000020" in page


def test_the_page_counts_and_leads_on(county: SmallCounty) -> None:
    page = browser(county, "shebao").get("/differences").text

    assert "待核对 3 处" in page
    assert page.index("登记在岗，社保停缴") < page.index("登记失业，仍在缴职工社保")
    assert "/differences/list?comparison=1" in page
    assert "监测系统已勾选" not in page


def test_an_answered_one_is_told_back_until_the_data_change(county: SmallCounty) -> None:
    card = county.open(draft(10, ZHAO, UPPER))
    (one,) = county.desk.differences.open_of(10)
    with writing(county.engine) as connection:
        found = find_card(connection, card)
        assert found is not None
        change = Change("outcome", county.clock.now(), "wang")
        answer(connection, found, {one.id: "没活了"}, change, 1)

    (row,) = lines(county, "shebao", "?state=answered")
    assert row[-3:] == ["已核对，数据未变", "没活了（社保的记录对）", "2026-11-24"]
    assert "已核对、数据未变 1 处" in browser(county, "shebao").get("/differences").text
    county.desk.differences.settle(ROWS[1:], day=DAY)
    assert lines(county, "shebao", "?state=answered") == []


def test_the_data_team_sees_all_without_names_and_supervisors_their_places(
    county: SmallCounty,
) -> None:
    assert {(row[3], row[4]) for row in lines(county, "data")} == {("", "")}
    assert len(lines(county, "data")) == 4
    assert [row[3] for row in lines(county, "tang")] == ["赵*军", "孙*兰 户", "李*"]


def test_no_name_no_number_and_no_phone_leaves(county: SmallCounty) -> None:
    told = "".join("".join(row) for user in ("shebao", "tang") for row in lines(county, user))

    assert not any(secret in told for secret in ("赵建军", "52052619850501", "138000"))


def test_workers_strangers_and_odd_questions_are_refused(county: SmallCounty) -> None:
    for path in ("/differences", "/differences/list", "/differences.csv"):
        assert browser(county, "wang").get(path).status_code == 404
    for odd in ("comparison=999", "comparison=x", "state=gone"):
        assert browser(county, "shebao").get(f"/differences/list?{odd}").status_code == 404
    refused = browser(county, "nobody").get("/differences")
    assert (refused.status_code, "还没有登记属于哪个部门" in refused.text) == (400, True)


def test_taking_a_list_is_written_down(county: SmallCounty) -> None:
    lines(county, "shebao")

    reads = county.access.audit.of_account("shebao")
    assert [(one.what, one.reason) for one in reads] == [("list", "下载比对结果")]
