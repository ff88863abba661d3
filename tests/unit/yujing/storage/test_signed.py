import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from yujing.storage.signed import all_signed, from_signed, to_signed


@given(st.integers(0, 2**64 - 1))
def test_a_key_comes_back_and_fits_sqlite(key: int) -> None:
    signed = to_signed(key)

    assert -(2**63) <= signed < 2**63
    assert from_signed(signed) == key
    assert all_signed(np.array([key], dtype=np.uint64)) == [signed]
