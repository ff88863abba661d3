"""A leader and a supervisor in the system's chromium."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.e2e_pages import sign_in
from tests.support.small_county import SmallCounty

pytestmark = [pytest.mark.browser, pytest.mark.integration]


def test_a_number_explains_itself_and_leads_to_its_list(page: Page) -> None:
    sign_in(page, "tang")
    page.goto("/county")
    first = page.locator("article.number").first

    first.get_by_text("怎么来的").click()
    expect(first.get_by_text("今天还有未办结提醒的户")).to_be_visible()
    first.get_by_role("link").first.click()
    page.wait_for_url("**/county/list/needs")
    expect(page.get_by_text("共 3 户")).to_be_visible()


def test_a_name_needs_a_reason(page: Page, county: SmallCounty) -> None:
    sign_in(page, "tang")
    page.goto("/county/list/helping")
    expect(page.get_by_text("现在没有这样的户")).to_be_visible()
    page.goto("/county/list/needs")

    page.get_by_text("看姓名").first.click()
    page.get_by_label("为什么要看").first.fill("群众来访")
    page.get_by_role("button", name="查看").first.click()
    expect(page.get_by_role("status")).to_contain_text("因“群众来访”查看")
    assert [r.reason for r in county.access.audit.of_account("tang")] == ["群众来访"]


def test_the_leader_s_small_numbers_are_hidden(page: Page) -> None:
    sign_in(page, "chen")

    expect(page.locator("article.number").first).to_contain_text("<5")
    expect(page.locator("table.places")).to_contain_text("龙街镇")
    assert "赵" not in page.content()
    assert page.problems == []


def test_a_supervisor_hands_over_what_is_overdue(page: Page, county: SmallCounty) -> None:
    with county.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE cards SET due_on = '2026-11-20'")
    sign_in(page, "tang")
    expect(page.get_by_text("3 户过期未走访")).to_be_visible()

    page.get_by_role("checkbox").first.check()
    page.get_by_label("把勾选的交给").select_option("deng")
    page.get_by_role("button", name="指派").click()
    expect(page.get_by_role("status")).to_contain_text("已指派 1 户")
