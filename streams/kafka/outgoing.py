"""What Yujing says to other systems on its outgoing topics; keys are 16 hexadecimal digits."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from streams.wire.field import Key

Seconds = Annotated[int, Meta(ge=0, description="Seconds since 1970, UTC.")]
Risk = Annotated[float, Meta(ge=0, le=1)]


class MemberRisk(Struct, frozen=True, gc=False):
    """The risk of one member to lose work within 90 days."""

    person_key: Key
    u90: Risk | None
    """None where somebody is not in work."""


class HouseholdRisk(Struct, frozen=True):
    """The latest risks of a household and its members; the message's key is `household_key`."""

    household_key: Key
    p12: Risk
    """The risk to fall below the line within 12 months."""
    members: list[MemberRisk]
    as_of: date
    known_at: Seconds
    """When the newest fact behind it was known."""
    u90_model: str
    p12_model: str


class CardTransition(Struct, frozen=True):
    """One change of a card; the message's key is `household`."""

    transition: int
    """Number of the change: brought twice, it counts once."""
    card: int
    household: Key
    person: Key | None
    """None where the card concerns the whole household."""
    region: int
    level: Annotated[int, Meta(ge=1, le=3)]
    from_stage: str
    to_stage: str
    reason: str
    role: str
    happened_at: Seconds


class DeadLetter(Struct, frozen=True):
    """Where an event stood that could not be read, and why; its content is sealed at ours."""

    topic: str
    partition: int
    offset: int
    place: int
    source: str
    reason: str
    """Word of the reason."""
    hash: Key
    """Keyed hash of its bytes."""
