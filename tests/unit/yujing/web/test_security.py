"""Headers and cookies of every answer."""

import dataclasses
from typing import Any

from starlette.applications import Starlette

from tests.support.pages import Browser, log_in
from yujing.web.application import application
from yujing.web.security import form_token, new_visit
from yujing.web.services import Services


def test_every_answer_carries_the_headers(browser: Browser) -> None:
    for path in ("/login", "/cards", "/nowhere", "/static/yujing.css"):
        headers = browser.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "strict-transport-security" not in headers


def test_pages_are_not_kept_and_static_files_are(browser: Browser) -> None:
    assert browser.get("/login").headers["cache-control"] == "no-store"
    kept = browser.get("/static/yujing.css?v=1")
    assert "immutable" in kept.headers["cache-control"]
    assert "immutable" not in browser.get("/static/nothing.css?v=1").headers["cache-control"]


def test_cookies_cannot_be_read_by_scripts_or_sent_by_other_sites(browser: Browser) -> None:
    cookie = log_in(browser).headers["set-cookie"].lower()

    assert "yujing_session=" in cookie
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_over_https_cookies_are_secure_and_bound_to_the_host(services: Services[Any]) -> None:
    app: Starlette = application(dataclasses.replace(services, https=True), [])
    browser = Browser(app, base_url="https://county.example")

    answer = log_in(browser)
    assert "__Host-yujing_session=" in answer.headers["set-cookie"]
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "max-age" in answer.headers["strict-transport-security"]


def test_no_page_has_inline_script_or_style(browser: Browser) -> None:
    log_in(browser)
    for path in ("/login", "/password", "/sessions", "/nowhere"):
        html = browser.get(path).text
        assert "<style" not in html
        assert " style=" not in html
        assert "onclick" not in html
        assert "<script>" not in html


def test_a_form_token_hides_its_secret() -> None:
    secret = new_visit()

    assert secret not in form_token(secret)
    assert form_token(secret) != form_token(new_visit())
