"""The one columnar record of an event version, from the door to the log, the fold and the labels.

A `FactArray` is a structured array of `FACT`, one row an event version. The ClickHouse table
`events` has the same column names, so a batch goes to the log and comes back without a Python loop.
Personal text is never here: `text` is a keyed hash of it, enough to see that two contents differ.
"""

import numpy as np
import numpy.typing as npt

MISSING_FEN = -(2**63)  # no amount reported; zero is an amount
PERSON, HOUSEHOLD, AREA = 0, 1, 2  # subject_kind

_HEADER: list[tuple[str, str]] = [
    ("fact", "u8"),  # keyed hash of (source system, source record id): identity of the fact
    ("version", "u4"),  # source_version
    (
        "content",
        "u8",
    ),  # hash of every column from `kind` on: two contents for one version are contested
    ("known_at", "u4"),  # seconds since 1970-01-01 UTC, stamped by the door; whole seconds
    ("position", "u8"),  # place in the log, 1, 2, 3, ...
    (
        "household",
        "u8",
    ),  # household key when the door saw it, 0 unknown; a routing hint, not content
    ("flagged", "u1"),  # 1 unknown region code; not content
]
_CONTENT: list[tuple[str, str]] = [
    ("kind", "u1"),  # number of the event type, see streams.wire.catalogue
    ("retracted", "u1"),  # 1 when this version withdraws the fact
    ("source", "u1"),  # codes.Source
    ("role", "u1"),  # codes.ReporterRole
    ("subject_kind", "u1"),  # PERSON, HOUSEHOLD, AREA
    ("subject", "u8"),  # person key, household key, or region code of an area
    ("region", "i8"),  # 12-digit region code as a number, 0 unknown
    ("occurred_from", "i4"),  # day number
    ("occurred_to", "i4"),  # day number, >= occurred_from
    ("precision", "u1"),  # codes.Precision
    ("month", "i4"),  # month number of a period; for yearly events January of the year; 0 none
    ("other", "u8"),  # second key: household of a member, other person of a link, intermediary
    ("employer", "u8"),  # keyed hash of the employer's credit code or name, 0 none
    ("text", "u8"),  # keyed hash of the personal or free text of the event, 0 none
    ("card", "u8"),  # card number that a visit or service answers, 0 none
    ("work_region", "i4"),  # 6-digit region of work, destination or origin; 0 unknown
    ("birth", "i4"),  # day number, days.NEVER unknown
    ("area", "u1"),
    ("form", "u1"),
    ("industry", "u1"),
    ("channel", "u1"),
    ("reason", "u1"),  # the kind's own reason set
    ("intent", "u1"),
    ("worked", "u1"),
    ("contract", "u1"),
    ("organised", "u1"),
    ("planned", "u1"),  # codes.Answer
    ("training_wish", "u1"),
    ("arrears", "u1"),
    ("relocation", "u1"),  # codes.Answer
    ("contract_months", "u1"),
    ("days_worked", "u1"),
    ("n_members", "u1"),
    ("grade", "u2"),
    ("sex", "u1"),
    ("relation", "u1"),
    ("ethnicity", "u1"),
    ("schooling", "u1"),
    ("student", "u1"),
    ("health", "u1"),  # bit mask of 1 << codes.Health
    ("skill", "u1"),
    ("disability", "u1"),  # disability grade 1-4, 0 none or unknown
    ("household_type", "u1"),
    ("category", "u1"),
    ("insurance", "u1"),
    ("status", "u1"),
    ("payer", "u1"),
    ("treatment", "u1"),
    ("disaster", "u1"),
    ("warning", "u1"),
    ("measure", "u1"),
    ("service", "u1"),
    ("result", "u1"),
    ("outcome", "u1"),
    ("mode", "u1"),
    ("risks", "u2"),  # bit mask of 1 << codes.Risk
    ("wage_fen", "i8"),
    ("amount_fen", "i8"),
    ("total_fen", "i8"),
    ("self_pay_fen", "i8"),
    ("base_fen", "i8"),
    ("income_wage_fen", "i8"),
    ("income_business_fen", "i8"),
    ("income_property_fen", "i8"),
    ("income_transfer_fen", "i8"),
    ("expense_fen", "i8"),
    ("claim_fen", "i8"),
]

FACT = np.dtype(_HEADER + _CONTENT)
CONTENT_COLUMNS = tuple(name for name, _ in _CONTENT)
CONTENT_OFFSET = (
    int(FACT.fields["kind"][1]) if FACT.fields is not None else 0
)  # bytes hashed: [offset, itemsize)
FEN_COLUMNS = tuple(name for name, _ in _CONTENT if name.endswith("_fen"))

FactArray = npt.NDArray[np.void]


def empty_facts(n: int) -> FactArray:
    """Return `n` fact rows with every column at its unknown value.

    Returns
    -------
    Structured array of `FACT`, shape (n,).

    Examples
    --------
    >>> int(empty_facts(1)["wage_fen"][0]) == MISSING_FEN
    True
    """
    facts = np.zeros(n, dtype=FACT)
    for name in FEN_COLUMNS:
        facts[name] = MISSING_FEN
    facts["birth"] = -(2**31)
    return facts
