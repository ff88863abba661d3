"""What partitions add to the context of a county's scores, as bytes that owners hand each other."""

import zlib
from collections.abc import Sequence

import msgspec
import numpy as np

from models.features.context import Context, context_from
from models.features.tables import state_context_parts
from models.features.tallies import ContextPart, Tally, ValueTally, merge_contexts
from streams.kafka.bucket import bucket_of
from yujing.app.ordered import OrderedState
from yujing.app.packed import Packed, packed, unpacked
from yujing.app.picture import Picture

_TALLIES = ("employers", "sectors", "townships")
_NOBODY = np.empty(0, dtype=np.uint64)
_NO_TALLY = Tally(_NOBODY, np.empty(0), np.empty(0, dtype=np.int64))
_NOTHING = ContextPart(
    _NO_TALLY, _NO_TALLY, _NO_TALLY, ValueTally(_NOBODY, np.empty(0), np.empty(0, dtype=np.int64))
)


def contexts_of(seen: Picture, partitions: Sequence[int], n_partitions: int) -> dict[int, bytes]:
    """Return what each of some partitions adds to the context, by partition.

    Parameters
    ----------
    seen
        Of at least the households of these partitions.
    """
    state: OrderedState = seen.state
    buckets = bucket_of(np.ascontiguousarray(state.members["household"]), n_partitions)
    found = state_context_parts(state, buckets, as_of=seen.as_of, policy=seen.policy)
    return {p: context_to_bytes(found.get(p, _NOTHING)) for p in partitions}


def context_of_all(contents: Sequence[bytes]) -> Context:
    """Return the context that all partitions of a county make."""
    return context_from(merge_contexts([context_from_bytes(content) for content in contents]))


def context_to_bytes(part: ContextPart) -> bytes:
    """Return what some members add to the context as bytes."""
    arrays = {
        f"{name}.{column}": packed(getattr(getattr(part, name), column))
        for name in (*_TALLIES, "wages")
        for column in _columns(name)
    }
    return zlib.compress(msgspec.msgpack.encode(arrays), 1)


def context_from_bytes(content: bytes) -> ContextPart:
    """Return what `context_to_bytes` wrote."""
    arrays = msgspec.msgpack.decode(zlib.decompress(content), type=dict[str, Packed])
    columns = {
        name: [unpacked(arrays[f"{name}.{column}"]) for column in _columns(name)]
        for name in (*_TALLIES, "wages")
    }
    tallies = {name: Tally(*columns[name]) for name in _TALLIES}
    return ContextPart(**tallies, wages=ValueTally(*columns["wages"]))


def _columns(name: str) -> tuple[str, str, str]:
    return ("keys", "values", "counts") if name == "wages" else ("keys", "sums", "counts")
