"""Where somebody may look: the one place that decides it, for the pages and for the door.

A scope is the beginning of a 12-digit region code (province 2, city 4, county 6, township 9,
village 12 digits). The empty beginning is everywhere. A place whose code is unknown (0) is inside
the empty scope alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yujing.access.roles import RIGHTS, Right, Role
from yujing.errors import AccessDeniedError, UsageError

CODE_DIGITS = 12
LEVELS = {0: "全部", 2: "省", 4: "市", 6: "县", 9: "乡镇", 12: "村"}
VILLAGE, TOWNSHIP, COUNTY = 12, 9, 6


@dataclass(frozen=True, slots=True)
class Scope:
    """The region codes that begin with `prefix`.

    Parameters
    ----------
    prefix
        0, 2, 4, 6, 9 or 12 digits.

    Raises
    ------
    UsageError
        If it is not such a beginning.

    Examples
    --------
    >>> Scope("520526101").covers(520526101203), Scope("520526101").covers(520526102001)
    (True, False)
    """

    prefix: str

    def __post_init__(self) -> None:
        if len(self.prefix) not in LEVELS or not (
            self.prefix.isascii() and (self.prefix.isdigit() or not self.prefix)
        ):
            raise UsageError(
                f"a scope is the first 0, 2, 4, 6, 9 or 12 digits of a code, got {self.prefix!r}"
            )

    @classmethod
    def of(cls, code: str | int) -> "Scope":
        """Return the scope of a code, with or without the zeros that fill it up.

        Examples
        --------
        >>> Scope.of("520526101000").prefix, Scope.of(520526).prefix
        ('520526101', '520526')
        """
        text = str(code)
        if len(text) != CODE_DIGITS:
            return cls(text)
        for digits in sorted(LEVELS):
            if not text[digits:].strip("0"):
                return cls(text[:digits])
        return cls(text)

    @property
    def bounds(self) -> tuple[int, int]:
        """The least and the largest 12-digit code inside, for a BETWEEN in SQL."""
        if not self.prefix:
            return 0, 10**CODE_DIGITS - 1
        return int(self.prefix.ljust(CODE_DIGITS, "0")), int(self.prefix.ljust(CODE_DIGITS, "9"))

    @property
    def level(self) -> str:
        """The Chinese word for how wide it is."""
        return LEVELS[len(self.prefix)]

    def covers(self, region: int) -> bool:
        """Tell whether a 12-digit code lies inside."""
        least, largest = self.bounds
        return least <= region <= largest

    def contains(self, other: "Scope") -> bool:
        """Tell whether another scope lies wholly inside."""
        return other.prefix.startswith(self.prefix)


def covered(prefixes: Iterable[str], codes: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Tell which codes lie in any of the scopes that begin with `prefixes`.

    Parameters
    ----------
    prefixes
        Beginnings of region codes; none covers nothing.
    codes
        12-digit codes, any shape.

    Examples
    --------
    >>> covered(["520526"], np.array([520526101203, 520222001001])).tolist()
    [True, False]
    """
    inside = np.zeros(codes.shape, dtype=bool)
    for prefix in prefixes:
        least, largest = Scope(prefix).bounds
        inside |= (codes >= least) & (codes <= largest)
    return inside


def allows(role: Role, scope: Scope, right: Right, region: int | None = None) -> bool:
    """Tell whether a role with this scope may do something, at a place if one is named."""
    return right in RIGHTS[role] and (region is None or scope.covers(region))


def require(role: Role, scope: Scope, right: Right, region: int | None = None) -> None:
    """Refuse what the role or the scope does not allow.

    Raises
    ------
    AccessDeniedError
        Always the same message, so that a refusal does not tell whether the thing exists.
    """
    if not allows(role, scope, right, region):
        raise AccessDeniedError("没有权限，或者不在您的范围内。")
