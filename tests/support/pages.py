"""What tests of pages share: a clock that moves, names of places, logging in without JavaScript."""

import asyncio
import re
from datetime import UTC, datetime
from typing import Any

import httpx
from httpx import Response
from starlette.types import ASGIApp

PASSWORD = "shan-ping-26"


class MovableClock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


class PlaceNames:
    """Every place is called by its code."""

    def name(self, code: int) -> str:
        return f"地{code}"


class Browser:
    """A browser without JavaScript that keeps its cookies and follows no redirects by itself."""

    def __init__(self, app: ASGIApp, base_url: str = "http://county.test") -> None:
        self._app = app
        self._base_url = base_url
        self.cookies = httpx.Cookies()

    def get(self, path: str, **more: Any) -> Response:
        return self._ask("GET", path, **more)

    def post(self, path: str, **more: Any) -> Response:
        return self._ask("POST", path, **more)

    def submit(self, path: str, page: str = "/sessions", **fields: str) -> Response:
        """Send a form with the token of the page it stands on."""
        form = {"form_token": token_in(self.get(page).text), **fields}
        return self.post(path, data=form)

    def _ask(self, method: str, path: str, **more: Any) -> Response:
        async def ask() -> Response:
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(
                transport=transport, base_url=self._base_url, cookies=self.cookies
            ) as client:
                answer = await client.request(method, path, **more)
                self.cookies = client.cookies
                return answer

        return asyncio.run(ask())


def token_in(html: str) -> str:
    """Return the form token of a page."""
    found = re.search(r'name="form_token" value="([0-9a-f]+)"', html)
    assert found
    return found[1]


def log_in(
    browser: Browser, username: str = "wang", password: str = PASSWORD, **more: str
) -> Response:
    """Fill the login form."""
    form = {"username": username, "password": password, **more}
    form.setdefault("form_token", token_in(browser.get("/login").text))
    return browser.post("/login", data=form)
