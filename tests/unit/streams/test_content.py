import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.content import content_hashes, fact_version_hash
from streams.fact import CONTENT_COLUMNS, empty_facts


def test_header_columns_play_no_part() -> None:
    facts = empty_facts(2)
    facts["known_at"] = (1, 2)
    facts["position"] = (3, 4)
    facts["household"] = (5, 6)

    first, second = content_hashes(facts)

    assert first == second


@given(column=st.sampled_from(CONTENT_COLUMNS))
def test_every_content_column_plays_a_part(column: str) -> None:
    facts = empty_facts(2)
    facts[column][1] = facts[column][0] + 1 if column != "birth" else 7

    first, second = content_hashes(facts)

    assert first != second


def test_the_version_hash_tells_fact_version_and_content_apart() -> None:
    facts = empty_facts(4)
    facts["fact"] = (1, 2, 1, 1)
    facts["version"] = (1, 1, 2, 1)
    facts["content"] = (9, 9, 9, 8)

    assert len(np.unique(fact_version_hash(facts))) == 4
