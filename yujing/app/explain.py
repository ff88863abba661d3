"""Everything behind a score and a card, of one person or household: `yujing explain`."""

from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from alerts.rules.catalogue import shipped_rules
from models.card import Scorecard
from models.features.tables import FeatureTable
from streams.fact import CONTENT_COLUMNS, FEN_COLUMNS, MISSING_FEN, empty_facts
from streams.kafka.topics import TOPICS
from streams.log.position import COUNTER_LANE, lane_of, offset_of, partition_of
from streams.wire.catalogue import BY_KIND
from yujing.app.county import County
from yujing.app.digest import day_of
from yujing.app.output import DONE, Fields, Output
from yujing.app.picture import picture
from yujing.app.requests import Arguments
from yujing.domain.days import from_day
from yujing.errors import UsageError

_DAY_COLUMNS = ("occurred_from", "occurred_to", "birth")
_KEY_COLUMNS = ("subject", "other", "employer", "text")


def answer(county: County, arguments: Arguments, output: Output) -> int:
    """Show what is behind a person's or household's score and card."""
    key = key_of(arguments["key"])
    day = arguments["as_of"]
    with county.busy:
        as_of = date.fromisoformat(day) if day else day_of(county)
        if as_of is None:
            raise UsageError("this county has no facts yet")
        found = explain(county, key, as_of)
    output.result(found, in_lines(found))
    return DONE


def key_of(text: str) -> int:
    """Return a key of 16 hex digits as a number.

    Raises
    ------
    UsageError
        If it is none.
    """
    try:
        if len(text) != 16:
            raise ValueError
        return int(text, 16)
    except ValueError:
        raise UsageError(f"a key has 16 hex digits, got {text!r}") from None


def explain(county: County, key: int, as_of: date) -> Fields:
    """Return facts, features, points, rules and cards of a person or household.

    Raises
    ------
    UsageError
        If nobody has this key.
    """
    seen = picture(county, as_of)
    asked = np.array([key], dtype=np.uint64)
    person, home = int(seen.state.person_rows(asked)[0]), int(seen.state.household_rows(asked)[0])
    if person < 0 and home < 0:
        raise UsageError(f"nobody is known by the key {key:016x} as of {as_of}")
    if person >= 0:
        row = seen.state.members[person]
        household = int(row["household"])
        score = _score(seen.u90, seen.scores.member_table, person)
    else:
        household = key
        score = _score(seen.p12, seen.scores.household_table, home)
    signals = seen.signals[seen.signals["household"] == household]
    if person >= 0:
        signals = signals[(signals["person"] == key) | (signals["person"] == 0)]
    facts = county.log.facts_of(asked)
    return {
        "key": f"{key:016x}",
        "kind": "person" if person >= 0 else "household",
        "household": f"{household:016x}",
        "as_of": as_of.isoformat(),
        "score": score,
        "rules": [_rule(signal) for signal in signals],
        "cards": [_card(card) for card in county.desk.live_cards() if card.household == household],
        "facts": [shown(fact) for fact in np.sort(facts, order=["occurred_from", "fact"])],
    }


def _score(card: Scorecard, table: FeatureTable, row: int) -> dict[str, Any]:
    place = int(np.searchsorted(table.rows, row))
    logit = float(card.logit(table)[place])
    return {
        "model": card.id,
        "probability": float(card.probability(table)[place]),
        "logit": logit,
        "intercept": card.intercept,
        "features": [
            {
                "name": reason.name,
                "zh": reason.zh,
                "value": None if np.isnan(reason.value) else reason.value,
                "bin": reason.cell_zh,
                "points": reason.points,
            }
            for reason in card.reasons(table, place)
        ],
    }


def _rule(signal: npt.NDArray[np.void]) -> dict[str, Any]:
    codes = {rule.number: rule.code for rule in shipped_rules()}
    value = float(signal["value"])
    return {
        "rule": codes[int(signal["rule"])],
        "person": f"{int(signal['person']):016x}",
        "level": int(signal["level"]),
        "since": from_day(int(signal["since"])).isoformat(),
        "value": None if np.isnan(value) else value,
        "precision": float(signal["precision"]),
    }


def _card(card: Any) -> dict[str, Any]:
    return {
        "card": card.id,
        "stage": card.stage,
        "level": card.level,
        "reason": card.reason,
        "sentence": card.sentence,
        "opened_on": card.opened_on.isoformat(),
        "due_on": card.due_on.isoformat(),
        "benefit_yuan": card.benefit_fen // 100,
    }


def shown(fact: npt.NDArray[np.void]) -> dict[str, Any]:
    """Return a fact with its columns that say something."""
    blank = empty_facts(1)[0]
    fields: dict[str, Any] = {
        "event_type": BY_KIND[int(fact["kind"])].name,
        "fact": f"{int(fact['fact']):016x}",
        "version": int(fact["version"]),
        "known_at": int(fact["known_at"]),
        **place_in_log(int(fact["position"])),  # the log line "batch" with it names the trace
    }
    for name in CONTENT_COLUMNS:
        value = int(fact[name])
        if name == "kind" or value == int(blank[name]):
            continue
        if name in _DAY_COLUMNS:
            fields[name] = from_day(value).isoformat()
        elif name in FEN_COLUMNS:
            fields[name] = None if value == MISSING_FEN else value
        else:
            fields[name] = f"{value:016x}" if name in _KEY_COLUMNS else value
    return fields


def place_in_log(position: int) -> dict[str, Any]:
    """Return where an event stands: its position, and on servers its message in Kafka."""
    lane = int(lane_of(np.array([position], dtype=np.uint64))[0])
    if lane == COUNTER_LANE:
        return {"position": position}
    topic, partition = partition_of(lane)
    offset = int(offset_of(np.array([position], dtype=np.uint64))[0])
    return {"position": position, "message": f"{TOPICS[topic].name}/{partition}/{offset}"}


def in_lines(found: Fields) -> str:
    """Return an explanation as lines for a person."""
    score: Any = found["score"]
    lines = [f"{found['kind']} {found['key']} of household {found['household']}"]
    lines.append(f"as of {found['as_of']}: {score['probability']:.1%} by {score['model']}")
    lines.append(f"  {score['intercept']:+.3f}  intercept")
    parts: Any = score["features"]
    lines += [f"  {one['points']:+.3f}  {one['name']} {one['zh']}: {one['bin']}" for one in parts]
    lines.append(f"  {score['logit']:+.3f}  sum")
    rules: Any = found["rules"]
    lines += [f"rule {r['rule']} level {r['level']} since {r['since']}" for r in rules]
    cards: Any = found["cards"]
    lines += [f"card {c['card']} {c['stage']} level {c['level']}: {c['sentence']}" for c in cards]
    facts: Any = found["facts"]
    for fact in facts:
        rest = {k: v for k, v in fact.items() if k not in ("event_type", "occurred_from", "fact")}
        words = ", ".join(f"{name} {value}" for name, value in rest.items())
        lines.append(f"{fact.get('occurred_from', '-')} {fact['event_type']}: {words}")
    return "\n".join(lines)
