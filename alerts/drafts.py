"""A card before it is opened: everything the desk writes, in words, made by pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import msgspec

from alerts.candidates import Candidates
from alerts.reasons import AUDIT_SENTENCE, Explain, Factor, led, sentence, sentence_of
from alerts.rules import AUDIT, FACT, REPORT, SCORE, SEASONAL
from yujing.domain.calendar import Calendar
from yujing.domain.policy import Policy

KIND_WORDS = {
    FACT: "fact", REPORT: "report", SEASONAL: "seasonal", SCORE: "score", AUDIT: "audit",
}
AUDIT_REASON = "audit"


class EvidenceDraft(msgspec.Struct, frozen=True):
    """One signal in words."""

    rule: int
    person: int
    level: int
    since: int
    sentence: str


class FactorDraft(msgspec.Struct, frozen=True):
    """One contribution to a score."""

    name: str
    zh: str
    points: float
    words: str


class CardDraft(msgspec.Struct, frozen=True):
    """One card as it would be opened; the columns of the table `cards`."""

    household: int
    person: int
    region: int
    kind: str
    level: int
    rule: int
    reason: str
    score_reason: str
    kinds: int
    source: int
    employer: int
    file: int
    sentence: str
    benefit_fen: int
    p12: float
    u90: float
    due_on: str
    measure_due_on: str
    audit_probability: float | None = None
    evidence: tuple[EvidenceDraft, ...] = ()
    factors: tuple[FactorDraft, ...] = ()


@dataclass(frozen=True)
class Drafting:
    """What every draft of a day needs.

    Parameters
    ----------
    as_of
        The day of the deal.
    policy, calendar
        Deadlines by level, in working days.
    explain
        Gives the factors of a score; None without a model.
    """

    as_of: date
    policy: Policy
    calendar: Calendar
    explain: Explain | None = None

    def of_candidate(self, candidates: Candidates, index: int) -> CardDraft:
        """Return the card of a candidate."""
        row = candidates.rows[index]
        factors = self.factors(int(row["household"]), int(row["person"]))
        words = candidates.reasons
        score = int(row["score_reason"])
        due, measure_due = self.deadlines(int(row["level"]), int(row["region"]))
        return CardDraft(
            household=int(row["household"]), person=int(row["person"]), region=int(row["region"]),
            kind=KIND_WORDS[int(row["kind"])], level=int(row["level"]), rule=int(row["rule"]),
            reason=words[int(row["reason"])], score_reason=words[score] if score >= 0 else "",
            kinds=int(row["kinds"]), source=int(row["source"]), employer=int(row["employer"]),
            file=int(row["file"]),
            sentence=sentence(candidates, index, as_of=self.as_of, factors=factors),
            benefit_fen=int(row["benefit_fen"]), p12=float(row["p12"]), u90=float(row["u90"]),
            due_on=due, measure_due_on=measure_due,
            evidence=self.evidence(candidates, index),
            factors=tuple(FactorDraft(f.name, f.zh, f.points, f.words) for f in factors),
        )

    def evidence(self, candidates: Candidates, index: int) -> tuple[EvidenceDraft, ...]:
        """Return every signal of a candidate in words, the leading one first."""
        row, signals = candidates.rows[index], candidates.signals_of(index)
        first = led(signals, row)
        told = {(int(s["rule"]), int(s["person"])) for s in first}
        rest = [s for s in signals if (int(s["rule"]), int(s["person"])) not in told]
        return tuple(
            EvidenceDraft(
                int(s["rule"]), int(s["person"]), int(s["level"]), int(s["since"]),
                sentence_of(s, as_of=self.as_of),
            ) for s in (*first, *rest)
        )

    def factors(self, household: int, person: int) -> Sequence[Factor]:
        """Return the factors of a household's scores, loudest first."""
        return () if self.explain is None else tuple(self.explain(household, person))

    def of_chance(
        self, candidates: Candidates, place: int, probability: float,
    ) -> CardDraft:
        """Return the card of a household that chance picked."""
        region = int(candidates.regions[place])
        due, measure_due = self.deadlines(1, region)
        return CardDraft(
            household=int(candidates.population[place]), person=0, region=region, kind="audit",
            level=1, rule=0, reason=AUDIT_REASON, score_reason="", kinds=0, source=0, employer=0,
            file=0, sentence=AUDIT_SENTENCE, benefit_fen=0, p12=0.0, u90=0.0, due_on=due,
            measure_due_on=measure_due, audit_probability=probability,
        )

    def deadlines(self, level: int, region: int) -> tuple[str, str]:
        """Return the days by which a card of a level is to be verified and helped."""
        days = [
            self.policy.deadline_workdays(what, level, region=region, day=self.as_of)
            for what in ("verify", "measure")
        ]
        verify, measure = (self.calendar.add_workdays(self.as_of, n).isoformat() for n in days)
        return verify, measure
