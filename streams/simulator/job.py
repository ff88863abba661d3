"""Jobs: the table of all spells of work, and how a new job is drawn."""

from dataclasses import dataclass

import numpy as np

from streams.simulator.array import NEVER, Array, Flags, Floats, Ints, choose
from streams.simulator.hazard import CONSTRUCTION, PUBLIC_WELFARE, WORKSHOP, base_rates, is_shifted
from streams.simulator.parameter import Parameters
from streams.simulator.population import Homes, People
from yujing.domain.codes import Area, Channel, Form, Industry, Skill, number
from yujing.domain.days import from_day

JOB = np.dtype([
    ("person", "i4"), ("start", "i4"), ("end", "i4"), ("reason", "u1"),
    ("sector", "u1"), ("area", "u1"), ("form", "u1"), ("channel", "u1"), ("work_region", "i4"),
    ("contract", "?"), ("contract_months", "u1"), ("organised", "?"),
    ("employer", "i4"), ("wage", "i4"),            # yuan a month
    ("insured", "u1"),                             # bit i = line i of 110, 210, 310, 410
    ("rate", "f8"),                                # monthly hazard before `hazard.multiplier`
    ("distress", "i4"), ("distress_wage", "f4"),   # day from which it goes badly, share of the wage
    ("insurance_stop", "i4"), ("arrears", "?"),
])
TOWNSHIP, COUNTY, PROVINCE, OUT = (
    number(area) for area in (Area.TOWNSHIP, Area.COUNTY, Area.PROVINCE, Area.OUT_OF_PROVINCE)
)
IN_PROVINCE_CITIES = np.array([520102, 520103, 520112, 520302, 520402, 522301, 522601, 522701])
AWAY_CITIES = np.array([
    440106, 440307, 440605, 441900, 442000, 441302, 440402, 330106, 330206, 350203, 350582, 320583])
LOCAL_POOL, AWAY_POOL = 60, 600   # employers a sector
N_EMPLOYERS = len(Industry) * (LOCAL_POOL + AWAY_POOL)


class Jobs:
    """A growing table of `JOB` rows."""

    def __init__(self) -> None:
        self._rows = np.zeros(1024, JOB)
        self.n = 0

    @property
    def rows(self) -> Array:
        """The spells so far, in the order in which they were added; a view."""
        return self._rows[:self.n]

    def add(self, rows: Array) -> Ints:
        """Add spells and return their places."""
        while self.n + len(rows) > len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros(len(self._rows), JOB)])
        self._rows[self.n:self.n + len(rows)] = rows
        self.n += len(rows)
        return np.arange(self.n - len(rows), self.n)

    def copy(self) -> "Jobs":
        """Return a table that can go another way."""
        other = Jobs()
        other._rows, other.n = self._rows.copy(), self.n
        return other


