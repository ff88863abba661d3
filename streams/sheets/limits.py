"""How large a sheet may be, so that reading one takes bounded time and memory."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SheetLimits:
    """How much is read.

    Parameters
    ----------
    file_bytes
        Size of the file. A county's 150,000 members in 40 columns take some 30 MB.
    unpacked_bytes
        All parts of an XLSX together after unpacking; 100,000 rows x 17 columns take 90 MB.
    strings_bytes
        The shared texts of an XLSX after unpacking: they are all held in memory.
    ratio, ratio_from_bytes
        Unpacked to packed size, and from which unpacked size it counts; sheets stay below 60.
    parts
        Files inside an XLSX.
    columns
        Last column with anything in it; exports of departments have up to some 200.
    cells
        Rows x columns up to the last cell with anything in it: 16 columns to the last row that a
        sheet can have. 32 bytes each while reading.
    """

    file_bytes: int = 100 * 2**20
    unpacked_bytes: int = 256 * 2**20
    strings_bytes: int = 128 * 2**20
    ratio: int = 300
    ratio_from_bytes: int = 32 * 2**20
    parts: int = 10_000
    columns: int = 1024
    cells: int = 17_000_000
