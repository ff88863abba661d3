"""Rules of quality are said on the board as their own room says them."""

import tomllib
from importlib.resources import files

from dashboards.boards.quality_words import RULES, STATE_RULES
from streams.door.quality import QualityRules


def test_every_rule_has_the_words_of_its_room() -> None:
    text = files("alerts.quality").joinpath("state_rules.toml").read_text("utf-8")
    told = {rule["id"]: rule["message_zh"] for rule in tomllib.loads(text)["rule"]}

    assert told == STATE_RULES
    assert {rule.id for rule in QualityRules.load().rules} | set(told) == set(RULES)
