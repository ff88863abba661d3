"""Field types of the wire, shared by all event types; a field name means one thing everywhere.

Where the plain type does not say how a field becomes a number, the annotation carries a `Spelling`.
Widths are checked while decoding, digits and calendar afterwards in whole columns: a regular
expression per field would cost more than the rest of the decoding.
"""

from enum import Enum, auto
from typing import Annotated, Any, TypeVar, Union

from msgspec import Meta, UnsetType

T = TypeVar("T")
Needed = Union[T, UnsetType]  # noqa: UP007   # a generic alias; needed unless the event retracts

MOST_YUAN = 1e9  # larger amounts are typing errors, and 1e11 fen are still exact in a float


class Spelling(Enum):
    """How the text or number of a field becomes the number of its column."""

    DIGITS = auto()
    ID_NUMBER = auto()
    KEY = auto()
    MONTH = auto()
    YEAR = auto()
    YUAN = auto()
    EMPLOYER = auto()
    TEXT = auto()


def _digits(width: int, description: str) -> Meta:
    pattern: dict[str, Any] = {"pattern": f"^[0-9]{{{width}}}$"}
    return Meta(
        min_length=width, max_length=width, description=description, extra_json_schema=pattern
    )


RegionCode = Annotated[
    str, _digits(12, "Region code of 12 digits: county 6, township 3, village 3.")
]
WorkRegion = Annotated[
    str, _digits(6, "County code of 6 digits; 900000 is abroad."), Spelling.DIGITS
]
Key = Annotated[
    str,
    Meta(
        min_length=16,
        max_length=16,
        description="A key that Yujing gave out, 16 hexadecimal digits.",
        extra_json_schema={"pattern": "^[0-9a-fA-F]{16}$"},
    ),
    Spelling.KEY,
]
IdNumber = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=40,
        description="ID number of 18 characters; of a disability card with 20 or 22 the first 18 "
        "count; 15 digits of the old form are converted with a warning.",
    ),
    Spelling.ID_NUMBER,
]
HouseholdNo = Annotated[
    str, Meta(min_length=1, max_length=64, description="Household number (户编号).")
]
Month = Annotated[
    str,
    Meta(
        min_length=7,
        max_length=7,
        description="Month, YYYY-MM.",
        extra_json_schema={"pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"},
    ),
    Spelling.MONTH,
]
Year = Annotated[int, Meta(ge=1900, le=2200), Spelling.YEAR]
Yuan = Annotated[
    float,
    Meta(ge=-MOST_YUAN, le=MOST_YUAN, description="Yuan with at most two decimals."),
    Spelling.YUAN,
]
Grade = Annotated[int, Meta(ge=1, le=4)]
GradeYuan = Annotated[int, Meta(ge=0, le=65_535, description="Grade of the premium, yuan a year.")]
DisabilityGrade = Annotated[int, Meta(ge=0, le=4, description="1 to 4; 0 none.")]
Count = Annotated[int, Meta(ge=0, le=255)]
CardNumber = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Employer = Annotated[
    str, Meta(max_length=200, description="Credit code or name."), Spelling.EMPLOYER
]
Name = Annotated[str, Meta(max_length=64), Spelling.TEXT]
Phone = Annotated[str, Meta(max_length=32), Spelling.TEXT]
Note = Annotated[
    str, Meta(max_length=4000, description="Free text; kept in the vault."), Spelling.TEXT
]
