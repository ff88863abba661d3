"""A department reads what to mend, a township decides who is one person: in a real browser."""

import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from alerts.quality.finding import Doubted
from alerts.quality.rows import QualityRows
from streams.door.quality import QualityRules
from streams.fact import empty_facts
from streams.vault.doubles import Decision, Doubles, Register
from streams.vault.identities import Identities
from streams.vault.keys import Keys
from tests.support.e2e_pages import new_page, sign_in
from tests.support.pages import PASSWORD
from tests.support.small_county import LI, SUN, UPPER, ZHAO, SmallCounty
from tests.support.small_state import member
from yujing.access.accounts import NewAccount
from yujing.access.roles import Role
from yujing.access.scope import Scope
from yujing.app.doubles_pages import routes as doubles_routes
from yujing.app.quality_pages import routes as quality_routes
from yujing.app.quality_words import RuleWords
from yujing.domain.codes import Relation, Source
from yujing.web.application import application

pytestmark = [pytest.mark.integration, pytest.mark.browser]
TWIN = 112
DAY = date(2026, 11, 20)
RULES = ("wage_missing", "employer_missing", "wage_above_30000", "days_above_month")
NOBODY = Register(
    np.empty(0, np.uint64), np.empty(0, np.int64), np.empty(0, np.uint64), np.empty(0, np.uint64)
)


def findings(rows: QualityRows) -> None:
    n = 60
    facts = empty_facts(n)
    facts["fact"], facts["version"], facts["kind"] = np.arange(1, n + 1), 1, 9
    persons = np.array([(ZHAO, LI, SUN)[i % 3] for i in range(n)], np.uint64)
    rules = {i: RULES[: 1 + i % len(RULES)] for i in range(n)}
    rows.take(
        Doubted(facts, [f"JB-2026-{i:04}" for i in range(n)], ["employment_platform"] * n, rules,
                persons, np.full(n, 10, np.uint64), np.full(n, UPPER)),
        day=DAY,
    )  # fmt: skip


@pytest.fixture
def room(county: SmallCounty) -> Iterator[str]:
    county.access.accounts.add(
        NewAccount(
            "renshe", Role.DEPARTMENT, Scope("520526"), "人社局", Source.EMPLOYMENT_PLATFORM
        ),
        at=county.clock.now(), by="test", password=PASSWORD, must_change=False,
    )  # fmt: skip
    findings(QualityRows(county.engine))
    county.state.members = np.concatenate(
        [county.state.members, member(TWIN, 20, UPPER, relation=Relation.OTHER)]
    )
    number = f"52052619850501{ZHAO:04d}"
    county.vault.remember(
        Identities(persons=[(TWIN, number[:15] + "8" + number[16:], "趙建軍", None)])
    )
    doubles = Doubles(county.vault_engine, Keys(b"k" * 32))
    doubles.look(NOBODY, [(LI, 30)], at=1_795_000_000)

    def decide(one: int, other: int, decision: str, by: str) -> Decision:
        return doubles.decide(one, other, decision, by=by, at=1_795_500_000)

    words = RuleWords(QualityRules.load())
    app = application(county.services, [
        *quality_routes(county.services, QualityRows(county.engine), words),
        *doubles_routes(county.services, doubles, decide),
    ])  # fmt: skip
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


def signed_in(page: Page, username: str) -> None:
    """Sign in; the home of the role is a page of another room."""
    sign_in(page, username)
    page.problems.clear()  # type: ignore[attr-defined] # kept beside the page


def fits(page: Page) -> bool:
    """Tell whether nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_department_goes_from_the_rules_to_the_rows_to_the_file(
    chromium: Browser, room: str, tmp_path: Path
) -> None:
    page = new_page(chromium, room, width=320)
    signed_in(page, "renshe")
    page.goto("/quality")
    expect(page.get_by_text("处数据请核对")).to_be_visible()
    assert fits(page)

    page.get_by_role("link", name="在务工但缺月收入", exact=True).click()
    expect(page.get_by_text("记录 JB-2026-").first).to_be_visible()
    assert fits(page)
    assert "赵建军" not in page.content()
    page.get_by_role("link", name="下一页").click()
    expect(page.get_by_text("第 2 / 2 页")).to_be_visible()

    with page.expect_download() as taken:
        page.get_by_role("link", name="下载清单（CSV）").click()
    target = tmp_path / "list.csv"
    taken.value.save_as(target)
    lines = target.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 61
    assert "JB-2026-0000" in target.read_text(encoding="utf-8-sig")
    assert page.problems == []  # type: ignore[attr-defined] # kept beside the page


def test_a_township_decides_undoes_and_reveals_with_a_reason(chromium: Browser, room: str) -> None:
    page = new_page(chromium, room, width=320)
    signed_in(page, "tang")
    page.goto("/doubles")
    expect(page.get_by_text("2 对人可能重复登记")).to_be_visible()
    assert fits(page)
    assert "赵建军" not in page.content()

    box = page.locator("article", has_text="证件号码只差一位")
    box.get_by_role("button", name="是同一人", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已记录：是同一人")
    expect(page.get_by_text("1 对人可能重复登记")).to_be_visible()

    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_text("2 对人可能重复登记")).to_be_visible()

    box = page.locator("article", has_text="证件号码只差一位")
    box.get_by_text("看姓名和证件号码").click()
    box.get_by_label("为什么要看（会记录）").fill("核对户口簿")
    box.get_by_role("button", name="查看").click()
    expect(page.get_by_role("heading", name="赵建军")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("核对户口簿")
    assert page.problems == []  # type: ignore[attr-defined] # kept beside the page
