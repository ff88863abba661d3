"""Findings of the data-quality rules: counted by source, kept by row until somebody mends them."""

from collections import Counter

import numpy as np
import numpy.typing as npt
from sqlalchemy import func, select

from alerts.quality.finding import Doubted
from streams.door.reading import Reading
from streams.fact import HOUSEHOLD, PERSON, FactArray
from streams.pipeline import Keys, Outcome
from streams.state.fact_index import NEW, SAME, FactIndex
from yujing.app.county import County
from yujing.app.tables import QUALITY_FINDING
from yujing.domain.codes import Source, members
from yujing.storage.sql import reading, upsert, writing

Outcomes = npt.NDArray[np.uint8]
SOURCES = tuple(source.value for source in members(Source))


def keep_findings(county: County, read: Reading, outcomes: Outcomes) -> None:
    """Keep what the rules of quality found in a batch: counts by source, and rows to be mended.

    Parameters
    ----------
    read
        What the door made of the batch; it went through the log already.
    outcomes
        `Outcome` of each row of the batch.
    """
    _count(county, read, outcomes)
    doubted = _doubted(county, read, outcomes)
    if doubted is not None:
        county.quality.take(doubted, day=county.today())


def findings_by_source(county: County) -> dict[str, dict[str, int]]:
    """Return how many findings of each rule each source has."""
    found: dict[str, dict[str, int]] = {}
    finding = QUALITY_FINDING.c
    query = select(finding.source, finding.rule, func.sum(finding.n)).group_by(
        finding.source, finding.rule
    )
    with reading(county.engine) as connection:
        for source, rule, n in connection.execute(query):
            found.setdefault(source, {})[rule] = int(n)
    return found


def settle_findings(county: County, index: FactIndex) -> int:
    """Mend findings of versions that do not count any more; return how many.

    Parameters
    ----------
    index
        Which versions count; what it does not know is left alone.
    """

    def counting(facts: Keys) -> npt.NDArray[np.uint32]:
        versions: npt.NDArray[np.uint32] = index.standing(facts)["version"]
        return versions

    return county.quality.settle(counting, day=county.today())


def _count(county: County, read: Reading, outcomes: Outcomes) -> None:
    """Count the findings of rows that are new to the log, in the desk database and in metrics."""
    new = (outcomes == Outcome.ACCEPTED).tolist()
    source_of = dict(zip(read.rows.tolist(), read.facts["source"].tolist(), strict=True))
    counts = Counter((SOURCES[source_of[row]], rule) for row, rule in read.warnings if new[row])
    if not counts:
        return
    for (source, rule), n in counts.items():
        county.metrics.count("yujing_warnings_total", n, source=source, rule=rule)
    day = county.today().isoformat()
    with writing(county.engine) as connection:
        add = upsert(
            connection,
            QUALITY_FINDING,
            key=("source", "rule", "day"),
            columns={"n": lambda old, new: old.n + new.n},
        )
        connection.execute(
            add,
            [
                {"source": source, "rule": rule, "day": day, "n": n}
                for (source, rule), n in sorted(counts.items())
            ],
        )


def _doubted(county: County, read: Reading, outcomes: Outcomes) -> Doubted | None:
    """Return the facts of a batch that count, with the rules that doubt them by their own content.

    What the register said of a person when the row came is left to the rules over the state, which
    ask again every day.
    """
    facts = read.facts
    if not len(facts):
        return None
    rules = county.rules.by_id
    places = _newest(facts, _counting(county, facts))
    place_of = dict(zip(read.rows[places].tolist(), range(len(places)), strict=True))
    doubts: dict[int, list[str]] = {}
    for row, rule in read.warnings:
        if row in place_of and rules[rule].of_the_row:
            doubts.setdefault(place_of[row], []).append(rule)
    picked = facts.take(places)
    persons = np.where(picked["subject_kind"] == PERSON, picked["subject"], np.uint64(0))
    households, regions = _where(county, picked)
    return Doubted(
        picked, [read.record_ids[i] for i in places.tolist()],
        [SOURCES[number] for number in picked["source"].tolist()],
        {place: tuple(found) for place, found in doubts.items()}, persons, households, regions,
    )  # fmt: skip


def _counting(county: County, facts: FactArray) -> npt.NDArray[np.int64]:
    """Return the rows that count as far as is known here.

    The door of many workers has no state; what it takes for the newest is settled by the sweep.
    """
    if county.settings.distributed:
        return np.arange(len(facts))
    verdicts = county.state.index.ask(facts)
    return np.flatnonzero((verdicts == SAME) | (verdicts == NEW))


def _newest(facts: FactArray, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return of several rows of one fact the one of the highest version; rising."""
    order = places[np.lexsort((-places, facts["version"][places], facts["fact"][places]))]
    last = np.ones(len(order), dtype=bool)
    last[:-1] = facts["fact"][order][1:] != facts["fact"][order][:-1]
    return np.sort(order[last])


def _where(county: County, facts: FactArray) -> tuple[Keys, npt.NDArray[np.int64]]:
    """Return household and region of whom each fact is about, as the state knows them."""
    regions = facts["region"].astype(np.int64)
    homes = np.where(facts["subject_kind"] == HOUSEHOLD, facts["subject"], facts["household"])
    if county.settings.distributed:
        return homes, regions
    state = county.state
    of_person = np.flatnonzero(facts["subject_kind"] == PERSON)
    rows = state.person_rows(np.ascontiguousarray(facts["subject"][of_person]))
    known, rows = of_person[rows >= 0], rows[rows >= 0]
    homes[known] = state.members["household"][rows]
    missing = known[regions[known] == 0]
    regions[missing] = state.members["region"][rows[np.isin(known, missing)]]
    homeless = np.flatnonzero((regions == 0) & (homes != 0))
    rows = state.household_rows(homes[homeless])
    regions[homeless[rows >= 0]] = state.households["region"][rows[rows >= 0]]
    return homes, regions
