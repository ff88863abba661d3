"""The register: households, members, exits and categories."""

import numpy as np

from streams.simulator.array import NEVER, Flags, Ints
from streams.simulator.column import Column, Dates, Dictionary, Texts, Whole, Words, WordSet
from streams.simulator.identity import SURNAMES, names, phones
from streams.simulator.table import (
    DAY_SECONDS,
    RETRACT,
    Table,
    at_hour,
    corrected,
    lateness,
    mistaken,
    table,
)
from streams.simulator.world import REPORT, World
from yujing.domain.codes import (
    Answer,
    Category,
    Ethnicity,
    ExitReason,
    Health,
    HouseholdType,
    Relation,
    ReporterRole,
    Schooling,
    Sex,
    Skill,
    Source,
    Student,
    number,
)
from yujing.domain.days import from_day, to_day

_STEP = 1000   # record numbers of one spell or household


def late(
    rng: np.random.Generator, world: World, days: Ints, path: str, *,
    first: int = 8, last: int = 19,
) -> Ints:
    """Return when events of the given days are reported; the past comes with the start."""
    median, p95 = world.p.list(f"reporting.{path}")
    reported = days + lateness(rng, len(days), median, p95)
    before = days < world.first_day
    moments = at_hour(rng, np.where(before, world.first_day, reported), first=first, last=last)
    return np.where(before, np.maximum(moments, world.first_day * 86_400 + 30_000), moments)


def register(world: World, rng: np.random.Generator) -> list[Table]:
    """Return the events of households and their members."""
    return [*_households(world, rng), *_members(world, rng), *_exits(world, rng),
            *_categories(world, rng)]


def opening(world: World, rng: np.random.Generator, days: Ints, path: str) -> Ints:
    """Return when register events are reported: at once with the first import, late after it."""
    moments = late(rng, world, days, path)
    return np.where(days <= world.first_day, world.first_day * 86_400 + 28_800, moments)


def _households(world: World, rng: np.random.Generator) -> list[Table]:
    homes = world.homes
    kept = np.flatnonzero(homes.ends > world.first_day)
    moved, when, _ = world.moves
    later = when > world.first_day
    household = np.concatenate([kept, moved[later]])
    day = np.concatenate([np.maximum(homes.begins[kept], world.first_day - 400), when[later]])
    size = np.bincount(world.members.household[world.members.last == NEVER], minlength=len(homes))
    kind = np.full(len(homes), number(HouseholdType.GENERAL))
    kind[homes.ex_poor] = number(HouseholdType.EX_POOR)
    kind[homes.minimum_living] = number(HouseholdType.MINIMUM_LIVING)
    kind[homes.monitored] = number(HouseholdType.MONITORED)
    kind[homes.destitute] = number(HouseholdType.DESTITUTE)
    number_of = household * _STEP + np.r_[np.zeros(len(kept)), np.ones(int(later.sum()))]
    relocated = np.where(homes.relocated, number(Answer.YES), number(Answer.NO))
    return [table(
        "household.upsert", "H", source=Source.NATIONAL_MONITORING, household=household,
        region=world.village_codes(household, np.maximum(day, world.first_day)), first=day,
        reported=opening(world, rng, day, "member_days"), record=number_of.astype(np.int64),
        household_type=Words(HouseholdType, kind[household]),
        relocation=Words(Answer, relocated[household]),
        n_members=Whole(np.clip(size[household], 1, 30)),
    )]


def member_payload(
    world: World, person: Ints, relation: Ints, day: Ints, texts: tuple[Texts, Texts]
) -> dict[str, Column]:
    """Return what the register says of people on a day (an array) of their own."""
    who = world.people.take(person)
    student = who.students(day)
    disabled = who.disabled_from <= day
    names, phones = texts
    return {
        "name": names.take(person), "phone": phones.take(person),
        "sex": Words(Sex, who.sex), "birth": Dates(who.birth),
        "relation": Words(Relation, relation), "ethnicity": Words(Ethnicity, who.ethnicity),
        "schooling": Words(Schooling, np.where(student == number(Student.NO), who.schooling, 0)),
        "student": Words(Student, student), "health": WordSet(Health, who.health(day)),
        "skill": Words(Skill, who.skills(day)),
        "disability": Whole(np.where(disabled, who.disability, 0)),
    }


