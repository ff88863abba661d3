"""Freed memory goes back."""

import re
import sys
from pathlib import Path

import pytest

from yujing.storage.allocator import give_back

MEBIBYTE = 2**20


def resident() -> int:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
def test_what_lies_free_below_something_in_use_is_given_back() -> None:
    pieces = [bytes(2_000) for _ in range(100_000)]
    last = pieces[-1]
    pieces.clear()
    before = resident()

    give_back()

    assert len(last) == 2_000
    assert before - resident() > 100 * MEBIBYTE
