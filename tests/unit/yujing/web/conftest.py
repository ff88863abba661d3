"""The pages on a small database, with a clock that the test moves."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette

from tests.support.pages import PASSWORD, Browser, MovableClock, PlaceNames
from yujing.access.access import Access
from yujing.access.accounts import NewAccount
from yujing.access.roles import Right, Role
from yujing.access.scope import Scope
from yujing.domain.calendar import Calendar
from yujing.domain.policy import Policy
from yujing.errors import DependencyError, StorageError, TransitionError
from yujing.storage.sql import open_sqlite
from yujing.web.application import application
from yujing.web.page import Ask, Pages
from yujing.web.render import environment
from yujing.web.services import Services


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services[None]]:
    engine = open_sqlite(tmp_path / "desk.sqlite")
    Access.prepare(engine)
    access = Access(engine, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    clock = MovableClock()
    for username, role, scope, first in (
        ("wang", Role.WORKER, "520526101203", False),
        ("xin", Role.WORKER, "520526101203", True),
        ("chen", Role.LEADER, "520526", False),
        ("op", Role.OPERATOR, "", False),
    ):
        access.accounts.add(
            NewAccount(username, role, Scope(scope)), at=clock.now(), by="test",
            password=PASSWORD, must_change=first,
        )  # fmt: skip
    yield Services(
        access=access, clock=clock, regions=PlaceNames(), policy=Policy.load(None),
        calendar=Calendar.load(None), desk=None, desk_engine=engine, vault=None,
        state=lambda: None, log=None, county="520526",
    )  # fmt: skip
    engine.dispose()


@pytest.fixture
def app(services: Services[None]) -> Starlette:
    """The application with a few pages that behave badly."""
    pages = Pages(services, environment())

    def seen(ask: Ask) -> Any:
        return pages.render(
            ask, "web/error.html", line=ask.form.get("note", "看"), typed=[], home="/"
        )

    def raising(error: Exception) -> Any:
        def handler(_ask: Ask) -> Any:
            raise error

        return handler

    return application(
        services,
        [
            pages.route("/cards", seen, right=Right.CARDS, methods=("GET", "POST")),
            pages.route(
                "/moved", raising(TransitionError("这张卡已经办结。")), methods=("GET", "POST")
            ),
            pages.route("/full", raising(StorageError("disk full"))),
            pages.route("/broken", raising(DependencyError("gone", permanent=True))),
            pages.route("/crash", raising(ZeroDivisionError("x"))),
        ],
    )


@pytest.fixture
def browser(app: Starlette) -> Browser:
    return Browser(app)