@dataclass(frozen=True)
class Market:
    """What a new job depends on.

    Attributes
    ----------
    quality
        Hidden log quality of each employer: multiplies the hazard of all who work there.
    seed
        Seed of what holds for a whole year.
    home
        Household of each person at founding, for the household's frailty.
    county
        6-digit home county of each person.
    """

    p: Parameters
    people: People
    homes: Homes
    home: Ints
    county: Ints
    quality: Floats
    seed: int

    def draw(
        self, rng: np.random.Generator, who: Ints, days: Ints, last_area: Ints, last_sector: Ints
    ) -> Array:
        """Return new jobs of the people `who` that begin on `days`."""
        p, n = self.p, len(who)
        year_day = int(days.min()) if n else 0
        jobs = np.zeros(n, JOB)
        jobs["person"], jobs["start"], jobs["end"] = who, days, NEVER
        jobs["distress"] = jobs["insurance_stop"] = NEVER
        jobs["distress_wage"] = 1.0
        age = (days - self.people.birth[who]) / 365.25
        area = self._areas(rng, who, age, last_area)
        local = area <= COUNTY
        sector = self._sectors(rng, local, last_sector)
        weak = self.people.skills(year_day)[who] == number(Skill.WEAK)
        form = _forms(rng, sector, local, weak | (age > 55), p)
        sector = np.where(form == PUBLIC_WELFARE, number(Industry.PUBLIC_SERVICE), sector)
        sector = np.where(form == WORKSHOP, number(Industry.MANUFACTURING), sector)
        jobs["area"], jobs["sector"], jobs["form"] = area, sector, form
        jobs["organised"] = ~local & (rng.random(n) < p.number("jobs.organised_share"))
        jobs["channel"] = _channels(rng, jobs)
        self._employers(rng, jobs)
        chance = np.where(sector == CONSTRUCTION, p.number("jobs.contract_share_construction"),
                          p.number("jobs.contract_share") * 1.3)
        chance = chance * np.where(jobs["organised"], 1.5, 1.0)
        hired = (form == number(Form.UNIT)) | (form == PUBLIC_WELFARE) | (form == WORKSHOP)
        jobs["contract"] = hired & (rng.random(n) < chance)
        terms = np.array([6, 12, 24, 36])[choose(rng, np.array([0.15, 0.6, 0.1, 0.15]), n)]
        jobs["contract_months"] = np.where(jobs["contract"], terms, 0)
        jobs["insured"] = _insured(rng, jobs, p)
        jobs["wage"] = self._wages(rng, jobs, weak, year_day)
        jobs["rate"] = self._rates(jobs)
        return jobs

    def _areas(self, rng: np.random.Generator, who: Ints, age: Floats, last: Ints) -> Ints:
        p, n = self.p, len(who)
        older = np.clip((age - 20) / 45, 0, 1)   # mean age 39 away, 47 at home
        local = self.people.home_bound[who] < p.number("jobs.local_share") * (0.62 + 0.95 * older)
        area = np.where(
            local, np.where(rng.random(n) < 0.45, TOWNSHIP, COUNTY),
            np.where(rng.random(n) < p.number("jobs.cross_province_share"), OUT, PROVINCE))
        stays = (last > 0) & (rng.random(n) < p.number("jobs.stays_local"))
        return np.where(stays, last, area)

    def _sectors(self, rng: np.random.Generator, local: Flags, last: Ints) -> Ints:
        p, n = self.p, len(local)
        away_sector = 1 + choose(rng, p.list("jobs.sector_share_away"), n)
        local_sector = 1 + choose(rng, p.list("jobs.sector_share_local"), n)
        stays = (last > 0) & (rng.random(n) < p.number("jobs.stays_in_sector"))
        return np.where(stays, last, np.where(local, local_sector, away_sector))

    def _employers(self, rng: np.random.Generator, jobs: Array) -> None:
        """Large employers are few and many work there; each lies in one place."""
        n = len(jobs)
        local = jobs["area"] <= COUNTY
        rank = rng.random(n) ** 2.2
        pool = np.where(local, LOCAL_POOL, AWAY_POOL)
        within = np.where(local, 0, LOCAL_POOL) + (rank * pool).astype(np.int64)
        employer = jobs["sector"].astype(np.int64) * (LOCAL_POOL + AWAY_POOL) + within
        jobs["employer"] = np.where(
            (jobs["form"] == number(Form.FLEXIBLE)) | (jobs["form"] == number(Form.SELF_EMPLOYED)),
            -1, employer)
        away = AWAY_CITIES[(employer * 7919) % len(AWAY_CITIES)]
        near = IN_PROVINCE_CITIES[(employer * 7919) % len(IN_PROVINCE_CITIES)]
        region = np.where(jobs["area"] == OUT, away, near)
        jobs["work_region"] = np.where(local, self.county[jobs["person"]], region)

    def _wages(self, rng: np.random.Generator, jobs: Array, weak: Flags, day: int) -> Ints:
        p, n = self.p, len(jobs)
        years = from_day(day).year - 2021
        local = jobs["area"] <= COUNTY
        level = np.where(
            local, _level(p.list("wages.local_yuan"), years, p.number("wages.growth")),
            _level(p.list("wages.away_yuan"), years, p.number("wages.growth")))
        wage = level * p.number("wages.watched_factor")
        wage *= p.list("wages.sector_factor")[jobs["sector"].astype(np.int64) - 1]
        wage *= np.exp(self.people.wage_trait[jobs["person"]]
                       + rng.normal(0, p.number("wages.job_sd"), n))
        wage *= np.where(self.people.skilled[jobs["person"]], p.number("wages.skilled"), 1.0)
        wage *= np.where(weak, p.number("wages.weak"), 1.0)
        if n and is_shifted(day, p):
            wage *= p.number("shift.wage")
        post = rng.uniform(p.number("wages.public_post_low_yuan"),
                           p.number("wages.public_post_high_yuan"), n)
        wage = np.where(jobs["form"] == PUBLIC_WELFARE, post, wage)
        return (np.clip(wage, 400, 20_000) / 10).astype(np.int64) * 10

    def _rates(self, jobs: Array) -> Floats:
        p = self.p
        rate = base_rates(jobs["sector"], jobs["form"], p)
        rate *= np.where(jobs["contract_months"] >= 12, p.number("jobs.contract_of_a_year"),
                         np.where(jobs["contract"], 1.0, p.number("jobs.no_contract")))
        rate *= np.where(jobs["organised"], p.number("jobs.organised"), 1.0)
        rate *= self.people.frailty[jobs["person"]]
        rate *= self.homes.frailty[self.home[jobs["person"]]]
        rate *= np.where(jobs["employer"] >= 0, np.exp(self.quality[jobs["employer"]]), 1.0)
        return rate


