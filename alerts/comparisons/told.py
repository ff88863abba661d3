"""What the state does not keep apart: which source said it, and where somebody is insured.

Read from the log in three questions for everybody at once, so that the state need not carry columns
that only a comparison reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from streams.fact import HOUSEHOLD as OF_HOUSEHOLD
from streams.fact import FactArray
from streams.log.claims import paid_by_two
from streams.state.effective import effective
from streams.state.links import Links
from streams.wire import (
    category_close,
    category_open,
    identity_link,
    insurance_payment,
    insurance_resident_annual,
    insurance_status,
)
from yujing.domain.codes import Category, Insurance, InsuranceStatus, Payer, Source, number

ASSISTANCE = (number(Category.MINIMUM_LIVING), number(Category.DESTITUTE))
OFFICIAL = number(Source.CIVIL_AFFAIRS)
REGISTERS = (number(Source.FANGPIN_CLOUD), number(Source.NATIONAL_MONITORING))
_EMPLOYEE = tuple(
    number(line) for line in (
        Insurance.EMPLOYEE_PENSION, Insurance.UNEMPLOYMENT, Insurance.EMPLOYEE_MEDICAL,
        Insurance.WORK_INJURY,
    )
)  # fmt: skip
_BEGINS = (number(InsuranceStatus.ENROL), number(InsuranceStatus.RESUME))
_RESIDENT = tuple(map(number, (Insurance.RESIDENT_PENSION, Insurance.RESIDENT_MEDICAL)))
_LISTS = (category_open.KIND, category_close.KIND)
_PREMIUMS = (insurance_payment.KIND, insurance_resident_annual.KIND)
_PERSON, _EMPLOYER = number(Payer.PERSON), number(Payer.EMPLOYER)
TOWNSHIP_UNIT = 1_000

INSURED = np.dtype([("person", "u8"), ("month", "i4"), ("region", "i4"), ("employer", "u8")])
LISTED = np.dtype(
    [
        ("subject", "u8"),
        ("category", "u1"),
        ("official", "u1"),  # 1 by civil affairs, 0 by a register of monitored households
        ("day", "i4"),  # since when
    ]
)
TWICE = np.dtype([("person", "u8"), ("year", "i4"), ("insurance", "u1")])
Rows = npt.NDArray[np.void]

_KEPT = ("fact", "version", "content", "known_at", "position", "subject", "subject_kind", "kind",
         "retracted", "source", "occurred_from")  # fmt: skip
_INSURED_COLUMNS = (*_KEPT, "month", "insurance", "status", "employer", "work_region")
_LIST_COLUMNS = (*_KEPT, "region", "category")
_PAID_COLUMNS = (*_KEPT, "month", "insurance", "payer", "amount_fen")


class Claims(Protocol):
    """What is asked of the log."""

    def facts_where(
        self, claim: str, known_before: int | None = None, *, columns: Sequence[str] = ...
    ) -> FactArray:
        """Return the effective facts of which some version satisfies a condition."""
        ...

    def links(self) -> FactArray:
        """Return every version of every fact that says that two keys are one person."""
        ...


@dataclass(frozen=True)
class Told:
    """What sources said, kept apart.

    Parameters
    ----------
    insured
        Rows of `INSURED`, rising by person: the latest enrolment of each that says where.
    listed
        Rows of `LISTED`: who is on a list of assistance, by which side.
    townships
        Rising `township * 16 + category` of which civil affairs have sent a list.
    twice
        Rows of `TWICE`, rising by person: premiums of a year paid by two.
    """

    insured: Rows
    listed: Rows
    townships: npt.NDArray[np.int64]
    twice: Rows

    @classmethod
    def nothing(cls) -> "Told":
        """Return what is told where nobody asked the log."""
        return cls(
            np.empty(0, INSURED), np.empty(0, LISTED), np.empty(0, np.int64), np.empty(0, TWICE)
        )


def told_by(log: Claims, day: int, known_before: int | None = None) -> Told:
    """Return what sources said before a moment, up to a day.

    Parameters
    ----------
    day
        Day number; what happens later is not looked at.
    known_before
        Seconds since 1970; None for all.
    """
    links = _links(log.links(), known_before)
    kinds = f"kind = {insurance_status.KIND} AND insurance IN {_EMPLOYEE}"
    insured = log.facts_where(
        f"{kinds} AND (work_region != 0 OR employer != 0)", known_before, columns=_INSURED_COLUMNS
    )
    lists = log.facts_where(
        f"kind IN {_LISTS} AND category IN {ASSISTANCE}", known_before, columns=_LIST_COLUMNS,
    )  # fmt: skip
    paid = log.facts_where(
        paid_by_two(f"kind IN {_PREMIUMS} AND insurance IN {_RESIDENT}", known_before),
        known_before, columns=_PAID_COLUMNS,
    )  # fmt: skip
    return Told(
        insured_of(insured, links, day), listed_of(lists, links, day), covered_of(lists, day),
        twice_of(paid, links),
    )  # fmt: skip


def _links(rows: FactArray, known_before: int | None) -> Links:
    links = Links()
    standing = rows.take(effective(rows, known_before))
    standing = standing.compress(standing["kind"] == identity_link.KIND)
    links.change(
        {int(row["fact"]): (int(row["subject"]), int(row["other"])) for row in standing}
    )
    return links


def insured_of(facts: FactArray, links: Links, day: int) -> Rows:
    """Return where each person was enrolled last, of what is effective and says where."""
    kept = (facts["kind"] == insurance_status.KIND) & np.isin(facts["status"], _BEGINS)
    kept &= (facts["occurred_from"] < day) & np.isin(facts["insurance"], _EMPLOYEE)
    kept &= (facts["work_region"] != 0) | (facts["employer"] != 0)
    facts = facts.compress(kept)
    rows = np.zeros(len(facts), dtype=INSURED)
    rows["person"] = links.canonical(np.ascontiguousarray(facts["subject"]))
    rows["month"], rows["region"] = facts["month"], facts["work_region"]
    rows["employer"] = facts["employer"]
    # of two in one month the one that names the larger region and employer: any rule, but one
    order = np.lexsort((rows["employer"], rows["region"], rows["month"], rows["person"]))
    return _last_of_each(rows.take(order))


def _last_of_each(rows: Rows) -> Rows:
    """Return the last row of each person of rows that rise by person."""
    last = np.ones(len(rows), dtype=bool)
    last[:-1] = rows["person"][1:] != rows["person"][:-1]
    return rows.compress(last)


def listed_of(facts: FactArray, links: Links, day: int) -> Rows:
    """Return who is on a list of assistance on a day, by side; a later closing ends it."""
    facts = facts.compress(_of_sides(facts) & (facts["occurred_from"] <= day))
    rows = np.zeros(len(facts), dtype=LISTED)
    person = facts["subject_kind"] != OF_HOUSEHOLD
    keys = np.ascontiguousarray(facts["subject"])
    rows["subject"] = np.where(person, links.canonical(keys), keys)
    rows["category"], rows["official"] = facts["category"], facts["source"] == OFFICIAL
    rows["day"] = facts["occurred_from"]
    closes = facts["kind"] == category_close.KIND
    # of an opening and a closing on one day the closing comes last
    order = np.lexsort((closes, rows["day"], rows["official"], rows["category"], rows["subject"]))
    rows, closes = rows.take(order), closes[order]
    last = np.ones(len(rows), dtype=bool)
    last[:-1] = np.any(
        [rows[name][1:] != rows[name][:-1] for name in ("subject", "category", "official")], axis=0
    )
    return rows.compress(last & ~closes)


def covered_of(facts: FactArray, day: int) -> npt.NDArray[np.int64]:
    """Return the townships and categories of which civil affairs have told anything."""
    kept = _of_sides(facts) & (facts["source"] == OFFICIAL) & (facts["region"] != 0)
    kept &= facts["occurred_from"] <= day
    return np.unique(township_of(facts["region"][kept], facts["category"][kept]))


def township_of(region: Any, category: Any) -> npt.NDArray[np.int64]:
    """Return a number of a township and a category."""
    places: npt.NDArray[np.int64] = (
        region.astype(np.int64) // TOWNSHIP_UNIT * 16 + category.astype(np.int64)
    )
    return places


def _of_sides(facts: FactArray) -> npt.NDArray[np.bool_]:
    sides: npt.NDArray[np.bool_] = np.isin(facts["source"], (OFFICIAL, *REGISTERS))
    sides &= np.isin(facts["kind"], _LISTS)
    return sides & np.isin(facts["category"], ASSISTANCE)


def twice_of(facts: FactArray, links: Links) -> Rows:
    """Return whose resident premium of a year was paid by the person and by the state."""
    kept = np.isin(facts["insurance"], _RESIDENT) & np.isin(facts["kind"], _PREMIUMS)
    kept &= (facts["kind"] != insurance_payment.KIND) | (facts["amount_fen"] > 0)
    facts = facts.compress(kept)
    rows = np.zeros(len(facts), dtype=TWICE)
    rows["person"] = links.canonical(np.ascontiguousarray(facts["subject"]))
    rows["year"], rows["insurance"] = facts["month"] // 12, facts["insurance"]
    own = np.unique(rows.compress(facts["payer"] == _PERSON))
    state = np.unique(rows.compress(facts["payer"] > _EMPLOYER))
    return np.intersect1d(own, state, assume_unique=True)
