"""Where scorecards are kept: one JSON file each, and which one is in force for each kind."""

import difflib
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from models.card import LEVEL_OF, Kind, Scorecard, from_json, to_json
from yujing.errors import ModelError, ModelNotFoundError

_ACTIVE = "active.json"
_ROLLBACK = "rollback"


class Promotion(msgspec.Struct, frozen=True):
    """One decision about which card is in force."""

    kind: str
    id: str
    at: str
    by: str
    note: str = ""


@dataclass(frozen=True)
class Entry:
    """One card of the registry, as listed."""

    id: str
    kind: str
    method: str
    as_of: str
    active: bool


class Registry:
    """Scorecards in a directory.

    Parameters
    ----------
    directory
        Made when the first card is saved. Cards are never changed; `active.json` holds all
        promotions, the last of a kind is in force.

    Notes
    -----
    Files are written beside their place and renamed, so a kill leaves the old or the new file.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def save(self, card: Scorecard) -> str:
        """Keep a card and return its id; the same card again changes nothing."""
        path = self._path(card.id)
        if not path.exists():
            _write(path, to_json(card))
        return card.id

    def load(self, card_id: str) -> Scorecard:
        """Return a card.

        Raises
        ------
        ModelNotFoundError
            If there is none of this id.
        """
        path = self._path(card_id)
        if not path.is_file():
            raise ModelNotFoundError(f"no model {card_id} in {self.directory}")
        card = from_json(path.read_bytes())
        if card.id != card_id:
            raise ModelError(f"{path} was changed by hand: its table is that of {card.id}")
        return card

    def diff(self, first: str, second: str) -> str:
        """Return the differences of two cards, line by line."""
        old, new = (to_json(self.load(one)).decode().splitlines() for one in (first, second))
        return "\n".join(difflib.unified_diff(old, new, first, second, lineterm="", n=1))

    def promotions(self) -> tuple[Promotion, ...]:
        """Return every promotion, the oldest first."""
        path = self.directory / _ACTIVE
        if not path.is_file():
            return ()
        return msgspec.json.decode(path.read_bytes(), type=tuple[Promotion, ...])

    def promote(self, card_id: str, *, by: str, at: datetime, note: str = "") -> Promotion:
        """Put a card in force for its kind."""
        card = self.load(card_id)
        promotion = Promotion(card.kind, card_id, at.isoformat(), by, note)
        self._keep((*self.promotions(), promotion))
        return promotion

    def rollback(self, kind: Kind, *, by: str, at: datetime) -> Promotion:
        """Put the card back in force that was before the present one.

        Raises
        ------
        ModelError
            If no other card was in force before.
        """
        stack: list[str] = []
        for promotion in self.promotions():
            if promotion.kind != kind:
                continue
            if promotion.note == _ROLLBACK:
                stack.pop()
            else:
                stack.append(promotion.id)
        if len(stack) < 2:
            raise ModelError(f"no model was in force for {kind} before the present one")
        return self.promote(stack[-2], by=by, at=at, note=_ROLLBACK)

    def active_id(self, kind: str) -> str | None:
        """Return the id of the card in force, None when there is none."""
        ids = [promotion.id for promotion in self.promotions() if promotion.kind == kind]
        return ids[-1] if ids else None

    def active(self, kind: Kind) -> Scorecard:
        """Return the card in force.

        Raises
        ------
        ModelNotFoundError
            If none was promoted.
        """
        card_id = self.active_id(kind)
        if card_id is None:
            raise ModelNotFoundError(f"no model is in force for {kind}; promote one")
        return self.load(card_id)

    def _keep(self, promotions: tuple[Promotion, ...]) -> None:
        """Write the list of promotions."""
        page = msgspec.json.format(msgspec.json.encode(promotions), indent=1)
        _write(self.directory / _ACTIVE, page + b"\n")

    def list(self) -> list[Entry]:
        """Return all cards, the newest data first."""
        active = {kind: self.active_id(kind) for kind in LEVEL_OF}
        cards = [from_json(path.read_bytes()) for path in self.directory.glob("*-*.json")]
        entries = [
            Entry(card.id, card.kind, card.method, card.window.as_of, active[card.kind] == card.id)
            for card in cards
        ]
        return sorted(entries, key=lambda entry: (entry.as_of, entry.id), reverse=True)

    def _path(self, card_id: str) -> Path:
        """Return where a card lies; an id that is no plain name is refused."""
        if not card_id.replace("-", "").isalnum():
            raise ModelNotFoundError(f"{card_id!r} is no model id")
        return self.directory / f"{card_id}.json"


def _write(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, even after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
