"""Restore."""

from typing import Any


def measure_restore(*a: Any, **k: Any) -> None:
    """Measure."""
