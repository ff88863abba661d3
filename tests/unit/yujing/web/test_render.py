"""Static files: the vendored ones are what their packages shipped, addresses follow content."""

import hashlib
from pathlib import Path

import pytest

from yujing.web.render import SCRIPTS, STYLES, environment, static_root, static_url

VENDOR = Path(str(static_root())) / "vendor"


def test_vendored_files_are_unchanged_and_all_listed() -> None:
    listed = dict(
        reversed(line.split("  "))
        for line in (VENDOR / "CHECKSUMS").read_text().splitlines()  # type: ignore[arg-type] # pairs
    )
    found = {
        p.name: hashlib.sha256(p.read_bytes()).hexdigest()
        for p in VENDOR.iterdir()
        if p.name != "CHECKSUMS"
    }

    assert found == listed


@pytest.mark.parametrize("name", [*STYLES, *SCRIPTS])
def test_an_address_carries_the_hash_of_the_content(name: str) -> None:
    content = Path(str(static_root()), name).read_bytes()

    assert hashlib.sha256(content).hexdigest()[:12] in static_url(name)


def test_templates_escape_and_refuse_unknown_names() -> None:
    made = environment()

    assert made.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"
    assert made.from_string("{{ x | day(now=x) if x else none | day(now=none) }}").render(x=None)
