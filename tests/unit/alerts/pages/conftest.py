"""A small county and a browser of its worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.pages import Browser, log_in
from tests.support.small_county import LI, LOWER, SUN, UPPER, ZHAO, SmallCounty, draft, small_county


@pytest.fixture
def county(tmp_path: Path) -> Iterator[SmallCounty]:
    with small_county(tmp_path) as county:
        yield county


@pytest.fixture
def cards(county: SmallCounty) -> dict[str, int]:
    """A red card of Li and an orange one of Zhao in the upper village, one in the lower."""
    return {
        "zhao": county.open(draft(10, ZHAO, UPPER)),
        "li": county.open(draft(20, LI, UPPER, level=3, due_on="2026-11-24")),
        "sun": county.open(draft(30, SUN, LOWER)),
    }


@pytest.fixture
def browser(county: SmallCounty) -> Browser:
    browser = Browser(county.app)
    log_in(browser)
    return browser


@pytest.fixture
def supervisor(county: SmallCounty) -> Browser:
    browser = Browser(county.app)
    log_in(browser, "tang")
    return browser
