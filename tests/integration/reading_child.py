"""Read sheets under a limit of memory and of processor time; print what became of each."""

import json
import os
import resource
import sys
from pathlib import Path

from streams.sheets.workbook import read_book, read_bytes
from tests.support.bad_sheets import HEADER
from yujing.errors import UnreadableFileError


def main(more_mb: int, processor_s: int, paths: list[str]) -> None:
    # What is loaded so far is mapped already; the limit is for what reading takes beyond it.
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * os.sysconf("SC_PAGE_SIZE") + more_mb * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (processor_s, processor_s))
    for path in map(Path, paths):
        try:
            book = read_book(read_bytes(path), path.name, known_headers=HEADER)
        except UnreadableFileError as error:
            said = {"en": str(error), "zh": error.zh}
        else:
            (table,) = book.tables
            cells = {column.header: list(column.cells) for column in table.columns}
            said = {"cells": cells, "notes": [note.zh for note in book.notes]}
        print(json.dumps({"name": path.name} | said, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
