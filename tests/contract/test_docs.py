"""What is not documented is not finished: settings, metrics, event types, links, commands."""

import re
from pathlib import Path

import pytest

from yujing.settings import Settings
from yujing.telemetry.metrics import MEANINGS

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def names(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("setting", sorted(Settings.model_fields))
def test_every_setting_is_documented_by_its_variable(setting: str) -> None:
    page = (ROOT / "docs/settings.md").read_text(encoding="utf8")

    assert f"`YUJING_{setting.upper()}`" in page


@pytest.mark.parametrize("metric", sorted(MEANINGS))
def test_every_metric_is_documented(metric: str) -> None:
    assert f"`{metric}`" in (ROOT / "docs/settings.md").read_text(encoding="utf8")


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    rooms = r"(?:yujing|streams|models|alerts|dashboards|tests|docs)"
    paths = re.findall(rf"`({rooms}/[\w./-]+)`", page.read_text(encoding="utf8"))

    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_command_that_a_page_names_exists() -> None:
    from yujing.cli.commands import COMMANDS

    text = "\n".join(page.read_text(encoding="utf8") for page in PAGES)
    named = set(re.findall(r"`yujing ([a-z]+)", text))

    assert named - {name for name, *_ in COMMANDS} == set()
