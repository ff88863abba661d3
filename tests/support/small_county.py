"""A county of a few households on real stores: desk, accounts, vault in SQLite; cards by the desk.

The state is written down by hand and the log is an array, so that no engine has to start.
"""

import atexit
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import numpy as np
from argon2 import PasswordHasher
from sqlalchemy import Engine
from starlette.applications import Starlette

from alerts.desk.desk import Desk
from alerts.desk.opening import open_card
from alerts.drafts import CardDraft, EvidenceDraft, FactorDraft
from alerts.pages import routes as worker_routes
from dashboards.county import routes as county_routes
from streams.fact import FACT, FactArray, empty_facts
from streams.vault.identities import Identities
from streams.vault.keys import Keys
from streams.vault.vault import Vault
from tests.support.pages import PASSWORD, MovableClock
from tests.support.small_state import SmallState, household, member, month_bit, packed
from yujing.access.access import Access
from yujing.access.accounts import NewAccount
from yujing.access.roles import Role
from yujing.access.scope import Scope
from yujing.domain.calendar import Calendar
from yujing.domain.codes import HouseholdType, Outcome, Relation, Source, number
from yujing.domain.days import to_day
from yujing.domain.policy import Policy
from yujing.domain.region import Regions
from yujing.storage.sql import open_sqlite, writing
from yujing.web.application import application
from yujing.web.services import Services

UPPER, LOWER, FAR = 520526111202, 520526111203, 520526113202  # 大院村, 奢基姑村; 小河边村
ZHAO, LI, SUN, ZHOU = 101, 102, 103, 201  # persons, heads of households 10, 20, 30, 40
NAMES = {ZHAO: "赵建军", LI: "李芳", SUN: "孙玉兰", ZHOU: "周大山"}
TODAY = date(2026, 11, 24)  # a Tuesday
JOB_ENDED = "10 月 8 日工作结束（就业大数据平台），47 天未见新的务工记录"


@dataclass
class ArrayLog:
    """A log of effective facts."""

    facts: FactArray = field(default_factory=lambda: empty_facts(0))

    def facts_of(self, subjects: np.ndarray) -> FactArray:
        return self.facts[np.isin(self.facts["subject"], subjects)]

    def newest_of(self, subjects: np.ndarray, *, columns: Sequence[str] = ()) -> FactArray:
        assert set(columns) <= set(FACT.names or ())
        return self.facts_of(subjects)

    def count(self) -> int:
        return len(self.facts)


def draft(home: int, person: int, region: int, **more: object) -> CardDraft:
    """Return a card about a job that ended."""
    values: dict[str, object] = {
        "household": home, "person": person, "region": region, "kind": "fact", "level": 2,
        "rule": 2, "reason": "job_ended", "score_reason": "", "kinds": 4, "source": 3,
        "employer": 0, "file": 0, "sentence": JOB_ENDED,
        "benefit_fen": 250_000, "p12": 0.1, "u90": 0.5, "due_on": "2026-11-26",
        "measure_due_on": "2026-12-08",
        "evidence": (EvidenceDraft(2, person, 2, to_day(date(2026, 10, 8)), JOB_ENDED),),
    }  # fmt: skip
    return CardDraft(**(values | more))  # type: ignore[arg-type] # a test's own words