def _level(known: Floats, years: int, growth: float) -> float:
    """Return the wage level `years` after 2021, grown on both sides of what is known."""
    inside = min(max(years, 0), len(known) - 1)
    return float(known[inside] * (1 + growth) ** (years - inside))


def _forms(
    rng: np.random.Generator, sector: Ints, local: Flags, weak: Flags, p: Parameters
) -> Ints:
    n = len(sector)
    shares = np.array([0.62, 0.08, 0.26, 0.04])
    forms = np.array([number(form) for form in (
        Form.UNIT, Form.SELF_EMPLOYED, Form.FLEXIBLE, Form.OTHER)])[choose(rng, shares, n)]
    loose = (sector == CONSTRUCTION) | (sector == number(Industry.FARMING))
    forms = np.where(loose & (rng.random(n) < 0.5), number(Form.FLEXIBLE), forms)
    near = local & (rng.random(n) < p.number("jobs.workshop_share_local"))
    forms = np.where(near, WORKSHOP, forms)
    post = local & (sector == number(Industry.PUBLIC_SERVICE)) & (weak | (rng.random(n) < 0.6))
    post |= local & weak & (rng.random(n) < 0.12)
    return np.where(post, PUBLIC_WELFARE, forms)


def _channels(rng: np.random.Generator, jobs: Array) -> Ints:
    shares = np.array([0.45, 0.42, 0.0, 0.13])
    channel = 1 + choose(rng, shares, len(jobs))
    channel = np.where(jobs["organised"], number(Channel.ORGANISED), channel)
    channel = np.where(jobs["form"] == WORKSHOP, number(Channel.WORKSHOP), channel)
    return np.where(jobs["form"] == PUBLIC_WELFARE, number(Channel.PUBLIC_WELFARE), channel)


def _insured(rng: np.random.Generator, jobs: Array, p: Parameters) -> Ints:
    """Return the mask of insurance lines; who has one line mostly has the others."""
    table = np.tile(p.list("insurance.by_sector.other"), (len(Industry), 1))
    for names, path in (
        ((Industry.ELECTRONICS, Industry.MANUFACTURING, Industry.UTILITIES), "manufacturing"),
        ((Industry.CONSTRUCTION, Industry.MINING), "construction"),
        ((Industry.TRANSPORT,), "transport"), ((Industry.RETAIL,), "retail"),
        ((Industry.CATERING,), "catering"),
    ):
        for name in names:
            table[number(name)] = p.list(f"insurance.by_sector.{path}")
    chance = table[jobs["sector"]] * np.where(jobs["contract"], 1.9, 0.75)[:, None] * 1.25
    unit = jobs["form"] == number(Form.UNIT)
    draw = 0.8 * rng.random(len(jobs))[:, None] + 0.2 * rng.random((len(jobs), 4))
    mask: Ints = ((draw < chance) & unit[:, None]) @ np.array([1, 2, 4, 8])
    return mask
