"""Small cells hidden inside the SQL of a panel, so that every output hides the same.

A *line* is a set of cells whose sum is shown somewhere: all cells of a list, or the rows and the
columns of a table with both. Counts of 1 to 4 are hidden; where a line would have one hidden cell,
the smallest other cell that is not zero goes too. What is left is written down in
`docs/adr/0029-boards.md`: bounds that follow from sums, and differences between two days.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from yujing.web.words import SMALL

HIDDEN, SMALL_FLAG = "hidden", "small"
_PASSES = 3  # rounds over all lines; what is left open after them closes the whole panel


@dataclass(frozen=True)
class Suppress:
    """What is hidden in a panel.

    Parameters
    ----------
    count
        Column with the number of people or households.
    lines
        For each set of lines the columns that a line has in common; `()` is one line of all cells.
    also
        Columns that would give the count away and are hidden with it, such as its share.
    others
        Further counts of the row: if one of them is small, the whole row is hidden.
    """

    count: str = "n"
    lines: tuple[tuple[str, ...], ...] = ((),)
    also: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def hides(self) -> tuple[str, ...]:
        """All columns that are hidden in a hidden row."""
        return (self.count, *self.others, *self.also)

    @property
    def small(self) -> str:
        """SQL of the rows of which a count is small."""
        return " OR ".join(f"({c} > 0 AND {c} < {SMALL})" for c in (self.count, *self.others))

    @property
    def some(self) -> str:
        """SQL of the rows of which a count is not zero."""
        return f"({' OR '.join(f'{c} > 0' for c in (self.count, *self.others))})"


def suppressed(sql: str, rule: Suppress, order: Sequence[str]) -> str:
    """Return the SQL of a panel with its small cells hidden.

    Parameters
    ----------
    sql
        A SELECT without trailing semicolon or ORDER BY.
    rule
        What is hidden.
    order
        Columns that tell the rows apart; of equal counts the first in this order is hidden.

    Returns
    -------
    The same rows, hidden values NULL, and two columns more: `hidden`, and `small`, whether it was
    hidden for being small itself.
    """
    n = rule.count
    inner = f"SELECT *, {rule.small} AS hide_0 FROM ({sql})"
    step = 0
    for line in rule.lines * (_PASSES if len(rule.lines) > 1 else 1):
        inner = _closed(inner, step, line, rule, order)
        step += 1
    hide = f"hide_{step}"
    if len(rule.lines) > 1:
        still_open = " OR ".join(_is_open(hide, line, rule) for line in rule.lines)
        inner = f"SELECT *, {still_open} AS open FROM ({inner})"
        inner = (
            f"SELECT *, {hide} OR ({rule.some} AND max(open) OVER ()) AS {HIDDEN} FROM ({inner})"
        )
    else:
        inner = f"SELECT *, {hide} AS {HIDDEN} FROM ({inner})"
    scratch = ", ".join([f"hide_{k}" for k in range(step + 1)] + ["open"] * (len(rule.lines) > 1))
    kept = ", ".join(f"if({HIDDEN}, NULL, {c}) AS {c}" for c in rule.hides)
    flag = f"{n} > 0 AND {n} < {SMALL} AS {SMALL_FLAG}"
    return f"SELECT * REPLACE ({kept}) FROM (SELECT * EXCEPT ({scratch}), {flag} FROM ({inner}))"


def _closed(
    inner: str, step: int, line: tuple[str, ...], rule: Suppress, order: Sequence[str]
) -> str:
    """Return one more layer, in which the smallest other cell of an open line is hidden too."""
    hide = f"hide_{step}"
    rank = (
        f"row_number() OVER (PARTITION BY {', '.join((*line, f'{hide} OR NOT {rule.some}'))} "
        f"ORDER BY {', '.join((rule.count, *order))})"
    )
    return (
        f"SELECT *, {hide} OR ({rule.some} AND {_is_open(hide, line, rule)} AND {rank} = 1) "
        f"AS hide_{step + 1} FROM ({inner})"
    )


def _is_open(hide: str, line: tuple[str, ...], rule: Suppress) -> str:
    """Return the condition on lines whose one hidden cell follows from the sum and the others.

    Where it is the only cell that is not zero, the sum is small itself and hidden where it is told.
    """
    window = f"OVER (PARTITION BY {', '.join(line)})" if line else "OVER ()"
    return f"(countIf({hide}) {window} = 1 AND countIf({rule.some}) {window} > 1)"