class SmallCounty:
    """The stores, the clock and the application.

    Parameters
    ----------
    folder
        Where SQLite's files are.
    engine
        One database for desk and vault instead.
    """

    def __init__(self, folder: Path, engine: Engine | None = None) -> None:
        self.clock = MovableClock()
        self.cards: dict[str, int] = {}
        self.policy, self.calendar = policy(), Calendar.load(None)
        self.engine = engine or open_sqlite(folder / "desk.sqlite")
        self.vault_engine = engine or open_sqlite(folder / "vault.sqlite")
        Access.prepare(self.engine)
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self.access = Access(self.engine, hasher=hasher)
        self.desk = Desk(self.engine, self.policy, self.calendar)
        self.vault = Vault(self.vault_engine, Keys(b"k" * 32))
        self.state = small_state()
        self.log = ArrayLog(job_facts())
        if self.access.accounts.get("wang") is None:
            self._fill()
        self.services: Services[Desk] = Services(
            access=self.access, clock=self.clock, regions=regions(), policy=self.policy,
            calendar=self.calendar, desk=self.desk, desk_engine=self.engine, vault=self.vault,
            state=lambda: self.state, log=self.log, county="520526",
        )  # fmt: skip

    @property
    def app(self) -> Starlette:
        """The application with all pages."""
        return application(
            self.services, [*worker_routes(self.services), *county_routes(self.services)]
        )

    def open(self, wanted: CardDraft, day: date = TODAY) -> int:
        """Open a card and return its number."""
        at = datetime(day.year, day.month, day.day, 7, 0, tzinfo=UTC)
        with writing(self.engine) as connection:
            card = open_card(connection, wanted, day=day, at=at, by="yujing")
        assert card is not None
        return card

    def close(self) -> None:
        """Let go of the files."""
        self.engine.dispose()
        self.vault_engine.dispose()

    def _fill(self) -> None:
        for username, role, scope, name in (
            ("wang", Role.WORKER, str(UPPER), "王勇"),
            ("deng", Role.WORKER, str(LOWER), "邓梅"),
            ("tang", Role.SUPERVISOR, "520526111", "唐涛"),
            ("chen", Role.LEADER, "520526", "陈县长"),
            ("data", Role.DATA_TEAM, "520526", "数据组"),
        ):
            self.access.accounts.add(
                NewAccount(username, role, Scope(scope), name), at=self.clock.now(), by="test",
                password=PASSWORD, must_change=False,
            )  # fmt: skip
        self.vault.remember(
            Identities(
                persons=[
                    (key, f"52052619850501{key:04d}", name, f"138000{key:05d}")
                    for key, name in NAMES.items()
                ],
                households=[(home, f"5205260000{home}") for home in (10, 20, 30, 40)],
            )
        )


@cache
def regions() -> Regions:
    """Return the places of the province, read once."""
    return Regions.load()


@cache
def policy() -> Policy:
    """Return the shipped values, read once."""
    return Policy.load(None)


def small_state() -> SmallState:
    """Return the state: two households up the hill, one down, one far away."""
    visit = packed(date(2026, 11, 3), number(Outcome.CONFIRMED))
    told = month_bit(2026, 10)
    return SmallState(
        [
            member(ZHAO, 10, UPPER, ended=told),
            member(111, 10, UPPER, relation=Relation.SON, birth=date(2015, 3, 1)),
            member(LI, 20, UPPER, worked=told),
            member(SUN, 30, LOWER, visit=visit),
            member(ZHOU, 40, FAR, worked=told),
        ],
        [
            household(10, UPPER, household_type=number(HouseholdType.EX_POOR)),
            household(20, UPPER, household_type=number(HouseholdType.MONITORED)),
            household(30, LOWER),
            household(40, FAR),
        ],
    )


def job_facts() -> FactArray:
    """Return what the log knows of Zhao: a job that ended."""
    facts = empty_facts(2)
    facts["fact"], facts["version"] = (1, 2), 1
    facts["kind"] = (7, 8)
    facts["subject"] = ZHAO
    facts["source"] = number(Source.EMPLOYMENT_PLATFORM)
    facts["occurred_from"] = to_day(date(2026, 3, 1)), to_day(date(2026, 10, 8))
    facts["occurred_to"] = facts["occurred_from"]
    facts["reason"] = (0, 1)
    facts["known_at"] = 1_790_000_000
    return facts


def factor(name: str, points: float) -> FactorDraft:
    """Return a contribution."""
    return FactorDraft(name, name, points, "3 个月")


@cache
def filled() -> Path:
    """Return a folder with the stores as every test finds them."""
    folder = Path(tempfile.mkdtemp(prefix="small-county-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    SmallCounty(folder).close()
    return folder


@contextmanager
def small_county(folder: Path) -> Iterator[SmallCounty]:
    """Open a small county for a test, from copies of files that were made once."""
    for name in ("desk.sqlite", "vault.sqlite"):
        shutil.copyfile(filled() / name, folder / name)
    county = SmallCounty(folder)
    try:
        yield county
    finally:
        county.close()
