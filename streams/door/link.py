"""identity.link: the other person, by ID number or by key."""

from collections.abc import Sequence

import numpy as np

from streams.door.decoding import Group
from streams.door.id_number import FAULTS
from streams.door.identity import PersonKeys
from streams.door.reason import Faults
from streams.fact import FactArray
from streams.wire.identity_link import IdentityLink


def fill_other(
    group: Group,
    events: Sequence[IdentityLink],
    facts: FactArray,
    faults: Faults,
    people: PersonKeys,
) -> None:
    """Fill the other person of links, none retracted; `other` holds `other_person_key` already."""
    at = group.at
    who = people.of([event.other_id_number for event in events])
    for code, name in enumerate(FAULTS):
        if code:
            faults.fail(who.numbers.fault == code, name, at=at)
    other = np.where(who.key != 0, who.key, facts["other"][at])
    faults.fail(other == 0, "missing_field", "other_id_number or other_person_key", at)
    faults.fail(other == facts["subject"][at], "same_person", at=at)
    facts["other"][at] = other
