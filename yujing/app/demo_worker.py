"""The simulated village worker of the demo: sees the cards of a deal, answers days later."""

from datetime import date
from pathlib import Path

from yujing.app.county import County
from yujing.app.sweep import Swept


class VillageWorker:
    """Answers cards through the door, with delay, error and people out of reach.

    Parameters
    ----------
    county
        The open county, whose desk tells which cards were dealt.
    folder
        The simulated county with its hidden truth.
    """

    def __init__(self, county: County, folder: Path) -> None:
        self._county = county
        self._folder = folder

    def see(self, swept: Swept) -> None:
        """Look at the cards of a deal."""

    def write(self, before: date) -> Path | None:
        """Write what was found and reported before a day as a file of events."""
        return None
