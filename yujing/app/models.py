"""The registry of models: `yujing models`."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import cast

import msgspec

from models.card import LEVEL_OF, Kind, Scorecard, cell_zh, from_json, to_json
from yujing.app.county import County
from yujing.app.output import DONE, Fields, Output
from yujing.app.requests import Arguments
from yujing.errors import UsageError

BY = "command line"


def take_cards(county: County, cards: Sequence[Scorecard], *, promote: bool) -> list[Fields]:
    """Keep models and return what `yujing train` shows of each."""
    results: list[Fields] = []
    for card in cards:
        county.registry.save(card)
        if promote:
            county.registry.promote(card.id, by=BY, at=county.now())
        results.append(
            {
                "model": card.id,
                "kind": card.kind,
                "method": card.method,
                "as_of": card.window.as_of,
                "promoted": promote,
                "metrics": card.metrics,
            }
        )
    return results


def accept(county: County, arguments: Arguments, output: Output) -> int:
    """Keep models that were trained in another process."""
    cards = [from_json(page.encode()) for page in arguments["cards"]]
    with county.busy:
        for result in take_cards(county, cards, promote=bool(arguments["promote"])):
            output.result(result)
    return DONE


def list_models(county: County, _arguments: Arguments, output: Output) -> int:
    """Show every model."""
    for entry in county.registry.list():
        output.result(asdict(entry))
    return DONE


def show(county: County, arguments: Arguments, output: Output) -> int:
    """Show a model as its table."""
    card = county.registry.load(arguments["model"])
    output.result(cast(dict[str, object], msgspec.json.decode(to_json(card))), table_of(card))
    return DONE


def diff(county: County, arguments: Arguments, output: Output) -> int:
    """Show where two models differ."""
    old, new = arguments["old"], arguments["new"]
    text = county.registry.diff(old, new)
    output.result({"old": old, "new": new, "diff": text.splitlines()}, text or "no difference")
    return DONE


def promote(county: County, arguments: Arguments, output: Output) -> int:
    """Make a model the active one of its kind."""
    promotion = county.registry.promote(arguments["model"], by=BY, at=county.now())
    output.result({"model": promotion.id, "kind": promotion.kind, "active": True})
    return DONE


def rollback(county: County, arguments: Arguments, output: Output) -> int:
    """Make the model before the active one active again."""
    kind = arguments["kind"]
    if kind not in LEVEL_OF:
        raise UsageError(f"there is no kind of model {kind!r}; there are {', '.join(LEVEL_OF)}")
    promotion = county.registry.rollback(cast(Kind, kind), by=BY, at=county.now())
    output.result({"model": promotion.id, "kind": promotion.kind, "active": True})
    return DONE


def table_of(card: Scorecard) -> str:
    """Return a model as a table that a person reads."""
    lines = [
        f"{card.id}  {card.method}  learned from what was known before {card.window.as_of}",
        f"intercept {card.intercept:+.3f}",
    ]
    for feature in card.features:
        lines.append(f"{feature.name} {feature.zh} ({feature.unit})")
        points = [*feature.points, feature.unknown]
        lines += [f"  {points[cell]:+.3f}  {cell_zh(feature, cell)}" for cell in range(len(points))]
    return "\n".join(lines)
