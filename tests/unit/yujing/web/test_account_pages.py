"""Logging in and out, the first password, sessions, in a browser without JavaScript."""

from datetime import timedelta
from typing import Any

import pytest
from starlette.applications import Starlette

from tests.support.pages import PASSWORD, Browser, log_in, token_in
from yujing.errors import StorageError
from yujing.web.services import Services


def test_somebody_unknown_is_sent_to_the_login_and_back(browser: Browser) -> None:
    sent = browser.get("/cards?x=1")
    assert sent.status_code == 303
    assert sent.headers["location"] == "/login?next=%2Fcards%3Fx%3D1"

    assert log_in(browser, next="/cards?x=1").headers["location"] == "/cards?x=1"
    assert browser.get("/cards").status_code == 200


def test_each_role_lands_on_its_own_page(browser: Browser) -> None:
    assert log_in(browser).headers["location"] == "/queue"
    assert browser.get("/").headers["location"] == "/queue"
    assert log_in(browser, "chen").headers["location"] == "/county"
    assert log_in(browser, "op").headers["location"] == "/sources"


def test_a_login_never_leads_to_another_site(browser: Browser) -> None:
    assert log_in(browser, next="//evil.example/").headers["location"] == "/queue"


def test_a_wrong_password_keeps_the_name_and_says_what_to_do(browser: Browser) -> None:
    answer = log_in(browser, password="wrong")

    assert answer.status_code == 401
    assert 'value="wang"' in answer.text
    assert "重置" in answer.text
    assert "wrong" not in answer.text


def test_too_many_attempts_wait(browser: Browser) -> None:
    for _ in range(5):
        log_in(browser, password="wrong")

    answer = log_in(browser)
    assert answer.status_code == 429
    assert "15 秒" in answer.text


def test_a_login_form_of_another_site_is_refused(browser: Browser) -> None:
    assert log_in(browser, form_token="0" * 64).status_code == 403
    token = token_in(browser.get("/login").text)
    form = {"username": "wang", "password": PASSWORD, "form_token": token}
    answer = browser.post("/login", data=form, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


def test_the_first_login_must_change_the_password(browser: Browser) -> None:
    assert log_in(browser, "xin").headers["location"] == "/password"
    assert browser.get("/cards").headers["location"] == "/password"
    page = browser.get("/password")
    assert "先换一个自己的密码" in page.text
    form = {"form_token": token_in(page.text), "old": PASSWORD}

    differing = browser.post("/password", data=form | {"new": "gao-shan-26", "again": "x"})
    assert "不一样" in differing.text
    weak = browser.post("/password", data=form | {"new": "12345678", "again": "12345678"})
    assert weak.status_code == 400
    assert "数字" in weak.text
    changed = browser.post("/password", data=form | {"new": "gao-shan-26", "again": "gao-shan-26"})
    assert changed.headers["location"] == "/queue"
    assert browser.get("/cards").status_code == 200


def test_a_later_change_says_that_others_were_logged_out(browser: Browser) -> None:
    log_in(browser)
    form = {"form_token": token_in(browser.get("/password").text), "old": PASSWORD}
    answer = browser.post("/password", data=form | {"new": "gao-shan-26", "again": "gao-shan-26"})

    assert answer.headers["location"] == "/sessions?changed=1"
    assert "已退出" in browser.get("/sessions?changed=1").text


def test_logging_out_ends_this_session(browser: Browser) -> None:
    log_in(browser)
    token = token_in(browser.get("/sessions").text)

    assert browser.post("/logout", data={"form_token": token}).headers["location"] == "/login"
    assert browser.get("/cards").status_code == 303


def test_logging_out_everywhere_ends_the_others(app: Starlette, browser: Browser) -> None:
    other = Browser(app)
    log_in(browser)
    log_in(other)
    page = browser.get("/sessions").text
    assert "（2）" in page

    browser.post("/logout", data={"form_token": token_in(page), "everywhere": "1"})

    assert other.get("/cards").status_code == 303


def test_another_device_can_be_logged_out(
    app: Starlette, browser: Browser, services: Services[Any]
) -> None:
    other = Browser(app)
    log_in(other)
    services.clock.at += timedelta(minutes=1)  # type: ignore[attr-defined] # the movable clock
    log_in(browser)
    first = services.access.sessions.list("wang", at=services.clock.now())[-1]

    form = {"form_token": token_in(browser.get("/sessions").text), "session": first.public_id}
    assert browser.post("/sessions/end", data=form).headers["location"] == "/sessions"
    assert other.get("/cards").status_code == 303
    assert browser.get("/cards").status_code == 200


def test_a_session_that_ran_out_asks_again(browser: Browser, services: Services[Any]) -> None:
    log_in(browser)
    services.clock.at += timedelta(hours=13)  # type: ignore[attr-defined] # the movable clock

    assert browser.get("/cards").status_code == 303
    posted = browser.post("/cards", data={"note": "下周去广东"})
    assert posted.status_code == 401
    assert "下周去广东" in posted.text


def test_a_login_survives_a_store_that_fails(
    browser: Browser, services: Services[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_a: object, **_k: object) -> None:
        raise StorageError("locked")

    monkeypatch.setattr(type(services.access), "log_in", broken)
    answer = log_in(browser)
    assert answer.status_code == 503
    assert "一分钟" in answer.text
