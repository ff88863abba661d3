"""Bytes to validated facts on one core, beside msgspec structs in a dict checked one by one.

Run with `python -m benchmarks.door [rows]`. Both contestants must accept the same rows, and say of
each the same type, day, amount and person, or the bench fails.
"""

import gc
import hashlib
import hmac
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import numpy as np

from benchmarks.figure import Figure, median_seconds
from streams.door.decoding import _decoder
from streams.door.door import Door
from streams.door.grant import Grant
from streams.door.quality import QualityRules
from streams.door.reading import Reading
from streams.vault.keys import Keys
from streams.wire.catalogue import EVENT_TYPES
from yujing.domain.days import EPOCH
from yujing.domain.region import Regions

BATCH = 10_000
SECRET = bytes(range(32))
NOW = datetime(2026, 6, 30, tzinfo=UTC)
MONEY = ["wage_fen", "amount_fen", "self_pay_fen"]
AMOUNTS = ("wage_month", "amount", "fund", "self_pay")  # the fields behind them
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
MIX = {  # events a month for 1,000 labourers, in the proportions of the domain's catalogue
    "employment.monthly_status": 1000,
    "insurance.payment": 900,
    "medical.settlement": 45,
    "employment.start": 35,
    "employment.end": 33,
    "migration.depart": 30,
    "migration.return": 30,
    "insurance.status": 20,
}
PAYLOADS: dict[str, dict[str, Any]] = {
    "employment.monthly_status": {
        "month": "2026-05", "worked": "yes", "area": "out_of_province", "form": "unit",
        "work_region": "440300", "industry": "electronics", "wage_month": 4500, "days_worked": 26,
        "channel": "relatives", "employer": "厂",
    },
    "insurance.payment": {
        "insurance": "110", "month": "2026-05", "amount": 320.55, "payer": "employer",
        "base_month": 4007.5,
    },
    "medical.settlement": {"treatment": "inpatient", "total": 800, "fund": 500, "self_pay": 150.5},
    "employment.start": {
        "area": "county", "form": "flexible", "wage_month": 3000, "channel": "self",
        "industry": "construction", "contract": "no", "organised": "no",
    },
    "employment.end": {"reason": "project_end", "wage_month": 3000, "arrears": "no"},
    "migration.depart": {"work_region": "440300", "area": "out_of_province", "organised": "yes"},
    "migration.return": {"reason": "laid_off", "intent": "undecided", "work_region": "440300"},
    "insurance.status": {"insurance": "110", "status": "suspend", "month": "2026-05"},
}  # fmt: skip


def id_number(n: int) -> str:
    """Return a valid ID number of an imagined person."""
    born = date(1960, 1, 1) + timedelta(days=n * 7 % 16_000)
    digits = f"520526{born:%Y%m%d}{n % 1000:03d}"
    return (
        digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11]
    )


def lines(n: int) -> list[bytes]:
    """Return `n` rows of which 1 % have a wrong check digit."""
    rng = np.random.default_rng(7)
    names = list(MIX)
    kinds = rng.choice(len(names), n, p=np.array(list(MIX.values())) / sum(MIX.values()))
    villages = Regions.load().under(520526000000, "village")
    people = [id_number(at) for at in range(max(n // 3, 1))]
    out = []
    for row, kind in enumerate(kinds.tolist()):
        person = int(rng.integers(len(people)))
        number = people[person]
        if row % 100 == 0:
            number = number[:17] + ("0" if number[17] != "0" else "1")
        event = {
            "event_type": names[kind],
            "source_system": "employment_platform",
            "source_record_id": f"E-{row:09d}",
            "source_version": 1,
            "id_number": number,
            "region_code": str(villages[person % len(villages)]),
            "occurred_from": f"2026-05-{person % 28 + 1:02d}",
            "precision": "month",
            "reported_at": "2026-06-03T09:00:00+08:00",
            **PAYLOADS[names[kind]],
        }
        if names[kind] == "employment.monthly_status":
            event["employer"] = f"某某电子有限公司{person % 500}"
        out.append(msgspec.json.encode(event))
    return out


def baseline(rows: list[bytes]) -> dict[str, Any]:
    """Decode into objects, check one by one, keep in a dict."""
    decode = _decoder().decode
    latest = (NOW + timedelta(days=31)).date()
    found: dict[str, Any] = {}
    for line in rows:
        try:
            event = decode(line)
        except msgspec.DecodeError:
            continue
        number = event.id_number
        total = sum(int(d) * w for d, w in zip(number[:17], WEIGHTS, strict=True))
        if "10X98765432"[total % 11] != number[17]:
            continue
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
        if not born < event.occurred_from <= latest:
            continue
        key = hmac.digest(SECRET, number.encode(), hashlib.sha256)[:8]
        found[event.source_record_id] = (key, event)
    return found


# Record, kind, first day, amount in fen and key of the person of an accepted row.
Accepted = tuple[str, int, int, int, int]


def digest(rows: Iterable[Accepted]) -> str:
    """Return the digest of accepted rows; a person counts as the first record that names them.

    The contestants' keys of a person differ, so they are not compared.
    """
    first: dict[int, str] = {}
    total = hashlib.sha256()
    for record, kind, day, fen, person in sorted(rows):
        line = (record, kind, day, fen, first.setdefault(person, record))
        total.update(repr(line).encode())
    return total.hexdigest()


def accepted(reading: Reading) -> Iterable[Accepted]:
    """Return what the door said of the rows that it accepted."""
    columns = [reading.facts[name].tolist() for name in ("kind", "occurred_from")]
    known = [np.maximum(reading.facts[name], 0) for name in MONEY]  # unknown is the lowest number
    fen = np.sum(known, axis=0).tolist()
    return zip(reading.record_ids, *columns, fen, reading.facts["subject"].tolist(), strict=True)


def accepted_plain(found: dict[str, Any]) -> Iterator[Accepted]:
    """Return the same of what the baseline kept."""
    kinds = {event_type.struct: event_type.kind for event_type in EVENT_TYPES}
    for record, (key, event) in found.items():
        amounts = [getattr(event, name, None) or 0 for name in AMOUNTS]
        fen = sum(round(float(amount) * 100) for amount in amounts)
        day = event.occurred_from.toordinal() - EPOCH.toordinal()
        yield record, kinds[type(event)], day, fen, int.from_bytes(key, "big")


def main() -> None:
    """Measure both and print the figure."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    rows = lines(n)
    keys = Keys(SECRET)
    door = Door(keys, Regions.load(), QualityRules.load())
    known_at = int(NOW.timestamp())
    batches = [rows[start : start + BATCH] for start in range(0, n, BATCH)]

    readings = (door.read(b, grant=Grant(), known_at=known_at) for b in batches)  # also compiles
    ours_say = digest(row for reading in readings for row in accepted(reading))
    if ours_say != digest(accepted_plain(baseline(rows))):
        raise SystemExit("the contestants differ")
    gc.freeze()
    start = time.process_time()
    wall = median_seconds(
        lambda: [door.read(b, grant=Grant(), known_at=known_at) for b in batches], repeats=5
    )
    cores = (time.process_time() - start) / (5 * wall)
    ours, theirs = n / wall, n / median_seconds(lambda: baseline(rows), repeats=3)
    print(Figure("door", round(ours), "events/s", round(theirs), round(ours / theirs, 2)).line())
    print(f"{cores:.2f} cores in use", file=sys.stderr)


if __name__ == "__main__":
    main()
