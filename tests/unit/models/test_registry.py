"""Cards are kept unchanged; which one is in force can be changed and changed back."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from models.expert import expert_card
from models.registry import Registry
from yujing.errors import ModelError, ModelNotFoundError

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def test_a_card_is_kept_once_and_read_back(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "models")
    card = expert_card("u90", as_of=date(2026, 6, 1))

    first, second = registry.save(card), registry.save(card)

    assert first == second == card.id
    assert registry.load(first) == card
    assert [path.name for path in (tmp_path / "models").iterdir()] == [f"{first}.json"]


def test_promotion_and_rollback_walk_the_same_way_back(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    cards = [expert_card("u90", as_of=date(2026, 6, 1)).shifted(step) for step in (0, 1, 2)]
    for card in cards:
        registry.promote(registry.save(card), by="data", at=NOW)

    seen = [registry.active_id("u90")]
    for _ in range(2):
        registry.rollback("u90", by="data", at=NOW)
        seen.append(registry.active_id("u90"))

    assert seen == [card.id for card in reversed(cards)]
    assert registry.active("u90") == cards[0]
    with pytest.raises(ModelError, match="before"):
        registry.rollback("u90", by="data", at=NOW)


def test_kinds_do_not_disturb_each_other(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    ids = {kind: registry.save(expert_card(kind, as_of=date(2026, 6, 1)))   # type: ignore[arg-type]
           for kind in ("u90", "p12")}
    registry.promote(ids["u90"], by="data", at=NOW)

    assert registry.active_id("p12") is None
    with pytest.raises(ModelNotFoundError, match="promote"):
        registry.active("p12")
    listed = {entry.kind: entry.active for entry in registry.list()}
    assert listed == {"u90": True, "p12": False}


def test_a_difference_is_shown_by_line(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    card = expert_card("u90", as_of=date(2026, 6, 1))
    first, second = registry.save(card), registry.save(card.shifted(0.25))

    difference = registry.diff(first, second)

    assert '+  "intercept"' in difference
    assert '-  "intercept"' in difference


def test_a_card_changed_by_hand_is_noticed(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    card_id = registry.save(expert_card("u90", as_of=date(2026, 6, 1)))
    path = tmp_path / f"{card_id}.json"
    path.write_text(path.read_text("utf8").replace("0.69", "0.7"), "utf8")

    with pytest.raises(ModelError, match="changed by hand"):
        registry.load(card_id)


@pytest.mark.parametrize("card_id", ["u90-nothing", "../../etc/passwd", ""])
def test_what_is_not_there_is_said(tmp_path: Path, card_id: str) -> None:
    with pytest.raises(ModelNotFoundError):
        Registry(tmp_path).load(card_id)
