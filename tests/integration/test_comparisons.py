"""Events in, sweep, question on the card, answer by the form, event in the log, closed for good."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from alerts.comparisons import DIFFERENCE, Differences, Told, told_by
from alerts.comparisons.precision import precision_of_sources
from alerts.comparisons.told import ASSISTANCE
from alerts.pages import routes as alert_routes
from streams.content import content_hashes
from streams.door.grant import Grant
from streams.fact import FactArray, empty_facts
from streams.log.log import EventLog
from streams.state.effective import effective
from tests.support.compared import WholeLog
from tests.support.engines import engine
from tests.support.histories import record_ids
from tests.support.pages import PASSWORD, Browser, log_in
from tests.support.running_county import ingest, open_county
from yujing.access.accounts import NewAccount
from yujing.access.roles import Role
from yujing.access.scope import Scope
from yujing.app import part as part_module
from yujing.app.county import County
from yujing.app.digest import digest
from yujing.app.feedback import relay
from yujing.app.intake import Intake, finish
from yujing.app.output import Silence
from yujing.app.pages import services
from yujing.app.reds import deal_reds
from yujing.app.sweep import sweep
from yujing.domain.codes import Side, Source, number
from yujing.domain.days import to_day
from yujing.web.application import application

pytestmark = pytest.mark.integration
VILLAGE = "520526111202"
TODAY = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
DIGITS = "52052619850501001"
WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
ID_NUMBER = DIGITS + "10X98765432"[
    sum(int(d) * w for d, w in zip(DIGITS, WEIGHTS, strict=True)) % 11
]


def event(kind: str, source: str, day: str, version: int = 1, **more: Any) -> dict[str, Any]:
    record = f"{kind}-{day}-{more.get('insurance', '')}"
    return {
        "event_type": kind, "source_system": source, "source_record_id": record,
        "source_version": version, "occurred_from": day, "id_number": ID_NUMBER,
        "region_code": VILLAGE, **more,
    }  # fmt: skip


MEMBER = event(
    "member.upsert", "national_monitoring", "2024-01-01", household_no="H-1", sex="male",
    birth="1985-05-01", relation="head", name="赵建军", skill="ordinary", student="no",
)  # fmt: skip
PAID = event("insurance.payment", "social_insurance", "2026-05-20", insurance="110",
             month="2026-05", amount=300, payer="employer")  # fmt: skip
WORKING = event("employment.monthly_status", "fangpin_cloud", "2026-10-31", month="2026-10",
                worked="yes")  # fmt: skip
IN_NEED = event("hardship.report", "village_report", "2026-11-20", risks=["illness"])


def take(county: County, *events: dict[str, Any]) -> None:
    with county.busy:
        intake = Intake(county, Grant(), "test")
        taken = intake.take([msgspec.json.encode(one) for one in events])
        assert not taken.rejects, taken.rejects
        deal_reds(county, finish(county, [intake]))


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    """A county whose one household has a card, and whose sources contradict each other."""
    with open_county(tmp_path / "county", now=TODAY) as opened:
        opened.access.accounts.add(
            NewAccount("wang", Role.WORKER, Scope(VILLAGE), "王勇"), at=opened.now(), by="test",
            password=PASSWORD, must_change=False,
        )  # fmt: skip
        take(opened, MEMBER, PAID, WORKING, IN_NEED)
        yield opened


def browser(county: County) -> Browser:
    mounted = services(county)
    opened = Browser(application(mounted, alert_routes(mounted)))
    log_in(opened)
    return opened


def answers_in_log(county: County) -> FactArray:
    facts = county.log.facts()
    return facts.compress(facts["kind"] == 26)


def test_from_the_events_to_the_closed_difference_and_back(county: County) -> None:
    sweep(county, None, Silence())
    (one,) = county.desk.differences.listed()
    assert one.of is not None
    assert (one.of.code, one.stage) == ("working_uninsured", "open")
    (card,) = county.desk.live_cards()

    opened = browser(county)
    question = "赵*军：6 月 1 日起职工社保停缴 5 个月，务工登记仍为在岗。现在还在干活吗？"
    assert question in opened.get(f"/cards/{card.id}").text
    field = {f"answer_difference_{one.id}": "没活了"}
    opened.submit(f"/cards/{card.id}/record", outcome="confirmed", **field)
    relay(county)

    (fact,) = answers_in_log(county)
    state = county.state.members[county.state.person_rows(fact["subject"][None])[0]]
    assert (fact["grade"], fact["result"], fact["source"], fact["card"], fact["household"]) == (
        1, number(Side.SECOND), number(Source.YUJING), card.id, state["household"])  # fmt: skip
    assert question not in opened.get(f"/cards/{card.id}").text
    assert "比对核实（登记在岗，社保停缴）：社保的记录对" in opened.get(f"/cards/{card.id}").text
    assert precision_of_sources(county.engine) == {
        Source.FANGPIN_CLOUD: (0, 1), Source.SOCIAL_INSURANCE: (1, 1)}  # fmt: skip

    county.clock.at = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)   # type: ignore[attr-defined]
    sweep(county, None, Silence())
    assert county.desk.differences.open_of(card.household) == []   # not asked again

    county.clock.at = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)   # type: ignore[attr-defined]
    again = event("employment.start", "employment_platform", "2026-06-05", area="county")
    take(county, again)
    sweep(county, None, Silence())
    assert [d.of.code for d in county.desk.differences.open_of(card.household) if d.of] == [
        "working_uninsured"]   # news on one side: asked again  # fmt: skip


def test_an_undone_visit_withdraws_its_answer_from_the_log(county: County) -> None:
    sweep(county, None, Silence())
    (card,) = county.desk.live_cards()
    (one,) = county.desk.differences.open_of(card.household)
    opened = browser(county)
    field = {f"answer_difference_{one.id}": "还在干"}
    opened.submit(f"/cards/{card.id}/record", outcome="confirmed", **field)
    relay(county)
    assert len(answers_in_log(county)) == 1

    opened.submit(f"/cards/{card.id}/undo")
    relay(county)
    assert len(answers_in_log(county)) == 0
    assert len(county.desk.differences.open_of(card.household)) == 1
    assert precision_of_sources(county.engine) == {}


def test_an_answer_through_the_door_closes_it_and_a_correction_mends_it(county: County) -> None:
    sweep(county, None, Silence())
    told = event("comparison.answer", "village_report", "2026-11-23", comparison=1, right="first")
    take(county, told)
    take(county, told)

    (row,) = county.desk.differences.listed()
    assert (row.stage, row.right) == ("answered", Side.FIRST)

    take(county, WORKING | {"source_version": 2, "worked": "no"})
    sweep(county, None, Silence())
    assert county.desk.differences.listed() == []   # the data agree now


def nothing_differs(*_args: Any) -> Differences:
    return np.empty(0, dtype=DIFFERENCE)


def test_the_digest_knows_nothing_of_differences(
    tmp_path: Path, county_files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    days = (date(2026, 10, 5), date(2026, 10, 12))
    digests, found = [], []
    for place in ("with", "without"):
        folder = tmp_path / place
        folder.mkdir()
        if place == "without":
            (folder / "test.key").write_bytes((tmp_path / "with/test.key").read_bytes())
            (folder / "test.key").chmod(0o600)
            monkeypatch.setattr(part_module, "compare", nothing_differs)
        with open_county(folder / "county") as county:
            ingest(county, county_files)
            for day in days:
                sweep(county, day, Silence())
            digests.append(digest(county))
            found.append(len(county.desk.differences.listed()))

    assert digests[0] == digests[1]
    assert found[0] > 0
    assert found[1] == 0


# ---- the questions to the log, beside the same in NumPy


def some_facts(seed: int, n: int) -> FactArray:
    """Return versions of facts of the kinds that are asked for, and of others."""
    rng = np.random.default_rng(seed)
    facts = empty_facts(n)
    for name, low, high in (
        ("fact", 1, n // 2), ("version", 1, 4), ("retracted", 0, 2), ("source", 1, 7),
        ("subject", 1, 12), ("insurance", 1, 8), ("status", 0, 5), ("payer", 0, 5),
        ("category", 1, 9), ("employer", 0, 3), ("household", 0, 5),
    ):  # fmt: skip
        facts[name] = rng.integers(low, high, n)
    facts["kind"] = rng.choice([5, 6, 9, 13, 14, 15, 3], n, p=[.2, .15, .1, .2, .172, .175, .003])
    facts["category"] = np.where(rng.random(n) < 0.7, rng.choice(ASSISTANCE, n), facts["category"])
    facts["subject_kind"] = (facts["subject"] > 8).astype(np.uint8)
    facts["retracted"] &= rng.integers(0, 2, n).astype(np.uint8)
    facts["other"] = rng.integers(1, 9, n)
    facts["month"] = 2026 * 12 + rng.integers(-14, 12, n)
    facts["occurred_from"] = to_day(date(2026, 6, 1)) + rng.integers(-300, 200, n)
    facts["work_region"] = rng.choice([0, 440100, 330100], n)
    facts["region"] = rng.choice([0, 520526111202, 520526113202], n)
    facts["amount_fen"] = rng.integers(-1, 3, n) * 100
    facts["known_at"] = 1_700_000_000 + rng.integers(0, 1000, n)
    facts["content"] = content_hashes(facts)
    return facts


def same(one: Told, other: Told) -> bool:
    names = ("insured", "listed", "townships", "twice")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


def test_the_log_tells_what_its_facts_tell(tmp_path: Path) -> None:
    day = to_day(date(2026, 11, 24))
    with engine(tmp_path) as client:
        log = EventLog(client)
        facts = some_facts(7, 1_500)
        order = np.random.default_rng(1).permutation(len(facts))
        for part in np.array_split(order, 4):
            log.append(facts.take(part), record_ids(facts.take(part)))
        log.append(facts[:200].copy(), record_ids(facts[:200]))   # copies change nothing
        for known_before in (None, 1_700_000_500):
            told = told_by(log, day, known_before)
            assert same(told, told_by(WholeLog(facts), day, known_before))
            assert min(map(len, (told.insured, told.listed, told.townships, told.twice))) > 0
        assert len(effective(facts)) < len(np.unique(facts["fact"]))
