"""Every comparison for everybody, with the questions to the log, beside pandas over tables.

Run with `python -m benchmarks.comparisons [members]`; a million when not given. The baseline does
three of the comparisons as an analyst would, on long tables of monthly sheets and contributions
(`groupby`, joins); both find the same people, and the ratio is that of the same three. The log in
the process holds the enrolments, lists and premiums of all members.
"""

import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd  # type: ignore[import-untyped, unused-ignore]  # a baseline, no dependency

from alerts.comparisons import Told, compare, shipped_comparisons, told_by
from alerts.rules import Situation
from alerts.rules.situation import packed_days
from benchmarks.figure import Figure
from streams.content import content_hashes
from streams.fact import FactArray, empty_facts
from streams.log.log import EventLog
from streams.state.layout import DAY_SHIFT
from tests.unit.models.synthetic import AS_OF, VILLAGE, FlatState, random_state
from yujing.domain.days import to_day
from yujing.domain.policy import Policy
from yujing.storage.clickhouse import connect

SAME = ("left_unreported", "jobless_insured", "jobless_working")
ROWS_OF_A_BATCH = 200_000
MOST_OF_BASELINE = 200_000   # members; its tables take gigabytes for a million

Ints = npt.NDArray[np.int64]


def main() -> None:
    """Print seconds for a county of this many members, and the ratio to pandas."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    state, policy = a_state(n), Policy.load()
    compare(Situation(a_state(1_000), AS_OF, policy), Told.nothing())   # compiles
    with tempfile.TemporaryDirectory() as folder:
        seconds, rows = _with_log(Path(folder), state, policy)
    print(Figure("comparisons: everything", seconds, "s", None, None).line())
    print(Figure("comparisons: differences", float(rows), "rows", None, None).line())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(Figure("comparisons: peak memory", peak, "MB", None, None).line())
    _beside_pandas(a_state(min(n, MOST_OF_BASELINE)), policy)


def _beside_pandas(state: FlatState, policy: Policy) -> None:
    """Print the time of three comparisons beside that of pandas, which must find the same."""
    three = tuple(one for one in shipped_comparisons() if one.code in SAME)
    tables = Tables(state)
    start = time.perf_counter()
    mine = compare(Situation(state, AS_OF, policy), Told.nothing(), three)
    own = time.perf_counter() - start
    start = time.perf_counter()
    theirs = tables.found(policy)
    baseline = time.perf_counter() - start
    for one in three:
        found = np.sort(mine["person"][mine["comparison"] == one.number])
        if not np.array_equal(found, theirs[one.code]):
            raise AssertionError(f"{one.code}: {len(found)} here, {len(theirs[one.code])} there")
    print(Figure("comparisons: three of them", own, "s", baseline, baseline / own).line())


def a_state(n: int) -> FlatState:
    """Return a state in which most sources agree about most people."""
    state, rng = random_state(n, 1), np.random.default_rng(2)
    members, day = state.members, to_day(AS_OF)
    now = AS_OF.year * 12 + AS_OF.month - 1 - state.base_month
    until = rng.integers(0, now, n)
    for name, share in (("worked", 0.8), ("idle", 0.1), ("returned", 0.02)):
        months = (np.uint64(1) << until.astype(np.uint64)) - np.uint64(1)
        members[name] = np.where(rng.random(n) < share, months, np.uint64(0))
    members["idle"] &= ~members["worked"]
    last = np.where(rng.random(n) < 0.4, rng.integers(0, now, n), 0).astype(np.uint64)
    members["paid"] = ((np.uint64(1) << last) - np.uint64(1))[:, None]
    members["student"] = np.where(rng.random(n) < 0.1, 2, 1)
    registered = rng.random(n) < 0.03
    days = rng.integers(day - 300, day - 5, n) + DAY_SHIFT
    members["unemployment"] = np.where(registered, days << 40 | 1 << 32 | 1, 0)
    members["visit"][rng.random(n) < 0.9] = 0
    return state


# ---- the log


def _with_log(folder: Path, state: FlatState, policy: Policy) -> tuple[float, int]:
    """Return the seconds of three questions and all comparisons, and how much was found."""
    client = connect(folder / "log", folder / "tmp", memory_bytes=2**30)
    try:
        log = EventLog(client)
        for start in range(0, len(state.members), ROWS_OF_A_BATCH // 4):
            facts = facts_of(state.members["key"][start : start + ROWS_OF_A_BATCH // 4], start)
            log.append(facts, [str(fact) for fact in facts["fact"].tolist()])
        start_s = time.perf_counter()
        told = told_by(log, to_day(AS_OF))
        asked = time.perf_counter() - start_s
        found = compare(Situation(state, AS_OF, policy), told)
        seconds = time.perf_counter() - start_s
        line = Figure("comparisons: questions to the log", asked, "s", None, None).line()
        print(line, f"log of {log.count():,} events")
        return seconds, len(found)
    finally:
        client.close()


def facts_of(keys: npt.NDArray[np.uint64], seed: int) -> FactArray:
    """Return an enrolment, two premiums and one other event of each person; lists of some."""
    rng, n = np.random.default_rng(seed), len(keys)
    facts = empty_facts(4 * n)
    facts["subject"] = np.tile(keys, 4)
    facts["fact"] = facts["subject"] * np.uint64(4) + np.repeat(np.arange(4, dtype=np.uint64), n)
    facts["version"], facts["known_at"], facts["region"] = 1, 1_780_000_000, VILLAGE
    facts["occurred_from"] = facts["occurred_to"] = to_day(date(2026, 1, 1))
    facts["month"] = 2026 * 12
    enrol, premiums, other = slice(0, n), slice(n, 3 * n), slice(3 * n, 4 * n)
    facts["kind"][enrol], facts["insurance"][enrol], facts["status"][enrol] = 13, 1, 1
    facts["work_region"][enrol] = rng.choice([520526, 440100, 330100], n)
    facts["kind"][premiums], facts["insurance"][premiums] = 15, np.repeat([6, 7], n)
    facts["payer"][premiums] = rng.choice([1, 4], 2 * n, p=[0.9, 0.1])
    facts["insurance"][2 * n : 3 * n][rng.random(n) < 0.05] = 6   # the same premium again
    listed = rng.random(n) < 0.1
    facts["kind"][other], facts["category"][other] = np.where(listed, 5, 9), 2
    facts["source"] = np.where(rng.random(4 * n) < 0.5, 6, 1)
    facts["content"] = content_hashes(facts)
    return facts


# ---- the baseline


class Tables:
    """The same people as tables of sheets, one row a person and month."""

    def __init__(self, state: FlatState) -> None:
        members = state.members
        self.base = state.base_month
        self.keys = members["key"].astype(np.int64)
        self.worked = _long(self.keys, members["worked"], self.base)
        self.idle = _long(self.keys, members["idle"], self.base)
        self.paid = _long(self.keys, np.bitwise_or.reduce(members["paid"], axis=1), self.base)
        self.returned = _long(self.keys, members["returned"], self.base)
        self.people = pd.DataFrame({"person": self.keys})
        for name in ("depart", "return_", "job_order", "end", "unemployment", "visit"):
            days = packed_days(members[name])
            self.people[name] = pd.Series(np.where(members[name] == 0, np.nan, days))
        left = packed_days(members["exit"])
        joined = packed_days(members["member_order"])
        gone = (members["exit"] != 0) & (left > joined) & (left <= to_day(AS_OF))
        self.people = self.people[(members["member_order"] != 0) & ~gone]

    def found(self, policy: Policy) -> dict[str, Any]:
        """Return whom each of the three comparisons finds, rising."""
        lag, recent, left, within = (
            policy.whole(f"comparison.{key}", region=VILLAGE, day=AS_OF)
            for key in ("report_lag_months", "recent_months", "left_unreported.days",
                        "left_unreported.within_days")
        )  # fmt: skip
        now, day = AS_OF.year * 12 + AS_OF.month - 1, to_day(AS_OF)
        people = self.people.set_index("person")
        people["last_worked"] = self.worked.groupby("person")["month"].max()
        people["last_idle"] = self.idle.groupby("person")["month"].max()
        people["last_paid"] = self.paid.groupby("person")["month"].max()
        heard = pd.concat([self.worked, self.idle, self.paid, self.returned])
        people["last_heard"] = heard.groupby("person")["month"].max()

        said = people[["return_", "job_order", "end", "unemployment", "visit"]].max(axis=1)
        age = day - people["depart"]
        silent = ~(people["last_heard"] > _months(people["depart"]))
        silent &= ~(said >= people["depart"])
        gone = people.index[silent & (age >= left) & (age <= within)]

        since = people["unemployment"]
        jobless = since.notna() & (since < day)
        month = _months(since)
        insured = (people["last_paid"] > month) & (now - 1 - lag - people["last_paid"] <= recent)
        last = people["last_worked"]
        ended, begun = people["end"], people["job_order"]
        still = ~(ended >= _days(last)) | (begun > ended)
        working = (last > month) & (now - last <= recent) & ~(people["last_idle"] >= last) & still
        return {
            "left_unreported": np.sort(gone.to_numpy()),
            "jobless_insured": np.sort(people.index[jobless & insured].to_numpy()),
            "jobless_working": np.sort(people.index[jobless & working].to_numpy()),
        }


def _long(keys: Ints, bits: npt.NDArray[np.uint64], base: int) -> pd.DataFrame:
    """Return one row a person and month that a bit map holds, as departments' sheets are."""
    parts = []
    for month in range(54):   # no later month is in the state
        held = keys[(bits >> np.uint64(month)) & np.uint64(1) == 1]
        parts.append(pd.DataFrame({"person": held, "month": np.int32(base + month)}))
    return pd.concat(parts, ignore_index=True)


def _months(days: "pd.Series[Any]") -> "pd.Series[Any]":
    stamps = pd.to_datetime(days, unit="D")
    return stamps.dt.year * 12 + stamps.dt.month - 1


def _days(months: "pd.Series[Any]") -> "pd.Series[Any]":
    known = months.dropna().astype(np.int64).to_numpy() - 1970 * 12
    days = known.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return pd.Series(days, index=months.dropna().index).reindex(months.index)


if __name__ == "__main__":
    main()
