"""The application: static files are compressed, other routes live beside the pages."""

from typing import Any

from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.support.pages import Browser
from yujing.web.application import application
from yujing.web.services import Services


def test_static_files_are_compressed(browser: Browser) -> None:
    answer = browser.get("/static/yujing.css", headers={"accept-encoding": "gzip"})

    assert answer.headers["content-encoding"] == "gzip"


def test_the_folder_of_static_files_cannot_be_left(browser: Browser) -> None:
    assert browser.get("/static/../page.py").status_code == 404
    assert browser.get("/static/%2e%2e/page.py").status_code == 404


def test_routes_that_are_no_pages_live_beside(services: Services[Any]) -> None:
    health = Route("/health", lambda _request: PlainTextResponse("ok"))
    app = application(services, [health])

    assert Browser(app).get("/health").text == "ok"
