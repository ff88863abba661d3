"""Lines of a list: kind of household, money, deals."""

from datetime import date

import pytest

from alerts.desk.money import MoneyDue
from alerts.pages.lines import best_money, household_kinds, last_contacts, latest_deals
from tests.support.pages import Browser
from tests.support.small_county import UPPER, ZHAO, SmallCounty, draft
from tests.support.small_state import SmallState, household, short
from yujing.access.scope import Scope
from yujing.domain.codes import Category, number


def test_a_relocated_household_is_called_so_while_it_is() -> None:
    place = number(Category.RELOCATED)
    moved, back = household(1, UPPER), household(2, UPPER)
    moved["category_open"][0, place] = short(date(2019, 1, 1))
    back["category_open"][0, place] = short(date(2019, 1, 1))
    back["category_close"][0, place] = short(date(2024, 1, 1))

    assert household_kinds(SmallState([], [moved, back]), [1, 2, 3]) == {1: "搬迁户"}


@pytest.mark.usefixtures("cards")
def test_the_largest_amount_stands_on_the_line(county: SmallCounty, browser: Browser) -> None:
    county.desk.replace_money_due(
        [
            MoneyDue(10, ZHAO, UPPER, "M2", 50_000, "possible", ()),
            MoneyDue(10, ZHAO, UPPER, "M3", 100_000, "missing", ("就业满 3 个月证明",)),
        ],
        households=None, day=date(2026, 11, 24),
    )  # fmt: skip

    words = "可申请：求职创业补贴（省外） 1,000 元（还差：就业满 3 个月证明）"
    assert words in browser.get("/queue").text


def test_nothing_is_asked_for_an_empty_list(county: SmallCounty) -> None:
    assert best_money(county.desk, []) == {}
    assert last_contacts(county.engine, []) == {}
    assert latest_deals(county.engine, Scope("520526")) == {}
    assert draft(1, 1, 1).level == 2
