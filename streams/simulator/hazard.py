"""The true hazard of losing work: one formula for the world and for the oracle that judges models.

The *rate* of a job is fixed when it begins (sector, contract, organised dispatch, the hidden
frailties and the hidden quality of the employer). `multiplier` is what changes with time.
"""

from dataclasses import dataclass

import numpy as np

from streams.simulator.array import Flags, Floats, Ints
from streams.simulator.parameter import Parameters
from yujing.domain.codes import Form, Industry, number
from yujing.domain.days import from_day, to_month

MONTH_DAYS = 30.4
N_SECTORS = len(Industry)   # index = codes.Industry
FACTORY = (number(Industry.ELECTRONICS), number(Industry.MANUFACTURING))
CONSTRUCTION = number(Industry.CONSTRUCTION)
PUBLIC_WELFARE, WORKSHOP = number(Form.PUBLIC_WELFARE), number(Form.WORKSHOP)


@dataclass(frozen=True)
class Circumstances:
    """What moves the hazard of the people in work on one day; all of one length."""

    tenure_days: Ints
    age: Floats
    ill: Flags
    many_dependants: Flags
    distressed: Flags
    sector: Ints


def base_rates(sector: Ints, form: Ints, p: Parameters) -> Floats:
    """Return the monthly rate of jobs by sector and form, before every multiplier."""
    table = np.zeros(N_SECTORS)
    for code in Industry:
        if code is not Industry.UNKNOWN:
            table[number(code)] = p.number(f"jobs.separation_monthly.{code.value}")
    rate = table[sector]
    rate = np.where(form == PUBLIC_WELFARE, table[number(Industry.PUBLIC_SERVICE)], rate)
    rate = np.where(form == WORKSHOP, p.number("jobs.workshop_separation_monthly"), rate)
    scaled: Floats = rate * p.number("jobs.separation_scale")
    return scaled


def multiplier(now: Circumstances, day: int, slump: Floats, p: Parameters) -> Floats:
    """Return how much higher than its rate the hazard of each job is on `day`.

    Parameters
    ----------
    now
        Circumstances of those in work.
    day
        Day number; decides the year of a shifted world.
    slump
        Multiplier of the month by sector.
    """
    factor: Floats = slump[now.sector].copy()
    factor *= np.where(now.tenure_days < 90, p.number("jobs.tenure_under_90_days"), 1.0)
    factor *= np.where(now.age < 25, p.number("jobs.age_below_25"), 1.0)
    factor *= np.where(now.age >= 50, p.number("jobs.age_from_50"), 1.0)
    factor *= np.where(now.ill, p.number("jobs.ill_health"), 1.0)
    factor *= np.where(now.many_dependants, p.number("jobs.many_dependants"), 1.0)
    factor *= np.where(now.distressed, p.number("jobs.distress_multiplier"), 1.0)
    if is_shifted(day, p):
        factory = np.isin(now.sector, FACTORY)
        factor *= np.where(factory, p.number("shift.separation_factory"), 1.0)
        building = now.sector == CONSTRUCTION
        factor *= np.where(building, p.number("shift.separation_construction"), 1.0)
    return factor


def long_gap_share(age: Floats, day: int, p: Parameters) -> Floats:
    """Return the chance that a separation on `day` is followed by 30 days without work."""
    share = np.where(
        age >= 50, p.number("jobs.long_gap_share_from_50"), p.number("jobs.long_gap_share"))
    if from_day(day).month in (12, 1):
        share = np.maximum(share, p.number("jobs.long_gap_share_winter"))
    if is_shifted(day, p):
        share = np.minimum(share * p.number("shift.long_gap"), 0.97)
    return share


def is_shifted(day: int, p: Parameters) -> bool:
    """Return whether the world differs by `day`."""
    return to_month(from_day(day)) // 12 >= p.number("shift.from_year")
