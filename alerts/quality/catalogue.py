"""The page that lists every rule of quality, where it is held, and what is held in another way."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from alerts.quality.rules import StateRule, state_rules
from streams.door.quality import QualityRules, Rule
from streams.wire.catalogue import BY_KIND
from yujing.domain.codes import zh

ROWS, STATE, COMPARISONS = "rows", "state", "comparisons"
_INTRODUCTION = """# Rules of data quality

Made by `alerts/quality/catalogue.py` from the rules themselves; a test keeps it equal.

A rule of **rows** looks at one event at the door. `block` refuses the row, `warn` takes it with a
finding. A rule over the **state** looks at a household or a person as the day's sweep knows them,
whatever the order in which it was told. A finding is open until the same record comes again
without it, or until the rule does not hold any more; then it is mended. Departments see theirs on
`/quality` and fetch them as CSV; `yujing quality` shows them all. What the register said of a
person when a row came (a student, no ability to work) is told to the sender at once, and asked
again every day of what is known by then: by a rule over the state, or as a comparison between
departments. Sources: checker = rules of the province's data checker as described by its users,
dictionary = the field dictionary of this project, judgement = ours, unverified.

Nothing here takes anything from anybody.
"""


@dataclass(frozen=True)
class Known:
    """A rule that the province's checker is known to have, and where it is held here."""

    zh: str
    en: str
    held: Mapping[str, tuple[str, ...]]
    note: str


@cache
def known_rules() -> tuple[Known, ...]:
    """Return the rules of the checker in the order of their file."""
    text = files("alerts.quality").joinpath("known_rules.toml").read_text("utf-8")
    return tuple(_known(row) for row in tomllib.loads(text)["known"])


def _known(row: Mapping[str, Any]) -> Known:
    held = {room: tuple(row.get(room, ())) for room in (ROWS, STATE, COMPARISONS)}
    return Known(row["zh"], row["en"], held, row.get("note", ""))


def page() -> str:
    """Return the text of docs/quality.md."""
    rules = QualityRules.load().rules
    parts = [
        _INTRODUCTION,
        "## What the province's checker is known to ask\n",
        _table(("rule", "", "held by", ""), map(_known_row, known_rules())),
        "## Rules of rows\n",
        _table(("id", "severity", "events", "told", "source"), map(_row_of_rows, rules)),
        "## Rules over the state\n",
        _table(("id", "about", "asks", "told", "source"), map(_row_of_state, state_rules())),
        _DOUBLES,
    ]
    return "\n".join(parts)


_DOUBLES = """## Likely doubles

Found inside the vault every day, shown on `/doubles` and by `yujing doubles list`:

| why | what |
| --- | --- |
| `one_digit` | same name and birth, ID numbers that differ in one of 17 digits |
| `swapped` | same name and birth, two neighbouring digits of the ID numbers exchanged |
| `same_home` | same name and birth, one household |
| `variant` | beside the others: the names are spelled differently |
| `two_homes` | one person whom two households claim: both are accepted, the later one counts |

Names are the same in one form: `streams/vault/name_variants.csv`. "Same" links the two keys by an
event of our own, "not the same" is kept; neither is asked again, both can be undone. See
[ADR 0027](adr/0027-quality-and-doubles.md).
"""


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = list(head)
    lines = [_line(titles), _line(["---"] * len(titles)), *map(_line, rows)]
    return "\n".join(lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _known_row(known: Known) -> tuple[str, ...]:
    held = [
        f"{room}: " + ", ".join(f"`{name}`" for name in names)
        for room, names in known.held.items()
        if names
    ]
    return known.zh, known.en, "; ".join(held) or "not held", known.note


def _row_of_rows(rule: Rule) -> tuple[str, ...]:
    kinds = "all" if rule.kinds is None else _names(rule.kinds)
    severity = "block" if rule.blocks else "warn"
    return f"`{rule.id}`", severity, kinds, f"{rule.reason.zh} ({rule.reason.en})", rule.source


def _names(kinds: frozenset[int]) -> str:
    if len(kinds) > len(BY_KIND) // 2:
        left_out = sorted(event.name for kind, event in BY_KIND.items() if kind not in kinds)
        return "all but " + ", ".join(left_out)
    return ", ".join(BY_KIND[kind].name for kind in sorted(kinds))


def _row_of_state(rule: StateRule) -> tuple[str, ...]:
    return f"`{rule.id}`", rule.about, zh(rule.asks), f"{rule.zh} ({rule.en})", rule.source
