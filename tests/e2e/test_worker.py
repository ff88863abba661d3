"""A worker's morning in the system's chromium: login, queue, a visit in two taps, undo, scope."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.e2e_pages import TEMPORARY, new_page, sign_in
from tests.support.small_county import SmallCounty

pytestmark = [pytest.mark.browser, pytest.mark.integration]


def test_the_first_login_changes_the_password(page: Page) -> None:
    sign_in(page, "xin", TEMPORARY)
    assert page.url.endswith("/password")
    page.goto("/queue")
    assert page.url.endswith("/password")

    page.get_by_label("临时密码").fill(TEMPORARY)
    page.get_by_label("新密码", exact=True).fill("da-yuan-cun-7")
    page.get_by_label("再填一次新密码").fill("da-yuan-cun-7")
    page.get_by_role("button", name="保存").click()

    page.wait_for_url("**/queue")
    expect(page.get_by_text("大院村 · 今天")).to_be_visible()


def test_the_first_screen_says_how_many_who_first_and_until_when(page: Page) -> None:
    sign_in(page)

    lines = page.locator("li.cardline")
    expect(lines).to_have_count(2)
    expect(lines.first).to_contain_text("红")
    expect(lines.first).to_contain_text("今天 18:00 前")
    expect(lines.first).to_contain_text("李* 户")
    expect(page.get_by_text("本月已派 2 / 12 户")).to_be_visible()
    assert lines.nth(1).bounding_box()["y"] < 740  # type: ignore[index] # it is visible


@pytest.mark.parametrize("scripts", [True, False])
def test_a_visit_takes_two_taps_and_can_be_taken_back(
    chromium: Browser, address: str, county: SmallCounty, scripts: bool
) -> None:
    page = new_page(chromium, address, scripts=scripts)
    sign_in(page)

    page.get_by_text("赵*军 户").click()
    page.get_by_role("button", name="属实", exact=True).click()

    page.wait_for_url("**/queue?done=*")
    expect(page.get_by_role("status")).to_contain_text("赵*军 户：属实 · 已保存 09:00")
    assert county.desk.card(county.cards["zhao"]).stage == "acknowledged"
    page.get_by_role("button", name="撤销").click()
    page.wait_for_url("**/cards/*")
    expect(page.get_by_role("status")).to_contain_text("已撤销")
    assert county.desk.card(county.cards["zhao"]).stage == "open"
    assert page.problems == []
    page.context.close()


def test_the_bar_at_the_thumb_leads_to_call_and_record(page: Page, county: SmallCounty) -> None:
    sign_in(page)
    page.get_by_text("赵*军 户").click()
    bar = page.get_by_role("navigation", name="操作")
    box = bar.bounding_box()
    assert box
    assert box["y"] + box["height"] == pytest.approx(740, abs=1)

    bar.get_by_role("link", name="记录结果").click()
    expect(page.get_by_role("button", name="已解决")).to_be_in_viewport()
    bar.get_by_role("button", name="拨打").click()
    expect(page.get_by_role("link", name="拨 13800000101")).to_be_visible()
    assert [r.what for r in county.access.audit.of_account("wang")] == ["phone"]


def test_answers_are_tapped_and_prefilled_the_next_time(page: Page) -> None:
    sign_in(page)
    page.get_by_text("赵*军 户").click()
    page.get_by_label("没活").check()
    page.get_by_text("先写一句备注").click()
    page.get_by_label("备注").fill("等厂里通知")
    page.get_by_role("button", name="属实", exact=True).click()
    page.wait_for_url("**/queue?done=*")

    page.get_by_text("赵*军 户 · 2 人").click()
    expect(page.get_by_label("没活")).to_be_checked()
    expect(page.get_by_text("备注：等厂里通知")).to_be_visible()


def test_another_village_s_card_is_not_there(page: Page, county: SmallCounty) -> None:
    sign_in(page)

    answer = page.goto(f"/cards/{county.cards['sun']}")
    assert answer
    assert answer.status == 404
    expect(page.get_by_role("alert")).to_contain_text("没有找到")
    assert "孙" not in page.content()


def test_a_card_is_put_off_with_one_tap(page: Page, county: SmallCounty) -> None:
    sign_in(page)
    page.get_by_text("赵*军 户").click()
    page.get_by_text("现在不方便，推迟").click()
    page.get_by_role("button", name="3 天后").click()

    page.wait_for_url("**/queue?done=*")
    expect(page.get_by_role("status")).to_contain_text("11 月 27 日再联系")
    expect(page.get_by_text("推迟的 1 户")).to_be_visible()


def test_search_swaps_the_list_without_leaving_the_page(page: Page) -> None:
    sign_in(page)
    page.get_by_label("找一户").fill("建军")
    page.get_by_role("button", name="查找").click()

    expect(page.get_by_role("heading", name="找到 1 户")).to_be_visible()
    assert page.url.endswith("/queue")
    assert "建军" not in page.url
    assert page.problems == []


def test_logging_out_everywhere_ends_the_other_phone(
    chromium: Browser, address: str, page: Page
) -> None:
    other = new_page(chromium, address)
    sign_in(other)
    sign_in(page)
    page.goto("/sessions")
    expect(page.get_by_role("heading", name="在哪里登录着（2）")).to_be_visible()

    page.get_by_role("button", name="全部退出").click()
    page.wait_for_url("**/login")
    other.goto("/queue")
    assert "/login" in other.url
    other.context.close()


def test_a_wrong_password_keeps_the_name(page: Page) -> None:
    page.goto("/login")
    page.get_by_label("账号").fill("wang")
    page.get_by_label("密码").fill("falsch-falsch")
    page.get_by_role("button", name="登录").click()

    expect(page.get_by_role("alert")).to_contain_text("账号或密码不对")
    expect(page.get_by_label("账号")).to_have_value("wang")
