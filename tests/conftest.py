"""What holds for all tests."""

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

from tests.support.postgres import (  # noqa: F401  fixtures for every test
    postgres_engine,
    postgres_server,
    postgres_url,
    sql_engine,
)

# Tests never assert on time; the first example may compile.
settings.register_profile("yujing", deadline=None, max_examples=60)
settings.load_profile("yujing")


@pytest.fixture(autouse=True)
def logs_of_this_test() -> Iterator[None]:
    """Let no later test write to the stream that one has logged to: it is closed by then."""
    yield
    structlog.reset_defaults()
