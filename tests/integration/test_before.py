"""Memory without what came later is the log as it was known then."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from models.features.snapshot import cutoff_s
from streams.content import content_hashes
from streams.fact import AREA, FactArray, empty_facts
from streams.kafka.bucket import bucket_of
from streams.wire import (
    disaster_area,
    employment_monthly_status,
    identity_link,
    member_upsert,
)
from tests.support.running_county import ingest, open_county
from tests.support.streamed_county import N, Stream, Worker
from yujing.app import before
from yujing.app.before import later_subjects, seen_before, state_before
from yujing.app.county import County
from yujing.app.ordered import OrderedState, of_buckets

pytestmark = pytest.mark.integration

MONTH = 30 * 86_400
SHARES = [frozenset(range(N)), frozenset({0, 3}), frozenset({2})]


@pytest.fixture(scope="module")
def stream(county_files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stream]:
    """A log that came through partitions."""
    folder = tmp_path_factory.mktemp("before")
    with open_county(folder / "alone") as county:
        ingest(county, county_files)
        facts = county.log.history()
        ids = county.log.record_ids_of(np.unique(facts["fact"]))
    known_at = np.sort(facts["known_at"])
    facts = np.concatenate([facts, struck(known_at), mistaken(facts, known_at)])
    ids |= dict.fromkeys((1, 2), "area")
    with open_county(folder / "county") as county:
        stream = Stream(county)
        stream.append(facts, [ids[f] for f in facts["fact"].tolist()])
        stream.append(misrouted(facts, known_at), ["late"], to=1)
        stream.append(moved_away(facts, known_at), ["moved"], to=1)
        yield stream


def struck(known_at: np.ndarray) -> FactArray:
    """Return two disasters, one of which is withdrawn in the end."""
    rows = empty_facts(3)
    rows["fact"], rows["version"], rows["retracted"] = (1, 2, 1), (1, 1, 2), (0, 0, 1)
    rows["kind"], rows["subject_kind"] = disaster_area.KIND, AREA
    rows["subject"] = rows["region"] = (522632101001, 522632000000, 522632101001)
    rows["occurred_from"], rows["disaster"] = 20_000, 1
    rows["known_at"] = known_at[[10, len(known_at) // 2, -10]]
    rows["content"] = content_hashes(rows)
    return rows


def months_of_the_silent(facts: FactArray, known_at: np.ndarray) -> FactArray:
    """Return reported months of housed members about whom nothing comes late."""
    late = facts["subject"][facts["known_at"] >= known_at[int(len(known_at) * 0.9)]]
    kept = (facts["kind"] == employment_monthly_status.KIND) & (facts["household"] != 0)
    return facts.compress(kept & ~np.isin(facts["subject"], late))


def mistaken(facts: FactArray, known_at: np.ndarray) -> FactArray:
    """Return a month that was reported of one member and is said late to be of another."""
    for row in months_of_the_silent(facts, known_at):
        home = facts[facts["household"] == row["household"]]
        others = home["subject"][(home["subject_kind"] == 0) & (home["subject"] != row["subject"])]
        if len(others):
            corrected = np.array([row], dtype=facts.dtype)
            corrected["version"], corrected["subject"] = 99, others[0]
            corrected["known_at"] = known_at[-5]
            corrected["content"] = content_hashes(corrected)
            return corrected
    raise AssertionError("nobody lives with another")


def misrouted(facts: FactArray, known_at: np.ndarray) -> FactArray:
    """Return a month of a member, of partition 2 if it can be, for the lanes of partition 1."""
    months = months_of_the_silent(facts, known_at)
    homes = bucket_of(np.ascontiguousarray(months["household"]), N)
    row = months.take([np.lexsort((homes != 1, homes == 2))[-1]])  # of 2, where somebody is silent
    row["fact"], row["known_at"] = 3, known_at[-5]
    return row


def moved_away(facts: FactArray, known_at: np.ndarray) -> FactArray:
    """Return a late move of the most silent member of partition 2; only partition 1 is told."""
    members = facts.compress(facts["kind"] == member_upsert.KIND)
    homes = bucket_of(np.ascontiguousarray(members["other"]), N)
    there = np.flatnonzero((homes == 2) & (members["retracted"] == 0))
    last = [facts["known_at"][facts["subject"] == s].max() for s in members["subject"][there]]
    row = members.take(there[[int(np.argmin(last))]])
    row["version"], row["known_at"] = 99, known_at[-4]
    row["other"] = members["other"][homes == 1][0]
    row["content"] = content_hashes(row)
    return row


def moments(county: County) -> list[int]:
    """Return seconds between which everything came in, and such as nothing came after."""
    known = np.sort(county.log.history(columns=("known_at",))["known_at"].astype(np.int64))
    at = [int(known[int(len(known) * share)]) for share in (0.02, 0.4, 0.7, 0.9, 0.99)]
    return [*at, int(known[-1]) + 1]


@pytest.mark.parametrize("share", SHARES)
def test_without_later_facts_memory_is_the_log_of_then(
    stream: Stream, share: frozenset[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(before, "MOST_SHARE", 10.0)
    log, memory = stream.county.log, Worker(stream, share).state
    owned = of_buckets(N, share)
    n_made_anew = []
    for moment in moments(stream.county):
        instead = later_subjects(log, memory, moment, share, owned, most=10**9)
        assert instead is not None
        n_made_anew.append(len(instead.subjects))

        view = seen_before(log, memory, moment, share, N, memory.base_month)
        other = OrderedState(state_before(log, moment, share, memory.base_month), owned)

        for name in ("members", "households", "areas"):
            assert getattr(view, name).tobytes() == getattr(other, name).tobytes(), name
        asked = other.households["key"][::2]
        assert view.household_rows(asked).tolist() == other.household_rows(asked).tolist()
    assert n_made_anew == sorted(n_made_anew, reverse=True)
    assert n_made_anew[0] > 0 == n_made_anew[-1]


def test_the_history_holds_what_makes_it_hard(stream: Stream) -> None:
    facts = stream.county.log.history()
    assert (facts["kind"] == identity_link.KIND).any()
    assert (facts["subject_kind"] == AREA).any()
    assert facts["retracted"].any()
    assert (facts["version"] > 1).any()


def test_too_much_that_is_later_makes_all_anew(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, share = stream.county.log, SHARES[0]
    memory, owned = Worker(stream, share).state, of_buckets(N, share)
    moment = cutoff_s(date(2025, 9, 1))
    assert later_subjects(log, memory, moment, share, owned, most=10) is None
    assert later_subjects(log, memory, moment, share, owned, most=10**6) is not None
    monkeypatch.setattr(before, "FEW", 0)
    assert later_subjects(log, memory, moment, share, owned, most=10**6) is None

    view = seen_before(log, memory, moment, share, N, memory.base_month)

    other = OrderedState(state_before(log, moment, share, memory.base_month), owned)
    assert view.members.tobytes() == other.members.tobytes()


def test_another_window_is_made_from_the_log(stream: Stream) -> None:
    log, share = stream.county.log, SHARES[1]
    memory = Worker(stream, share).state

    view = seen_before(log, memory, 2**32 - 1, share, N, memory.base_month - 12)

    assert view.base_month == memory.base_month - 12
    assert len(view.members)
