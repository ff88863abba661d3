import numpy as np

from streams.simulator.county import County
from streams.simulator.population import HEAD, SPOUSE
from yujing.domain.codes import Skill, Student, number


def test_every_founding_household_has_one_head_and_at_most_one_spouse(county: County) -> None:
    people = county.world.people
    heads = np.bincount(people.founding[people.relation == HEAD], minlength=400)[:400]
    spouses = np.bincount(people.founding[people.relation == SPOUSE])

    assert (heads == 1).all()
    assert spouses.max() <= 1


def test_children_are_at_school_and_nobody_at_school_is_able_to_work(county: County) -> None:
    people, day = county.world.people, county.world.first_day
    age, student, skill = people.ages(day), people.students(day), people.skills(day)
    child = (age > 7) & (age < 15)

    assert (student[child] == number(Student.COMPULSORY)).all()
    assert (skill[student != number(Student.NO)] == number(Skill.NONE)).all()


def test_health_is_a_mask_that_is_healthy_or_names_a_condition(county: County) -> None:
    mask = county.world.people.health(county.world.last_day)

    assert ((mask == 2) == (mask & 0b11100 == 0)).all()


def test_people_taken_out_are_asked_each_about_a_day_of_their_own(county: County) -> None:
    people = county.world.people
    rows = np.array([0, 5, 9])
    days = np.array([15_000, 20_000, 20_500])
    together = people.take(rows).skills(days)

    assert together.tolist() == [
        int(people.skills(int(day))[row]) for row, day in zip(rows, days, strict=True)]
