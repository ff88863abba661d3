"""Dated values from the command line: `yujing policy`."""

import csv
import io
from datetime import date
from pathlib import Path

from yujing.app.county import County
from yujing.app.output import DONE, PARTLY, Output
from yujing.app.requests import Arguments
from yujing.domain.policy import COLUMNS, Policy, PolicyRow, read_rows
from yujing.errors import ReferenceDataError, UsageError
from yujing.storage.private import private_directory

OWN_FILE = "own.csv"
LINE_YEARS_BACK = 3  # labels of the training window need the lines of these years


def list_rows(county: County, arguments: Arguments, output: Output) -> int:
    """Show values by name, place and day."""
    day = date.fromisoformat(arguments["day"]) if arguments["day"] else None
    region = str(arguments["region"])
    for row in county.policy.rows:
        if not row.key.startswith(arguments["key"]):
            continue
        if region and not region.ljust(12, "0").startswith(row.region):
            continue
        if day is not None and not (
            row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)
        ):
            continue
        output.result(shown(row))
    return DONE


def add(county: County, arguments: Arguments, output: Output) -> int:
    """Add a value of the county's own; a file that does not read as a whole is refused."""
    key = str(arguments["key"])
    known = [row for row in county.policy.rows if row.key == key]
    if not known:
        raise UsageError(f"there is no value {key!r}; `yujing policy list` shows all names")
    line = {
        "key": key,
        "region": arguments["region"],
        "valid_from": arguments["valid_from"],
        "valid_to": arguments["valid_to"] or "",
        "value": arguments["value"],
        "unit": arguments["unit"] or known[0].unit,
        "source": arguments["source"],
        "confidence": arguments["confidence"],
    }
    try:
        row = next(iter(read_rows(_csv([line], header=True), "the new row", own=True)))
    except ReferenceDataError as error:
        raise UsageError(str(error)) from None
    if not _places_known(county, row.region):
        raise UsageError(f"there is no place {row.region} in the province")
    _append(private_directory(county.settings.data / "policy") / OWN_FILE, line)
    county.policy_changed()
    output.result(shown(row))
    return DONE


def check(county: County, _arguments: Arguments, output: Output) -> int:
    """Show what is missing or unverified; status 3 when something is missing."""
    findings = missing(county)
    for text in findings:
        output.result({"finding": "missing", "text": text}, text)
    for row in county.policy.unverified():
        text = f"{row.key} for {row.region}: {row.confidence} ({row.source})"
        output.result({"finding": "unverified", **shown(row)}, text)
    return PARTLY if findings else DONE


def missing(county: County) -> list[str]:
    """Return a sentence for each value that this county's year needs and does not have."""
    today = county.today()
    findings = []
    for year in range(today.year - LINE_YEARS_BACK, today.year + 1):
        try:
            county.policy.income_line_fen(0, year)
        except ReferenceDataError as error:
            findings.append(
                f"{error}; yujing policy add income_line AMOUNT --valid-from {year}-01-01"
            )
    findings += county.calendar.warnings([today.year, (today.replace(day=1)).year])
    return list(dict.fromkeys(findings))


def shown(row: PolicyRow) -> dict[str, object]:
    """Return a row as a result."""
    return {
        "key": row.key,
        "region": row.region,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "value": row.value,
        "unit": row.unit,
        "source": row.source,
        "confidence": row.confidence,
        "own": row.own,
    }


def _csv(rows: list[dict[str, object]], *, header: bool) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    if header:
        writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _append(path: Path, line: dict[str, object]) -> None:
    """Write the file anew beside itself and put it in place only if all of it reads."""
    before = path.read_text("utf-8-sig") if path.exists() else _csv([], header=True)
    draft = path.with_name("own.draft")
    draft.write_text(before + _csv([line], header=False), encoding="utf-8")
    try:
        Policy(read_rows(draft.read_text("utf-8"), path.name, own=True))
    except ReferenceDataError as error:
        draft.unlink()
        raise UsageError(str(error)) from None
    draft.replace(path)


def _places_known(county: County, prefix: str) -> bool:
    return len(prefix) < 6 or county.regions.name(int(prefix.ljust(12, "0"))) is not None
