"""The founding households and their members: who lives together, how old, how schooled, how well.

`People` and `Homes` hold one row a person or household for the whole world, with room for those
who are born, marry in or split off later (`streams.simulator.demography` fills these rows).
"""

from dataclasses import dataclass, fields

import numpy as np

from streams.simulator.array import NEVER, Array, Flags, Floats, Ints, by_age, choose
from streams.simulator.parameter import Parameters
from streams.simulator.place import villages
from yujing.domain.codes import Relation, Skill, Student, number

YEAR = 365.25
_N_CHILDREN, _N_PARENTS, _N_GRANDCHILDREN = 4, 2, 2
HEAD, SPOUSE, SON, DAUGHTER, GRANDCHILD, PARENT, OTHER = (
    number(relation) for relation in (
        Relation.HEAD, Relation.SPOUSE, Relation.SON, Relation.DAUGHTER, Relation.GRANDCHILD,
        Relation.PARENT, Relation.OTHER,
    )
)


@dataclass
class People:
    """One row a person.

    Attributes
    ----------
    founding
        Household at the start of the world, -1 for those who come later.
    school_end
        Day on which school ends for good; `track` 1 senior, 2 vocational, 3 on to higher.
    chronic_from, serious_from, disabled_from
        Days from which a condition holds, `NEVER` when not (yet).
    willing
        False for those who care for others and look for no work.
    frailty, wage_trait, home_bound
        What no source reports: proneness to lose work, wage level (log), pull of home.
    """

    founding: Ints
    birth: Ints
    sex: Ints
    relation: Ints
    ethnicity: Ints
    schooling: Ints
    school_end: Ints
    track: Ints
    chronic_from: Ints
    serious_from: Ints
    disabled_from: Ints
    disability: Ints
    skilled: Flags
    willing: Flags
    frailty: Floats
    wage_trait: Floats
    home_bound: Floats

    def __len__(self) -> int:
        return len(self.birth)

    def take(self, rows: Ints) -> "People":
        """Return the people of the given rows, so that each can be asked about a day of its own."""
        return People(**{field.name: getattr(self, field.name)[rows] for field in fields(People)})

    def ages(self, day: int | Ints) -> Floats:
        """Return the ages in years on a day."""
        ages: Floats = (day - self.birth) / YEAR
        return ages

    def students(self, day: int | Ints) -> Ints:
        """Return codes.Student on a day."""
        ages = self.ages(day)
        at_school = (day < self.school_end) & (ages >= 6)
        after = (Student.NO, Student.SENIOR, Student.VOCATIONAL, Student.SENIOR)
        stages = np.array([number(code) for code in after])[self.track]
        stage = np.where(ages < 15.7, number(Student.COMPULSORY), stages)
        stage = np.where((self.track == 3) & (ages >= 18.7), number(Student.HIGHER), stage)
        return np.where(at_school, stage, number(Student.NO))

    def skills(self, day: int | Ints) -> Ints:
        """Return codes.Skill on a day."""
        ages = self.ages(day)
        ill = (self.serious_from <= day) | ((self.disabled_from <= day) & (self.disability <= 2))
        weak = ill | (self.disabled_from <= day) | ((self.chronic_from <= day) & (ages >= 50))
        skill = np.where(self.skilled, number(Skill.SKILLED), number(Skill.ORDINARY))
        skill = np.where(weak, number(Skill.WEAK), skill)
        skill = np.where(ill, number(Skill.LOST), skill)
        young_or_old = (ages < 16) | (ages >= 75) | (self.students(day) != number(Student.NO))
        return np.where(young_or_old, number(Skill.NONE), np.where(
            (ages >= 60) & (skill != number(Skill.LOST)), number(Skill.WEAK), skill))

    def health(self, day: int | Ints) -> Ints:
        """Return the mask of codes.Health on a day."""
        mask = (
            (self.chronic_from <= day) * 4 + (self.serious_from <= day) * 8
            + (self.disabled_from <= day) * 16
        )
        return np.where(mask == 0, 2, mask)


@dataclass
class Homes:
    """One row a household.

    Attributes
    ----------
    begins, ends
        First day, and day on which it was merged into another one (`NEVER`).
    village
        Index of the village at the start.
    minimum_living, destitute, monitored, relocated, ex_poor
        Categories at the start of the world.
    frailty, business, support_margin
        What no source reports: proneness to lose work; farm income a head and year; how far above
        the line the household stood when it left poverty.
    """

    begins: Ints
    ends: Ints
    village: Ints
    relocated: Flags
    ex_poor: Flags
    minimum_living: Flags
    destitute: Flags
    monitored: Flags
    frailty: Floats
    business: Floats
    support_margin: Floats

    def __len__(self) -> int:
        return len(self.begins)


def found(
    rng: np.random.Generator, n: int, day: int, p: Parameters
) -> tuple[People, Homes, Ints]:
    """Return the people and households of `n` founding households, and the village codes."""
    codes, village = villages(rng, n, p)
    homes = _homes(rng, village, day, p)
    people = _people(rng, homes, day, p)
    return people, homes, codes


