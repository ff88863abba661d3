"""identity.link: the other person, by ID number or by key."""

from collections.abc import Sequence

import numpy as np

from streams.door import columns
from streams.door.decoding import Group
from streams.door.identity import FAULTS, persons
from streams.door.reason import Faults
from streams.fact import FactArray
from streams.vault.keys import Keys
from streams.wire.identity_link import IdentityLink


def fill_other(
    group: Group, events: Sequence[IdentityLink], facts: FactArray, faults: Faults, keys: Keys
) -> None:
    """Fill the other person of links, none of them retracted."""
    at = group.at
    who = persons([event.other_id_number for event in events], keys)
    for code, name in enumerate(FAULTS):
        if code:
            faults.fail(who.fault == code, name, at=at)
    other, bad = columns.keys([event.other_person_key for event in events])
    faults.fail(bad, "bad_key", "other_person_key", at)
    other = np.where(who.key != 0, who.key, other)
    faults.fail(other == 0, "missing_field", "other_id_number or other_person_key", at)
    faults.fail(other == facts["subject"][at], "same_person", at=at)
    facts["other"][at] = other
