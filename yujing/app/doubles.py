"""People who may be registered twice: found by the day's look, decided by somebody, linked or not.

"Same" sends `identity.link` through the door like any event, undoing it the retraction of that
link. The decision is written first and sent after: a kill in between sends it again, which changes
nothing.
"""

from datetime import date
from typing import Any

import msgspec
import numpy as np

from alerts.quality.columns import standing_claims
from streams.state import read
from streams.vault.doubles import DIFFERENT, SAME, UNDO, Decision, Double, Register
from streams.wire import identity_link
from yujing.app.county import County
from yujing.app.output import DONE, Output
from yujing.app.own_events import own_grant, say
from yujing.app.reds import deal_reds
from yujing.app.requests import Arguments
from yujing.domain.codes import Source
from yujing.domain.days import to_day
from yujing.errors import UsageError

_OURS = own_grant(identity_link.KIND)
_ORIGIN = "doubles"


def find(county: County, _arguments: Arguments, output: Output) -> int:
    """Look for likely doubles now."""
    n = look_for_doubles(county)
    waiting = county.doubles.count()
    output.result({"found": n, "open": waiting}, f"{n} found anew; {waiting} wait for a decision")
    return DONE


def list_doubles(county: County, arguments: Arguments, output: Output) -> int:
    """Show what nobody has decided; with `all` what was decided too."""
    pairs = county.doubles.open()
    if arguments["all"]:
        pairs += county.doubles.decided()
    last = {(one.one, one.other): one for one in reversed(county.doubles.history())}
    for pair in pairs:
        output.result(_fields(pair, last.get((pair.one, pair.other))))
    return DONE


def same(county: County, arguments: Arguments, output: Output) -> int:
    """Say that two are one person."""
    return _decide(county, arguments, SAME, output)


def different(county: County, arguments: Arguments, output: Output) -> int:
    """Say that two are not one person."""
    return _decide(county, arguments, DIFFERENT, output)


def undo(county: County, arguments: Arguments, output: Output) -> int:
    """Take a decision back."""
    return _decide(county, arguments, UNDO, output)


def _decide(county: County, arguments: Arguments, decision: str, output: Output) -> int:
    one, other = (_key(arguments[name]) for name in ("one", "other"))
    decided = decide(county, one, other, decision, by="command line")
    fields = {"one": f"{decided.one:016x}", "other": f"{decided.other:016x}",
              "decision": decision, "linked": bool(decided.link_version)}  # fmt: skip
    output.result(fields, f"{fields['one']} and {fields['other']}: {decision}")
    return DONE


def _key(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        raise UsageError(f"{text!r} is no key; take the keys of the list") from None


def _fields(pair: Double, last: Decision | None) -> dict[str, object]:
    fields: dict[str, object] = {
        "one": f"{pair.one:016x}", "other": f"{pair.other:016x}", "why": list(pair.why),
        "decision": pair.decision,
    }  # fmt: skip
    if last is not None:
        at = County.moment(last.at).isoformat()
        fields |= {"last": last.decision, "by": last.by, "at": at}
    return fields


def decide(county: County, one: int, other: int, decision: str, *, by: str) -> Decision:
    """Record a decision and send what follows from it.

    Raises
    ------
    UsageError
        If there is no such pair.
    TransitionError
        If it was decided already, or there is nothing to undo.
    StorageError
        If the log is away: the decision is kept, the link is sent later.
    """
    decided = county.doubles.decide(one, other, decision, by=by, at=county.now_s())
    send_links(county)
    return decided


def send_links(county: County) -> int:
    """Send links and withdrawals that were decided and not sent; return how many."""
    waiting = county.doubles.waiting()
    if not waiting:
        return 0
    lines = [msgspec.json.encode(link_event(one)) for one in waiting]
    with county.busy:
        touched = say(county, lines, _OURS, _ORIGIN)
        county.doubles.mark_sent([one.id for one in waiting])
        deal_reds(county, touched)
    return len(waiting)


def link_event(decided: Decision) -> dict[str, Any]:
    """Return the event that a decision sends; it names two keys and nobody."""
    event = {
        "event_type": "identity.link",
        "source_system": Source.YUJING.value,
        "source_record_id": f"double:{decided.one:016x}:{decided.other:016x}",
        "source_version": decided.link_version,
        "op": "retract" if decided.withdraws else "upsert",
        "person_key": f"{decided.one:016x}",
        "occurred_from": County.moment(decided.at).date().isoformat(),
    }
    if not decided.withdraws:
        event["other_person_key"] = f"{decided.other:016x}"
    return event


def look_for_doubles(county: County) -> int:
    """Look at everybody in the vault and at claims of two households; return how many are new."""
    with county.busy:
        register = _register(county)
        claims = _claims(county, county.today())
    return county.doubles.look(register, claims, at=county.now_s())


def _register(county: County) -> Register:
    """Return births and households of all keys, those linked to others too."""
    state = county.state
    members = state.members
    own = members["key"].astype(np.uint64)
    keys = np.union1d(own, state.links.with_others(own))
    names = state.links.canonical(keys)
    rows = state.person_rows(keys)
    return Register(
        keys, members["birth"][rows].astype(np.int64), members["household"][rows], names
    )


def _claims(county: County, today: date) -> list[tuple[int, int]]:
    """Return (person, other household) of those whom two households claim."""
    members = county.state.members
    claimed = standing_claims(members) & read.present(members, to_day(today))
    rows = np.flatnonzero(claimed)
    return list(
        zip(members["key"][rows].tolist(), members["other_household"][rows].tolist(), strict=True)
    )
