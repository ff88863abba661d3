"""The simulated village worker at work in the demo: cards of each deal out, visits in as a file."""

from datetime import datetime
from pathlib import Path

from streams.simulator.truth import Truth
from streams.simulator.worker import Answered, DealtCard, VillageWorker
from yujing.app.county import County


class DemoWorker:
    """Answers the cards of a county through the door, with delay, error and people out of reach.

    Parameters
    ----------
    county
        The open county, whose desk tells which cards were dealt.
    folder
        The simulated county with its hidden truth.
    seed
        Of the worker's delays and errors.
    """

    def __init__(self, county: County, folder: Path, seed: int) -> None:
        self._county = county
        self._folder = folder / "visits"
        self._worker = VillageWorker(Truth.read(folder / "truth"), county.keys, seed=seed)
        self._last_card = 0
        self._waiting: list[Answered] = []

    def see(self) -> None:
        """Look at the cards that were dealt since the last look."""
        cards = [
            DealtCard(card.id, card.household, card.person or None, card.level, card.opened_on)
            for card in self._county.desk.live_cards()
            if card.id > self._last_card
        ]
        self._last_card = max((card.card_id for card in cards), default=self._last_card)
        self._waiting += self._worker.answer(cards)

    def write(self, name: str, before: datetime) -> Path | None:
        """Write what was reported before a moment as a file of events, None without any."""
        told = sorted(answer for answer in self._waiting if answer.reported_at < before)
        self._waiting = [answer for answer in self._waiting if answer.reported_at >= before]
        if not told:
            return None
        self._folder.mkdir(exist_ok=True)
        path = self._folder / f"{name}.ndjson"
        path.write_bytes(b"".join(answer.line + b"\n" for answer in told))
        return path
