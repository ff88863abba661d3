"""The question for the effective facts of which some version satisfies a condition."""

from collections.abc import Sequence

from streams.log.lanes import known_before_is
from streams.log.sums import WINNER
from streams.wire import identity_link
from yujing.domain.codes import Payer, number

_LINK = identity_link.KIND
_PERSON, _EMPLOYER = number(Payer.PERSON), number(Payer.EMPLOYER)


def standing_where(claim: str, known_before: int | None, columns: Sequence[str]) -> str:
    """Return the SQL: facts that a version of may be meant, each judged by all its versions.

    Parameters
    ----------
    claim
        Condition on a row of `events`. The winner of a fact need not satisfy it, so whoever asks
        looks at the winner again.
    known_before
        Seconds since 1970; only what was known strictly before. None for all.
    columns
        Those wanted; they must hold what decides which version wins.
    """
    named, known = ", ".join(columns), known_before_is(known_before)
    return (
        f"SELECT * FROM (SELECT {named} FROM events WHERE {known} AND fact IN "
        f"(SELECT fact FROM events WHERE {known} AND {claim}) {WINNER}) WHERE retracted = 0"
    )


def paid_by_two(premiums: str, known_before: int | None) -> str:
    """Return the condition on premiums of persons for whom two sides ever paid one year.

    Whoever has two keys is among them, since each may have been paid for under another key.

    Parameters
    ----------
    premiums
        Condition on a row of `events`: which premiums are meant.
    known_before
        As in `standing_where`.
    """
    linked = f"SELECT arrayJoin([subject, other]) FROM events WHERE kind = {_LINK}"
    return (
        f"{premiums} AND (subject IN ({linked}) "
        f"OR subject IN (SELECT subject FROM events WHERE {premiums} "
        f"AND {known_before_is(known_before)} AND retracted = 0 "
        "GROUP BY subject, insurance, intDiv(month, 12) "
        f"HAVING countIf(payer = {_PERSON}) > 0 AND countIf(payer > {_EMPLOYER}) > 0))"
    )
