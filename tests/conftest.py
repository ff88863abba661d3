"""What holds for all tests."""

from hypothesis import settings

from tests.support.postgres import (  # noqa: F401  fixtures for every test
    postgres_engine,
    postgres_server,
    postgres_url,
    sql_engine,
)

# Tests never assert on time; the first example may compile.
settings.register_profile("yujing", deadline=None)
settings.load_profile("yujing")
