"""The page of rules is what the rules are, and every known rule is held somewhere or says why."""

from pathlib import Path

import pytest
import yaml

from alerts.quality.catalogue import COMPARISONS, ROWS, STATE, Known, known_rules, page
from alerts.quality.rules import state_rules
from streams.door.quality import QualityRules

ROOT = Path(__file__).parents[4]
MAKE = "open('docs/quality.md', 'w').write(alerts.quality.catalogue.page())"


def test_the_page_in_docs_is_made_of_the_rules() -> None:
    assert (ROOT / "docs/quality.md").read_text(encoding="utf8") == page(), f"make it: {MAKE}"


@pytest.mark.parametrize("known", known_rules(), ids=lambda known: known.en)
def test_every_known_rule_is_held_by_rules_that_exist(known: Known) -> None:
    comparisons = yaml.safe_load(
        (ROOT / "alerts/comparisons/comparisons.yaml").read_text(encoding="utf8")
    )["comparisons"]
    there = {
        ROWS: set(QualityRules.load().by_id),
        STATE: {rule.id for rule in state_rules()},
        COMPARISONS: {one["code"] for one in comparisons},
    }

    assert any(known.held.values()) or known.note
    for room, names in known.held.items():
        assert set(names) <= there[room]


def test_every_rule_of_the_checker_over_the_state_is_in_the_list() -> None:
    listed = {name for known in known_rules() for name in known.held[STATE]}

    assert {rule.id for rule in state_rules() if rule.source == "checker"} == listed


def test_every_rule_of_the_checker_over_rows_is_in_the_list() -> None:
    listed = {name for known in known_rules() for name in known.held[ROWS]}
    checker = {rule.id for rule in QualityRules.load().rules if rule.source == "checker"}

    assert checker <= listed


def test_every_rule_stands_on_the_page() -> None:
    text = page()

    for rule in [*QualityRules.load().by_id, *(rule.id for rule in state_rules())]:
        assert f"`{rule}`" in text
