"""Uploads on both engines."""

import pytest
from sqlalchemy import Engine

from tests.support.pages import MovableClock
from tests.support.upload_room import KEYS
from yujing.app.uploads.store import Uploads


@pytest.fixture
def uploads(sql_engine: Engine) -> Uploads:
    return Uploads(sql_engine, KEYS)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()
