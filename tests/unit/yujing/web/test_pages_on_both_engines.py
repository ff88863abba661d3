"""What people see and do on the pages is the same, word for word, on SQLite and PostgreSQL."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboards.board import keep_snapshot
from tests.support.cases import Case, deal_of
from tests.support.pages import Browser, log_in
from tests.support.small_county import LI, LOWER, SUN, UPPER, ZHAO, SmallCounty, draft

PAGES = {
    "wang": ("/queue", "/done", "/cards/1", "/cards/2", "/not-sent", "/password"),
    "tang": ("/queue", "/township", "/not-sent"),
    "chen": ("/county", "/county/list/helping", "/county/list/unseen"),
}
_DIFFERS = re.compile(r'name="form_token" value="[0-9a-f]+"|value="[0-9a-f]{16}"')


@pytest.fixture
def counties(tmp_path: Path, postgres_engine: Engine) -> Iterator[list[SmallCounty]]:
    both = [SmallCounty(tmp_path), SmallCounty(tmp_path, postgres_engine)]
    yield both
    for county in both:
        county.close()


def live_through_a_day(county: SmallCounty) -> None:
    """Deal, visit, take back, put off, object, assign, release."""
    for one in (
        draft(10, ZHAO, UPPER), draft(20, LI, UPPER, level=3, due_on="2026-11-20"),
        draft(30, SUN, LOWER), draft(50, 0, UPPER, kind="audit", rule=0),
    ):  # fmt: skip
        county.open(one)
    many = [Case(100 + n, person=n, employer=9) for n in range(1, 40)]
    made = deal_of(many, county.desk.view(date(2026, 11, 24)), others=5)
    county.desk.apply_deal(made, at=county.clock.now())
    for held in county.desk.held():
        county.desk.release(held.id, by="tang", at=county.clock.now())
    keep_snapshot(county.state, county.engine, as_of=date(2026, 11, 23), policy=county.policy)
    worker, supervisor = browser_of(county, "wang"), browser_of(county, "tang")
    answers = [
        worker.submit(
            "/cards/1/record", outcome="confirmed", mode="call", note="等厂里通知\0",
            answer_works="没活",
        ),
        worker.submit("/cards/1/undo"),
        worker.submit("/cards/1/record", outcome="no_contact", mode="visit"),
        worker.submit("/cards/2/snooze", days="3"),
        worker.submit("/cards/2/object", person=f"{LI:016x}", words="写错了"),
        supervisor.submit("/township/assign", card_1="on", assignee="wang"),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [303] * len(answers)


def browser_of(county: SmallCounty, username: str) -> Browser:
    browser = Browser(county.app)
    log_in(browser, username)
    return browser


def seen(county: SmallCounty) -> dict[str, str]:
    """Return the text of every page of everybody, without its tokens."""
    pages = {}
    for username, paths in PAGES.items():
        browser = browser_of(county, username)
        for path in paths:
            answer = browser.get(path)
            pages[f"{username} {path} {answer.status_code}"] = _DIFFERS.sub("", answer.text)
    return pages


def test_pages_and_what_people_do_on_them_are_the_same(counties: list[SmallCounty]) -> None:
    for county in counties:
        live_through_a_day(county)
    here, there = (seen(county) for county in counties)

    assert list(here) == list(there)
    assert {name: text for name, text in here.items() if text != there[name]} == {}
    assert sum(name.endswith(" 200") for name in here) == len(here)
    moves = [
        [(t.what, t.by, t.to_stage) for t in county.desk.transitions(1)] for county in counties
    ]
    assert moves[0] == moves[1]
    assert ("undo", "wang", "open") in moves[0]


def test_a_name_with_a_nul_is_a_wrong_name(counties: list[SmallCounty]) -> None:
    for county in counties:
        browser = Browser(county.app)
        answer = browser.submit("/login", "/login", username="wang\0", password="x")
        assert answer.status_code < 500
        assert "账号或密码不对" in answer.text
