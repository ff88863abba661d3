"""A small county behind a real server, and the system's chromium."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.e2e_pages import TEMPORARY, new_page
from tests.support.small_county import (
    LI,
    LOWER,
    SUN,
    UPPER,
    ZHAO,
    SmallCounty,
    draft,
    factor,
    small_county,
)
from yujing.access.accounts import NewAccount
from yujing.access.roles import Role
from yujing.access.scope import Scope

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


# Not for the session: while it lives, its event loop runs in the thread of the tests, and tests of
# pages after it in the same process could not run theirs.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    found = CHROMIUM if Path(CHROMIUM).exists() else shutil.which("chromium")
    if found is None:
        advice = "chromium is missing: apt-get install chromium fonts-noto-cjk"
        if os.environ.get("CI"):
            pytest.fail(advice)
        pytest.skip(advice)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def county(tmp_path: Path) -> Iterator[SmallCounty]:
    """The small county with cards of both villages and a newcomer with a temporary password."""
    with small_county(tmp_path) as county:
        county.cards = {
            "zhao": county.open(draft(10, ZHAO, UPPER, factors=(factor("有工资记录的月数", 0.7),))),
            "li": county.open(draft(20, LI, UPPER, level=3, due_on="2026-11-24")),
            "sun": county.open(draft(30, SUN, LOWER, level=1, due_on="2026-12-03")),
        }
        county.access.accounts.add(
            NewAccount("xin", Role.WORKER, Scope(str(UPPER)), "新来的"),
            at=county.clock.now(), by="test", password=TEMPORARY,
        )  # fmt: skip
        yield county


@pytest.fixture
def address(county: SmallCounty) -> Iterator[str]:
    """The address of a server of the county."""
    config = uvicorn.Config(county.app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """A phone."""
    page = new_page(chromium, address)
    yield page
    page.context.close()