def _homes(rng: np.random.Generator, village: Ints, day: int, p: Parameters) -> Homes:
    n = len(village)

    def share(name: str) -> Flags:
        return rng.random(n) < p.number(f"households.{name}_share")

    relocated, ex_poor = share("relocated"), share("ex_poor")
    minimum_living, destitute, monitored = share("minimum_living"), share("destitute"), share(
        "monitored")
    minimum_living |= ~(ex_poor | relocated | monitored | destitute)
    variance = p.number("households.frailty_variance")
    low, high = p.number("income.support_margin_low"), p.number("income.support_margin_high")
    return Homes(
        begins=np.full(n, day), ends=np.full(n, NEVER), village=village, relocated=relocated,
        ex_poor=ex_poor, minimum_living=minimum_living, destitute=destitute, monitored=monitored,
        frailty=rng.gamma(1 / variance, variance, n),
        business=p.number("income.business_head_yearly")
        * np.exp(rng.normal(0, p.number("income.business_sd"), n)),
        support_margin=rng.uniform(low, high, n),
    )


def _people(rng: np.random.Generator, homes: Homes, day: int, p: Parameters) -> People:
    """Draw the members slot by slot (head, spouse, children, ...) for all households at once."""
    n = len(homes)
    head_age = np.clip(rng.normal(p.number("households.head_age_mean"),
                                  p.number("households.head_age_sd"), n), 23, 83)
    head_sex = np.where(rng.random(n) < 0.86, 1, 2)
    slots = [(np.ones(n, bool), head_age, head_sex, np.full(n, HEAD))]
    spouse = rng.random(n) < np.where(head_age < 65, p.number("households.spouse_share"), 0.55)
    slots.append((spouse & ~homes.destitute, head_age + rng.normal(-2, 3, n), 3 - head_sex,
                  np.full(n, SPOUSE)))
    mean = by_age(head_age, (30, 40, 55, 65), p.list("households.children_mean"))
    mean += homes.relocated * p.number("households.children_relocated_extra")
    n_children = rng.poisson(mean)
    for place in range(_N_CHILDREN):
        sex = rng.integers(1, 3, n)
        age = head_age - rng.uniform(20.5, 33, n)
        kept = (place < n_children) & (age >= 0) & ~homes.destitute
        kept &= ~((sex == 2) & (age > 27) & (rng.random(n) < 0.7))   # married daughters have left
        slots.append((kept, age, sex, np.where(sex == 1, SON, DAUGHTER)))
    for place in range(_N_PARENTS):
        age = head_age + rng.uniform(21, 32, n)
        kept = (rng.random(n) < p.number("households.parent_share")) & (age < 92) & (head_age < 58)
        slots.append((kept & ~homes.destitute, age, np.full(n, 1 + place), np.full(n, PARENT)))
    n_grandchildren = rng.poisson(p.number("households.grandchildren_mean"), n)
    for place in range(_N_GRANDCHILDREN):
        kept = (place < n_grandchildren) & (head_age >= 48) & ~homes.destitute
        slots.append((kept, rng.uniform(0, np.clip(head_age - 42, 1, 16)), rng.integers(1, 3, n),
                      np.full(n, GRANDCHILD)))
    kept = np.concatenate([slot[0] for slot in slots])
    household = np.tile(np.arange(n), len(slots))[kept]
    age = np.concatenate([slot[1] for slot in slots])[kept]
    sex = np.concatenate([slot[2] for slot in slots])[kept]
    relation = np.concatenate([slot[3] for slot in slots])[kept]
    order = np.argsort(household, kind="stable")
    birth = day - (np.maximum(age, 0.01) * YEAR).astype(np.int64) - 1
    ethnicity = choose(rng, p.list("households.ethnicity"), n) + 1
    return persons(rng, household[order], birth[order], sex[order], relation[order],
                   ethnicity[household[order]], day, p)


def persons(
    rng: np.random.Generator, household: Ints, birth: Ints, sex: Array, relation: Array,
    ethnicity: Ints, day: int, p: Parameters,
) -> People:
    """Return people of whom only birth, sex and place in the household are known, drawn whole."""
    n = len(birth)
    age = (day - birth) / YEAR
    stays = rng.random(n)
    stays_16, stays_18 = p.number("persons.stays_at_16"), p.number("persons.stays_at_18")
    vocational = rng.random(n) < p.number("persons.vocational_share")
    track = np.where(stays > stays_16, 0, np.where(stays < stays_18, 3, 1 + vocational))
    school_years = np.array([15.7, 18.7, 18.7, 22.6])[track]
    schooling = np.array([3, 4, 4, 5])[track]
    grown = choose(rng, p.list("persons.schooling_adult"), n) + 1
    young = age < 24
    unwilling = rng.random(n) < p.number("persons.carer_share") * np.where(sex == 2, 1.6, 0.4)
    variance = p.number("persons.frailty_variance")

    def condition(name: str) -> Ints:
        has = rng.random(n) < by_age(age, (40, 60), p.list(f"persons.{name}"))
        return np.where(has, day - rng.integers(30, 3000, n), NEVER)

    return People(
        founding=household, birth=birth, sex=sex, relation=relation, ethnicity=ethnicity,
        schooling=np.where(young, schooling, grown),
        school_end=birth + (school_years * YEAR).astype(np.int64), track=np.where(young, track, 0),
        chronic_from=condition("chronic"), serious_from=condition("serious"),
        disabled_from=condition("disabled"), disability=1 + choose(
            rng, np.array([0.15, 0.25, 0.3, 0.3]), n),
        skilled=(rng.random(n) < p.number("persons.skilled_share")) & (age > 17),
        willing=~unwilling, frailty=rng.gamma(1 / variance, variance, n),
        wage_trait=rng.normal(0, p.number("wages.person_sd"), n),
        home_bound=rng.random(n),
    )
