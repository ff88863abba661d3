"""Judging and folding facts on one core, beside a dict of objects that does the same.

Run with `python -m benchmarks.fold [events]`. One event in twenty comes twice. Both contestants
must end with the same members.
"""

import sys
import tracemalloc
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.figure import Figure, median_seconds
from streams.content import content_hashes, fact_version_hash
from streams.fact import FactArray, empty_facts
from streams.state.layout import (
    DAY_SHIFT,
    N_VALUE_MONTHS,
    VALUE_MONTH_OFFSET,
    base_month_of,
)
from streams.state.priority import priorities
from streams.state.source import EVERY_COLUMN
from streams.state.state import State
from streams.wire import employment_end, employment_monthly_status, insurance_payment
from yujing.domain.days import months_of_days

BATCH = 10_000
BASE_MONTH = base_month_of(2026)
EVENTS_A_MEMBER = 100
STATUS, PAYMENT, END = employment_monthly_status.KIND, insurance_payment.KIND, employment_end.KIND
KINDS, SHARES = (STATUS, PAYMENT, END), (0.51, 0.46, 0.03)  # volumes of the domain's catalogue
GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # spreads small numbers over 64 bits, as keyed hashes are


class NoLog:
    """The log of a load without corrections: it is never asked."""

    def versions_of(
        self, facts: npt.NDArray[np.uint64], *, columns: Sequence[str] = EVERY_COLUMN
    ) -> FactArray:
        raise AssertionError("a load without corrections asks nothing")

    facts_of = versions_of


def some_events(n: int) -> FactArray:
    """Return `n` versions of which one in twenty is a copy of another, in random order."""
    rng = np.random.default_rng(11)
    n_new = n - n // 20
    facts = empty_facts(n_new)
    facts["fact"] = np.arange(1, n_new + 1, dtype=np.uint64) * GOLDEN
    facts["version"], facts["known_at"] = 1, 1_780_000_000
    facts["kind"] = rng.choice(KINDS, n_new, p=SHARES)
    facts["source"] = rng.integers(1, 15, n_new)
    people = rng.integers(1, n // EVENTS_A_MEMBER + 2, n_new).astype(np.uint64)
    facts["subject"] = people * GOLDEN
    facts["occurred_from"] = rng.integers(19_000, 20_600, n_new)
    facts["occurred_to"] = facts["occurred_from"]
    facts["month"] = months_of_days(np.ascontiguousarray(facts["occurred_from"]))
    facts["worked"], facts["insurance"] = rng.integers(1, 3, n_new), rng.integers(1, 5, n_new)
    facts["reason"] = rng.integers(0, 9, n_new)
    facts["wage_fen"] = rng.integers(200_000, 700_000, n_new)
    facts["amount_fen"] = 32_000
    facts["content"] = content_hashes(facts)
    copies = rng.integers(0, n_new, n // 20)
    return facts.take(rng.permutation(np.concatenate([np.arange(n_new), copies])))


class Member:
    """A member as a program without arrays would keep one."""

    __slots__ = (
        "end", "ended", "facts_xor", "idle", "n_facts", "paid", "status_month", "wage", "worked",
    )  # fmt: skip

    def __init__(self) -> None:
        self.n_facts = self.facts_xor = self.worked = self.idle = 0
        self.end = self.ended = self.status_month = 0
        self.paid = [0, 0, 0, 0]
        self.wage: dict[int, int] = {}


def fold_objects(events: list[tuple[int, ...]]) -> dict[int, Member]:
    """Judge and fold decoded events one by one."""
    table = priorities().tolist()
    known: dict[int, tuple[int, int]] = {}
    members: dict[int, Member] = {}
    for event in events:
        fact, version, content, version_hash, kind, subject, source, day, month, first = event[:10]
        worked, insurance, reason, wage_fen, amount_fen = event[10:]
        if known.get(fact) == (version, content):
            continue
        known[fact] = (version, content)
        member = members.get(subject)
        if member is None:
            member = members[subject] = Member()
        member.n_facts += 1
        member.facts_xor ^= version_hash
        place = month - BASE_MONTH
        if kind == PAYMENT:
            if amount_fen > 0:
                member.paid[insurance - 1] |= 1 << place
            continue
        if kind == END:
            member.ended |= 1 << place
            order = (day + DAY_SHIFT) << 40 | table[kind][source] << 32 | reason
            member.end = max(member.end, order)
        elif worked == 1:
            member.idle |= 1 << place
            continue
        else:
            member.worked |= 1 << place
            order = (first + DAY_SHIFT) << 40 | table[kind][source] << 32
            member.status_month = max(member.status_month, order)
        if 0 <= place - VALUE_MONTH_OFFSET < N_VALUE_MONTHS:
            member.wage[place] = max(member.wage.get(place, 0), wage_fen // 100)
    return members


def decoded(facts: FactArray) -> list[tuple[int, ...]]:
    """Return the events as tuples, for the contestant without arrays."""
    months = (facts["month"] - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")
    columns = [facts["fact"], facts["version"], facts["content"], fact_version_hash(facts)]
    columns += [facts[name] for name in ("kind", "subject", "source", "occurred_from", "month")]
    columns.append(months.astype(np.int64))
    names = ("worked", "insurance", "reason", "wage_fen", "amount_fen")
    columns += [facts[name] for name in names]
    return list(zip(*(column.tolist() for column in columns), strict=True))


def fold_arrays(batches: list[FactArray]) -> State:
    """Judge and fold batches with the state of Yujing."""
    state, log = State(BASE_MONTH), NoLog()
    for batch in batches:
        state.absorb(batch, state.judge(batch, log), log)
    return state


def same(state: State, members: dict[int, Member]) -> bool:
    """Return whether both ended with the same members."""
    if len(state.members) != len(members):
        return False
    for row in state.members:
        member: Any = members[int(row["key"])]
        wage = [member.wage.get(VALUE_MONTH_OFFSET + i, 0) for i in range(N_VALUE_MONTHS)]
        if row["wage_yuan"].tolist() != wage or row["paid"].tolist() != member.paid:
            return False
        names = ("n_facts", "facts_xor", "worked", "idle", "ended", "end", "status_month")
        if any(int(row[name]) != getattr(member, name) for name in names):
            return False
    return True


def bytes_a_member(events: list[tuple[int, ...]]) -> float:
    """Return what the objects take, the index of facts left out."""
    tracemalloc.start()
    members = fold_objects(events)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held / len(members)


def main() -> None:
    """Measure both and print the figures."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    facts = some_events(n)
    batches = [facts[start : start + BATCH] for start in range(0, n, BATCH)]
    events = decoded(facts)
    state = fold_arrays(batches)  # also compiles
    if not same(state, fold_objects(events)):
        raise SystemExit("the contestants differ")
    State.build(facts, BASE_MONTH)
    theirs = n / median_seconds(lambda: fold_objects(events), repeats=3)
    for name, work in (
        ("fold", lambda: fold_arrays(batches)),
        ("fold.history", lambda: State.build(facts, BASE_MONTH)),
    ):
        ours = n / median_seconds(work, repeats=5)
        print(Figure(name, round(ours), "events/s", round(theirs), round(ours / theirs, 2)).line())
    objects = bytes_a_member(events)
    ours = state.nbytes / len(state.members)
    print(
        Figure(
            "state", round(ours), "bytes/member", round(objects), round(objects / ours, 2)
        ).line()
    )
    index = state.index.nbytes / len(state.index)
    print(Figure("fact_index", round(index, 1), "bytes/fact", None, None).line())


if __name__ == "__main__":
    main()