def _members(world: World, rng: np.random.Generator) -> list[Table]:
    """One event a spell, more when what the register says of a member has changed."""
    members = world.members
    spell = np.flatnonzero(members.last > world.first_day)
    rows = [(spell, np.where(members.first[spell] <= world.first_day, world.first_day - 200,
                             members.first[spell]))]
    for household, when in zip(*(column.tolist() for column in world.moves[:2]), strict=True):
        if when > world.first_day:
            there = np.flatnonzero(
                (members.household == household) & (members.first < when) & (when < members.last))
            rows.append((there, np.full(len(there), when)))
    before = _described(world, world.first_day)
    for day in _checks(world):
        now = _described(world, day)
        changed = (now != before).any(axis=0)
        before = now
        held = (members.first <= day) & (day < members.last) & changed[members.person]
        there = np.flatnonzero(held)
        rows.append((there, np.full(len(there), day)))
    spell = np.concatenate([r[0] for r in rows])
    since: Ints = np.concatenate([r[1] for r in rows])
    person, household = members.person[spell], members.household[spell]
    known = np.maximum(since, world.first_day)
    texts = personal_texts(world)
    record = spell * _STEP + np.clip(since - world.first_day + 201, 0, None) // 7
    right = table(
        "member.upsert", "M", source=Source.NATIONAL_MONITORING, person=person,
        household=household, region=world.village_codes(household, known), first=since,
        reported=opening(world, rng, since, "member_days"), record=record,
        payload=member_payload(world, person, members.relation[spell], known, texts),
    )
    wrong = right.but(skill=Words(Skill, np.full(len(since), number(Skill.ORDINARY))),
                      schooling=Words(Schooling, rng.integers(1, 5, len(since))))
    claimed = _claimed(world, rng, right)
    return [*corrected(rng, right, wrong, world.p.number("reporting.member_corrected")), *claimed]


def _described(world: World, day: int) -> Ints:
    people = world.people
    return np.stack([people.students(day), people.skills(day), people.health(day)])


def _checks(world: World) -> list[int]:
    """Return the days on which the register is looked through: after each January and summer."""
    years = range(from_day(world.first_day).year, world.order.end.year + 1)
    days = [to_day(world.order.end.replace(year=year, month=month, day=10))
            for year in years for month in (1, 9)]
    return [day for day in days if world.first_day < day <= world.last_day]


def personal_texts(world: World) -> tuple[Texts, Texts]:
    """Return names and phones of all people; children and the old mostly have no phone."""
    n = len(world.people)
    surname = (world.people.founding * 31 + (world.people.relation == 2) * 17) % len(SURNAMES)
    places = np.arange(n)
    age = world.people.ages(world.last_day)
    with_phone = np.where((age > 14) & (age < 78), places, -1)
    seeded = world.order.rng(REPORT, 1)   # the same names wherever they are asked for
    called = Dictionary(names(seeded, surname)), Dictionary(phones(seeded, n))
    return Texts(called[0], places), Texts(called[1], with_phone)


def _claimed(world: World, rng: np.random.Generator, members: Table) -> list[Table]:
    """Return claims of neighbours on people of another household, mostly withdrawn."""
    n = int(len(members) * world.p.number("reporting.claimed_twice"))
    rows = rng.choice(len(members), n, replace=False)
    claims = members.take(rows)
    later = rng.integers(20, 400, n)
    claims = claims.but(
        household=(claims.household + 1) % len(world.homes), first=claims.first + later,
        last=claims.last + later, reported=claims.reported + later * DAY_SECONDS,
        source=np.full(n, number(Source.VILLAGE_REPORT)))
    gone = np.flatnonzero(rng.random(n) < 0.85)
    withdrawn = claims.take(gone)
    wait = rng.integers(20, 120, len(gone)) * DAY_SECONDS
    return [claims, withdrawn.but(
        reported=withdrawn.reported + wait, version=withdrawn.version + 1,
        op=np.full(len(gone), RETRACT, np.uint8))]


