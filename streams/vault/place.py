"""Where a sealed field lies: the associated data that keeps it from opening anywhere else."""


def place(table: str, column: str, key: int) -> bytes:
    """Return the associated data of a field.

    Parameters
    ----------
    table, column
        Names in the database.
    key
        Unsigned key of the row, or of the owner of a note.

    Examples
    --------
    >>> place("persons", "name", 7)
    b'persons/name/7'
    """
    return f"{table}/{column}/{int(key)}".encode()
