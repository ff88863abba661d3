"""What a source may send: the event types of its purposes in the register of sources.

The same for a token at the HTTP door, a sheet of a department's account and a package.
"""

from collections.abc import Iterable

from streams.door.grant import Grant
from streams.wire.catalogue import BY_NAME
from yujing.domain.codes import Source
from yujing.domain.sources import SourceRegister
from yujing.errors import UsageError


def kinds_of(register: SourceRegister, source: Source) -> frozenset[int]:
    """Return the numbers of the event types that a source may send."""
    return frozenset(BY_NAME[name].kind for name in register.events(source) if name in BY_NAME)


def grant_for(register: SourceRegister, source: Source, regions: tuple[str, ...]) -> Grant:
    """Return what a sender who speaks for a source may send from some places.

    Parameters
    ----------
    regions
        Beginnings of region codes; `("",)` is everywhere.
    """
    return Grant(source, kinds_of(register, source), regions)


def refuse_beyond_purpose(register: SourceRegister, source: Source, kinds: Iterable[str]) -> None:
    """Refuse event types that are not among the purposes of a source.

    Raises
    ------
    UsageError
        Naming them, and what the source may send.
    """
    allowed = register.events(source)
    beyond = [kind for kind in kinds if kind not in allowed]
    if beyond:
        raise UsageError(
            f"{source.value} has no purpose for {', '.join(beyond)}; it may send "
            f"{', '.join(allowed)}. --beyond-purpose allows it, and is recorded"
        )
