"""A scorecard that looks at all that a county says about a member."""

import numpy as np
from msgspec import structs

from models.card import CardFeature, Scorecard
from models.expert import expert_card
from yujing.app.picture import EXPERT_SINCE


def fine(name: str, lowest: float, highest: float) -> CardFeature:
    """Return a feature with so many cells that a small change of its value is seen."""
    edges = np.linspace(lowest, highest, 200).tolist()
    points = np.linspace(-0.3, 0.3, 201).tolist()
    return CardFeature(name, name, "ratio", edges, points, 0.0)


def card_of_the_neighbours() -> Scorecard:
    """Return the expert's card of job loss with all that a county says about a member."""
    card = expert_card("u90", as_of=EXPERT_SINCE)
    own = [one for one in card.features if one.name != "employer_end_share"]
    return structs.replace(card, features=[
        *own, fine("employer_end_share", 0, 1), fine("employer_workers", 0, 50),
        fine("sector_end_share", 0, 1), fine("wage_to_sector", 0.5, 2),
        fine("township_return_excess", -1, 1),
    ])  # fmt: skip
