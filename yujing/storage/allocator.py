"""Memory that large answers took for a moment, given back to the system."""

import ctypes


def give_back() -> None:
    """Give freed memory back; the C library and Arrow keep it for later otherwise.

    Costs milliseconds: for after a start or a sweep, not for every request.
    """
    import pyarrow as pa  # 0.15 s: whoever calls has read from the log and paid already

    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc alone has it
    if trim is not None:
        trim(0)
