"""People under other numbers, the links that join them, and people outside the register.

Rows of `Names.id_numbers` beyond the world's people are second numbers first, then strangers, then
the numbers of disability cards, which are ID numbers with two digits more (GB 11643 and the card's
kind and grade).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from streams.simulator.array import NEVER, Array, Ints
from streams.simulator.column import People
from streams.simulator.identity import id_numbers
from streams.simulator.reporting.register import member_payload, personal_texts
from streams.simulator.table import DAY_SECONDS, RETRACT, Table, at_hour, table
from streams.simulator.world import World
from yujing.domain.codes import Relation, ReporterRole, Source, number

_STRANGERS_SHARE = 0.01     # as many as one in a hundred of the registered
_MOVED = ("insurance.payment", "medical.settlement", "insurance.resident_annual")
_STRANGE = ("insurance.payment", "medical.settlement", "employment.monthly_status",
            "insurance.resident_annual")
_REGISTERED_LATER = 0.3     # of the strangers
_FEDERATION = number(Source.DISABLED_FEDERATION)


@dataclass(frozen=True)
class Doubles:
    """Second numbers and strangers.

    Attributes
    ----------
    people
        Person of each second number.
    since
        Day on which the second number is registered.
    strangers
        For each stranger the person whose age and sex are copied.
    carded
        People with a disability card.
    """

    people: Ints
    since: Ints
    strangers: Ints
    carded: Ints
    n_people: int

    def rows(self) -> Ints:
        """Return the rows of the second numbers."""
        return self.n_people + np.arange(len(self.people))

    def stranger_rows(self) -> Ints:
        """Return the rows of the strangers."""
        return self.n_people + len(self.people) + np.arange(len(self.strangers))

    def card_rows(self) -> Ints:
        """Return the rows of the numbers on disability cards."""
        before = self.n_people + len(self.people) + len(self.strangers)
        return before + np.arange(len(self.carded))


def draw_doubles(world: World, rng: np.random.Generator) -> Doubles:
    """Choose who has a second number, and how many strangers there are."""
    there = np.flatnonzero(world.living[:, world.column(world.first_month)] >= 0)
    n = int(len(there) * world.p.number("reporting.linked_people"))
    people = np.sort(rng.choice(there, n, replace=False))
    since = world.first_day + rng.integers(0, max(world.last_day - world.first_day - 90, 1), n)
    age = world.people.ages(world.first_day)[there]
    grown = there[(age > 20) & (age < 52)]
    strangers = rng.choice(grown, int(len(there) * _STRANGERS_SHARE), replace=False)
    carded = np.flatnonzero(world.people.disabled_from < NEVER)
    return Doubles(people, since, np.sort(strangers), carded, len(world.people))


def extended_numbers(world: World, doubles: Doubles, numbers: Array, county: Ints) -> Array:
    """Return the ID numbers of people, then second numbers, strangers and disability cards."""
    people = world.people
    second = id_numbers(county[doubles.people], people.birth[doubles.people],
                        people.sex[doubles.people], first_order=300)
    strange = id_numbers(county[doubles.strangers], people.birth[doubles.strangers],
                         people.sex[doubles.strangers], first_order=400)
    grade = people.disability[doubles.carded].astype("U1")
    cards = np.char.add(np.char.add(numbers[doubles.carded], "4"), grade)
    return np.concatenate([numbers, second, strange, cards])


def renumbered(tables: Sequence[Table], doubles: Doubles) -> list[Table]:
    """Return the tables with other numbers where their source knows people by those.

    Half the insurance rows of doubled people stand under the second number, and all that the
    federation of the disabled says under the number of the card.
    """
    second = np.full(doubles.n_people + 1, -1)   # the last place is that of nobody (-1)
    second[doubles.people] = doubles.rows()
    since = np.full(doubles.n_people + 1, 2**40)
    since[doubles.people] = doubles.since
    card = np.arange(-1, doubles.n_people)[np.r_[1:doubles.n_people + 1, 0]]   # own row, -1 nobody
    card[doubles.carded] = doubles.card_rows()
    changed = []
    for one in tables:
        if len(one) and (one.source == _FEDERATION).all():
            one = one.but(person=card[one.person])
        if one.event in _MOVED:
            by_record = (one.record * 2654435761 >> 7) % 2 == 0   # all versions of a record
            moved = by_record & (one.first >= since[one.person])
            one = one.but(person=np.where(moved, second[one.person], one.person))
        changed.append(one)
    return changed


def double_events(
    world: World, doubles: Doubles, tables: Sequence[Table], rng: np.random.Generator
) -> list[Table]:
    """Return second registrations, links and withdrawn links, and events about strangers."""
    return [*_second_registrations(world, doubles, rng), *_links(world, doubles, rng),
            *_strange_events(world, doubles, tables, rng),
            *_late_registrations(world, doubles, rng)]


def _household(world: World, person: Ints, day: Ints) -> Ints:
    month = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    column = np.clip(month - world.begin_month, 0, world.living.shape[1] - 1)
    return world.living[person, column].astype(np.int64)


def _member(
    world: World, rng: np.random.Generator, prefix: str, rows: Ints, like: Ints, day: Ints,
    relation: Ints, household: Ints,
) -> Table:
    kept = np.flatnonzero(household >= 0)
    rows, like, day, relation, household = (
        values[kept] for values in (rows, like, day, relation, household))
    return table(
        "member.upsert", prefix, source=Source.CIVIL_AFFAIRS, role=ReporterRole.TOWNSHIP,
        person=rows, household=household, region=world.village_codes(household, day), first=day,
        reported=at_hour(rng, day + rng.integers(1, 20, len(day))), record=rows,
        payload=member_payload(world, like, relation, day, personal_texts(world)))


def _second_registrations(
    world: World, doubles: Doubles, rng: np.random.Generator
) -> list[Table]:
    people, day = doubles.people, doubles.since
    return [_member(world, rng, "M2", doubles.rows(), people, day, world.people.relation[people],
                    _household(world, people, day))]


def _links(world: World, doubles: Doubles, rng: np.random.Generator) -> list[Table]:
    """Link two numbers of one person; a tenth as many links are wrong and withdrawn."""
    n = len(doubles.people)
    day = doubles.since + rng.integers(30, 200, n)
    true = _link(rng, "L", doubles.people, doubles.rows(), day)
    k = n // 10
    one, other = doubles.people[:k], doubles.people[::-1][:k]
    apart = one != other
    wrong = _link(rng, "LX", one[apart], other[apart], day[:k][apart])
    withdrawn = wrong.but(
        version=np.full(len(wrong), 2), op=np.full(len(wrong), RETRACT, np.uint8),
        reported=wrong.reported + rng.integers(5, 40, len(wrong)) * DAY_SECONDS)
    return [true, wrong, withdrawn]


def _link(
    rng: np.random.Generator, prefix: str, person: Ints, other: Ints, day: Ints
) -> Table:
    return table(
        "identity.link", prefix, source=Source.PUBLIC_SECURITY, person=person, first=day,
        reported=at_hour(rng, day), role=ReporterRole.DEPARTMENT,
        payload={"other_id_number": People(other)})


def _strange_events(
    world: World, doubles: Doubles, tables: Sequence[Table], rng: np.random.Generator
) -> list[Table]:
    """Copy some rows of four types to people whom the register does not know."""
    share = world.p.number("reporting.unregistered")
    rows = doubles.stranger_rows()
    strange = []
    for one in tables:
        if one.event not in _STRANGE or not len(one) or not len(rows):
            continue
        chosen = np.flatnonzero((one.version == 1) & (rng.random(len(one)) < share))
        copy = one.take(chosen)
        strange.append(copy.but(
            person=rows[rng.integers(0, len(rows), len(copy))], prefix=one.prefix + "Z"))
    return strange


def _late_registrations(
    world: World, doubles: Doubles, rng: np.random.Generator
) -> list[Table]:
    """Register some strangers at last: they married into a watched household."""
    chosen = np.flatnonzero(rng.random(len(doubles.strangers)) < _REGISTERED_LATER)
    n = len(chosen)
    day = world.first_day + rng.integers(60, max(world.last_day - world.first_day, 61), n)
    like = doubles.strangers[chosen]
    spouse = np.full(n, number(Relation.OTHER))
    return [_member(world, rng, "M3", doubles.stranger_rows()[chosen], like, day, spouse,
                    _household(world, like, day))]

