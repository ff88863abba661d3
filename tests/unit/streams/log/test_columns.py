import numpy as np
import pyarrow as pa

from streams.fact import FACT
from streams.log.columns import from_arrow, to_arrow
from tests.support.histories import record_ids, some_facts


def test_facts_come_back_from_arrow_bit_for_bit() -> None:
    facts = some_facts(10_000)  # more than two blocks

    table = to_arrow(facts, record_ids(facts))

    assert table.column_names == [*(FACT.names or ()), "record_id", "place"]
    assert from_arrow(table).tobytes() == facts.tobytes()


def test_chunks_keep_their_order_and_columns_can_be_chosen() -> None:
    facts = some_facts(9)
    table = to_arrow(facts, record_ids(facts))
    parts = pa.concat_tables([table.slice(0, 2), table.slice(2, 3), table.slice(5, 4)])

    assert np.array_equal(from_arrow(parts), facts)
    assert np.array_equal(from_arrow(parts, ["month", "fact"]), facts[["month", "fact"]])
