"""What holds for all tests."""

from hypothesis import settings

# Tests never assert on time; the first example may compile.
settings.register_profile("yujing", deadline=None)
settings.load_profile("yujing")
