"""What a county's data directory says, in words that stay the same from release to release."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from yujing.app.county import County
from yujing.app.digest import digest

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # the clock when the county of 0.1.0 was made
NOTE = "老人在家，约好下周再来。"
UNMATCHED = (
    b'{"event_type": "employment.start", "source_system": "village_report", "source_record_id":'
    b' "kept-1", "source_version": 1, "occurred_from": "2026-11-02", "region_code":'
    b' "522632001004", "id_number": "522632197001011238"}'
)
BROKEN = b'{"event_type": "member.vanish", "id_number": "522632198805120039"}'


def content_of(county: County) -> dict[str, Any]:
    """Return what the stores hold: counts where they are many, the content where they are few."""
    letters = county.deadletters.list()
    shown = [county.deadletters.show(letter.id) for letter in letters]
    cards = _cards(county)
    names = county.vault.persons(county.state.members["key"].tolist())
    day = county.desk.last_deal_day()
    return {
        "digest": digest(county),
        "events": county.log.count(),
        "members": len(county.state.members),
        "households": len(county.state.households),
        "cards": cards,
        "outcomes": [
            [o.card, str(o.outcome), str(o.mode), str(o.day)] for o in county.desk.outcomes()
        ],
        "notes": {
            str(card): county.vault.notes(card) for card, *_ in cards if county.vault.notes(card)
        },
        "unmatched": [county.unmatched.count(), _hash(county.unmatched.subjects().tolist())],
        "dead_letters": [
            [one.source, one.file, one.row, one.reason, hashlib.sha256(one.raw or b"").hexdigest()]
            for one in shown
            if one is not None
        ],
        "accounts": [
            [a.username, str(a.role), a.must_change] for a in county.access.accounts.list()
        ],
        "tokens": [[t.id, t.label] for t in county.access.tokens.list()],
        "models": [[entry.id, entry.active] for entry in county.registry.list()],
        "promotions": [[one.kind, one.id, one.note] for one in county.registry.promotions()],
        "own_policy": [
            [row.key, row.region, str(row.value)] for row in county.policy.rows if row.own
        ],
        "persons": [len(names), _hash(sorted(names.items()))],
        "score_days": [str(one) for one in county.score_log.days()],
        "scores_of_the_last_day": 0
        if day is None
        else len(county.score_log.read(day, "member", "u90").keys),
        "card_events": sum(len(county.card_log.of_card(card)) for card, *_ in cards),
        "rows": {table: _rows(county, table) for table in ("board_snapshot", "deals", "outbox")},
        "answers": _rows(county, "door_answer"),
    }


def _cards(county: County) -> list[list[Any]]:
    with county.engine.connect() as connection:
        numbers = [row[0] for row in connection.execute(text("SELECT id FROM cards ORDER BY id"))]
    found = []
    for number in numbers:
        card = county.desk.card(number)
        assert card is not None
        changes = [[one.what, one.to_stage] for one in county.desk.transitions(number)]
        found.append([card.id, f"{card.household:016x}", str(card.stage), card.sentence, changes])
    return found


def _rows(county: County, table: str) -> int:
    with county.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def _hash(values: Iterable[object]) -> str:
    return hashlib.sha256(repr(list(values)).encode()).hexdigest()
