"""Every address needs a login, the right role and our own form."""

import pytest
from starlette.routing import Route

from alerts.pages import routes
from tests.support.pages import Browser, log_in
from tests.support.small_county import SmallCounty


def paths(county: SmallCounty, method: str) -> list[str]:
    return [
        route.path.replace("{id}", "1")
        for route in routes(county.services)
        if isinstance(route, Route) and method in (route.methods or set())
    ]


def test_nothing_is_shown_without_a_login(county: SmallCounty) -> None:
    browser = Browser(county.app)

    for path in paths(county, "GET"):
        assert browser.get(path).status_code == 303, path
    for path in paths(county, "POST"):
        assert browser.post(path, data={"outcome": "known"}).status_code == 401, path


def test_no_form_is_taken_without_our_token(
    browser: Browser, cards: dict[str, int], county: SmallCounty
) -> None:
    assert cards
    for path in paths(county, "POST"):
        assert browser.post(path, data={"outcome": "known"}).status_code == 403, path
    assert county.desk.outcomes() == []


@pytest.mark.parametrize("username", ["chen", "data"])
def test_who_only_sees_numbers_gets_none_of_these(county: SmallCounty, username: str) -> None:
    browser = Browser(county.app)
    log_in(browser, username)

    for path in paths(county, "GET"):
        assert browser.get(path).status_code == 404, path
