"""The simulated village worker at work in the demo: cards of each deal out, visits in as a file."""

from datetime import date, datetime, timedelta
from pathlib import Path

from alerts.desk.record import OPEN
from streams.simulator.truth import Truth
from streams.simulator.worker import Answered, DealtCard, VillageWorker
from yujing.app.county import County

TRIES_AGAIN_AFTER = timedelta(days=14)  # judgement: the supervisor's reminder


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
        self._asked: dict[int, tuple[int, date]] = {}
        self._waiting: list[Answered] = []

    def see(self, day: date) -> None:
        """Look at the cards: new ones, and after two weeks those on which nothing came of it."""
        cards = []
        for card in self._county.desk.live_cards():
            attempt, asked_on = self._asked.get(card.id, (0, card.opened_on))
            again = card.stage == OPEN and day - asked_on >= TRIES_AGAIN_AFTER
            if attempt and not again:
                continue
            self._asked[card.id] = (attempt + 1, day)
            since = day if attempt else card.opened_on
            cards.append(
                DealtCard(
                    card.id, card.household, card.person or None, card.level, since, attempt + 1
                )
            )
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
