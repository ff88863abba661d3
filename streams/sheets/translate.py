"""Tables into events: the names that callers need, in one place."""

from streams.sheets.frame import Frame, Hints, RowFault, read_frame
from streams.sheets.lines import Identities, Lines, lines_of, record_ids_of

__all__ = [
    "Frame",
    "Hints",
    "Identities",
    "Lines",
    "RowFault",
    "lines_of",
    "read_frame",
    "record_ids_of",
]