def _exits(world: World, rng: np.random.Generator) -> list[Table]:
    members = world.members
    left = np.flatnonzero((members.exit > 0) & (members.last > world.first_day))
    day = members.last[left]
    dead = members.exit[left] == number(ExitReason.DEATH)
    source = np.where(dead, number(Source.PUBLIC_SECURITY), number(Source.FANGPIN_CLOUD))
    exits = table(
        "member.exit", "X", source=source, person=members.person[left], first=day,
        reported=late(rng, world, day, "exit_days"), record=left,
        reason=Words(ExitReason, members.exit[left]))
    people = members.person[members.last == NEVER]
    return [exits, *mistaken(rng, exits, world.p.number("reporting.mistaken"), people)]


def _categories(world: World, rng: np.random.Generator) -> list[Table]:
    """Categories that stood at the start, and the end of some."""
    homes, people = world.homes, world.people
    tables = []
    for prefix, category, flags, years in (
        ("CE", Category.EX_POOR, homes.ex_poor, (2014, 2020)),
        ("CR", Category.RELOCATED, homes.relocated, (2016, 2020)),
        ("CL", Category.MINIMUM_LIVING, homes.minimum_living, (2017, 2022)),
        ("CD", Category.DESTITUTE, homes.destitute, (2014, 2021)),
        ("CM", Category.UNSTABLE, homes.monitored & homes.ex_poor, (2020, 2022)),
        ("CN", Category.MARGINAL, homes.monitored & ~homes.ex_poor, (2020, 2022)),
    ):
        who = np.flatnonzero(flags & (homes.ends > world.first_day))
        tables += _opened(world, rng, prefix, category, who, years)
    severe = (people.disabled_from <= world.first_day) & (people.disability <= 2)
    who = np.flatnonzero(severe & (world.living[:, world.column(world.first_month)] >= 0))
    day = people.disabled_from[who]
    tables.append(table(
        "category.open", "CS", source=Source.DISABLED_FEDERATION, person=who, first=day,
        reported=opening(world, rng, day, "category_days"), record=who,
        category=_same(Category.SEVERELY_DISABLED, len(who))))
    return tables


def _opened(
    world: World, rng: np.random.Generator, prefix: str, category: Category, who: Ints,
    years: tuple[int, int],
) -> list[Table]:
    civil = category in (Category.MINIMUM_LIVING, Category.DESTITUTE)
    source = Source.CIVIL_AFFAIRS if civil else Source.FANGPIN_CLOUD
    lowest, highest = (to_day(from_day(0).replace(year=year)) for year in years)
    day = np.minimum(rng.integers(lowest, highest, len(who)), world.first_day - 1)
    begins = world.homes.begins[who]
    day = np.where(begins > world.first_day, begins, day)   # a new household keeps its categories
    opens = table(
        "category.open", prefix, source=source, household=who, first=day,
        reported=opening(world, rng, day, "category_days"), record=who,
        category=_same(category, len(who)))
    if category in (Category.EX_POOR, Category.RELOCATED):
        return [opens]
    span = world.last_day - world.first_day
    yearly = 0.35 if category in (Category.UNSTABLE, Category.MARGINAL) else 0.05
    wait = (rng.exponential(1 / yearly, len(who)) * 365).astype(np.int64) + 20
    ends = np.flatnonzero((wait < span) & (day + wait < world.last_day))
    end = np.maximum(day[ends], world.first_day) + wait[ends]
    return [opens, table(
        "category.close", prefix + "C", source=source, household=who[ends], first=end,
        reported=late(rng, world, end, "category_days"), record=who[ends],
        category=_same(category, len(ends)), role=ReporterRole.COUNTY)]


def _same(category: Category, n: int) -> Words:
    return Words(Category, np.full(n, number(category)))


def registered(world: World) -> Flags:
    """Return which people are in the register at some time."""
    flags = np.zeros(len(world.people), bool)
    flags[world.members.person[world.members.last > world.first_day]] = True
    return flags
