"""What a department sees of its findings, and what it does not."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from alerts.quality.finding import Doubted, StateFindings
from alerts.quality.rows import QualityRows
from streams.door.quality import QualityRules
from streams.fact import empty_facts
from streams.wire.catalogue import EVENT_TYPES
from tests.support.pages import PASSWORD, Browser, log_in
from tests.support.small_county import FAR, LI, SUN, UPPER, ZHAO, ZHOU, SmallCounty, small_county
from yujing.access.accounts import NewAccount
from yujing.access.roles import Role
from yujing.access.scope import Scope
from yujing.app.quality_pages import routes
from yujing.app.quality_words import EVENTS_ZH, RuleWords
from yujing.domain.codes import Source
from yujing.web.application import application

DAY = date(2026, 11, 20)
ROWS = (
    (1, "wage_missing", "employment_platform", "=HYPERLINK(1)", ZHAO, 10, UPPER),
    (2, "wage_missing", "employment_platform", "JB-2", ZHOU, 40, FAR),
    (3, "self_pay_above_total", "medical_insurance", "YB-3", LI, 20, UPPER),
)


def fill(rows: QualityRows) -> None:
    for fact, rule, source, record, person, home, region in ROWS:
        facts = empty_facts(1)
        facts["fact"], facts["version"], facts["kind"] = fact, 1, 9
        rows.take(
            Doubted(facts, [record], [source], {0: (rule,)}, np.array([person], np.uint64),
                    np.array([home], np.uint64), np.array([region])),
            day=DAY,
        )  # fmt: skip
    rows.keep_state(
        StateFindings(
            np.array([30], np.uint64), ["illness_without_cost"], ["medical_insurance"],
            np.zeros(1, np.uint64), np.array([30], np.uint64), np.array([UPPER]),
        ),
        day=DAY,
    )  # fmt: skip


@pytest.fixture
def county(tmp_path: Path) -> Iterator[SmallCounty]:
    with small_county(tmp_path) as opened:
        for username, source, scope in (
            ("renshe", Source.EMPLOYMENT_PLATFORM, "520526"),
            ("yibao", Source.MEDICAL_INSURANCE, "520526"),
            ("renshe_up", Source.EMPLOYMENT_PLATFORM, str(UPPER)),
            ("nobody", None, "520526"),
        ):
            opened.access.accounts.add(
                NewAccount(username, Role.DEPARTMENT, Scope(scope), username, source),
                at=opened.clock.now(), by="test", password=PASSWORD, must_change=False,
            )  # fmt: skip
        fill(QualityRows(opened.engine))
        yield opened


def browser(county: SmallCounty, username: str) -> Browser:
    words = RuleWords(QualityRules.load())
    app = application(
        county.services, routes(county.services, QualityRows(county.engine), words)
    )
    opened = Browser(app)
    log_in(opened, username)
    return opened


def lines(opened: Browser, query: str = "") -> list[dict[str, str]]:
    answer = opened.get(f"/quality.csv{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_a_department_sees_its_own_findings_by_rule(county: SmallCounty) -> None:
    page = browser(county, "renshe").get("/quality").text

    assert "2 处数据请核对" in page
    assert "在务工但缺月收入" in page
    assert "合规自付" not in page


def test_its_list_is_masked_and_names_the_record_as_it_sent_it(county: SmallCounty) -> None:
    page = browser(county, "renshe").get("/quality/list?rule=wage_missing").text

    assert "赵*军" in page
    assert "周*山" in page
    assert "记录 JB-2" in page
    assert "赵建军" not in page


def test_places_beyond_the_scope_are_not_seen(county: SmallCounty) -> None:
    page = browser(county, "renshe_up").get("/quality/list").text

    assert "赵*军" in page
    assert "周*山" not in page
    assert len(lines(browser(county, "renshe_up"))) == 1


def test_another_departments_source_is_not_found(county: SmallCounty) -> None:
    opened = browser(county, "renshe")

    for path in ("/quality", "/quality/list", "/quality.csv"):
        assert opened.get(f"{path}?source=medical_insurance").status_code == 404
    assert opened.get("/quality/list?rule=nothing").status_code == 404
    assert opened.get("/quality/list?state=odd").status_code == 404


def test_a_department_without_a_source_is_told_so(county: SmallCounty) -> None:
    answer = browser(county, "nobody").get("/quality")

    assert answer.status_code == 400
    assert "没有登记属于哪个部门" in answer.text


def test_the_csv_holds_no_formula_and_no_name(county: SmallCounty) -> None:
    found = lines(browser(county, "renshe"))

    assert {row["记录编号"] for row in found} == {"'=HYPERLINK(1)", "JB-2"}
    assert {row["姓名"] for row in found} == {"赵*军", "周*山"}
    assert {row["数据"] for row in found} == {"务工月监测"}
    assert all(row["状态"] == "待核" and row["改好日期"] == "" for row in found)
    reads = county.access.audit.of_account("renshe")
    assert [(read.what, read.reason) for read in reads] == [("list", "下载待核数据")]


def test_a_finding_of_a_household_names_its_head(county: SmallCounty) -> None:
    found = lines(browser(county, "yibao"), "?rule=illness_without_cost")

    assert [(row["姓名"], row["数据"], row["记录编号"]) for row in found] == [
        ("孙*兰 户", "综合情况", "")
    ]
    assert county.services.state().members["key"][3] == SUN


def test_a_supervisor_sees_the_places_of_all_sources_and_a_worker_nothing(
    county: SmallCounty,
) -> None:
    page = browser(county, "tang").get("/quality").text

    assert "3 处数据请核对" in page
    assert "医保" in page
    assert browser(county, "wang").get("/quality").status_code == 404


def test_the_data_team_works_without_names(county: SmallCounty) -> None:
    found = lines(browser(county, "data"))

    assert len(found) == 4
    assert {row["姓名"] for row in found} == {""}


def test_what_was_mended_is_counted_and_shown_apart(county: SmallCounty) -> None:
    facts = empty_facts(1)
    facts["fact"], facts["version"] = 1, 2
    QualityRows(county.engine).take(
        Doubted(facts, ["JB-1"], ["employment_platform"], {}, np.zeros(1, np.uint64),
                np.zeros(1, np.uint64), np.zeros(1, np.int64)),
        day=date(2026, 11, 24),
    )  # fmt: skip
    opened = browser(county, "renshe")

    assert "改好 1 处" in opened.get("/quality").text
    assert "赵*军" not in opened.get("/quality/list").text
    assert "11-24 改好" in opened.get("/quality/list?state=mended").text


def test_long_lists_have_pages(county: SmallCounty) -> None:
    n = 120
    facts = empty_facts(n)
    facts["fact"], facts["version"] = np.arange(100, 100 + n), 1
    QualityRows(county.engine).take(
        Doubted(facts, [f"N-{i}" for i in range(n)], ["employment_platform"] * n,
                dict.fromkeys(range(n), ("channel_missing",)), np.full(n, ZHAO, np.uint64),
                np.full(n, 10, np.uint64), np.full(n, UPPER)),
        day=DAY,
    )  # fmt: skip
    opened = browser(county, "renshe")

    first = opened.get("/quality/list?rule=channel_missing").text
    last = opened.get("/quality/list?rule=channel_missing&page=3").text

    assert "共 120 处，第 1 / 3 页" in first
    assert first.count("记录 N-") == 50
    assert last.count("记录 N-") == 20
    assert "page=2" in first
    assert opened.get("/quality/list?page=99999999").status_code == 200


def test_every_event_has_a_name_in_chinese() -> None:
    assert set(EVENTS_ZH) >= {event_type.name for event_type in EVENT_TYPES}
