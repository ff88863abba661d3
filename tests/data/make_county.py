"""Make the small data directory that every later release must be able to open.

Run once with the code of a release, from its working tree:

    PYTHONPATH=. .venv/bin/python tests/data/make_county.py tests/data VERSION

It leaves `county-VERSION.tar.xz` (data directory and key) and `county-VERSION.json` (what it says).
"""

import json
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from streams.door.grant import Grant
from tests.support.kept_county import BROKEN, NOTE, NOW, UNMATCHED, content_of
from yujing.app import county as county_module
from yujing.app.answers import Answers
from yujing.app.county import County
from yujing.app.demo import DemoOrder, demo
from yujing.app.feedback import relay
from yujing.app.ingest import ingest_files
from yujing.app.output import Silence
from yujing.app.people import create_token
from yujing.app.policy import add
from yujing.domain.codes import Outcome, Source
from yujing.settings import Settings

ORDER = DemoOrder(households=36, months=24, seed=2)
OWN_VALUE = {
    "key": "cool_down.days", "value": "45", "unit": "", "source": "test", "region": "522632",
    "valid_from": "2026-12-01", "valid_to": "", "confidence": "verified",
}  # fmt: skip
VILLAGE = Grant(source=Source.VILLAGE_REPORT)


class StandingClock:
    def now(self) -> datetime:
        return NOW


def make(folder: Path) -> Settings:
    settings = Settings(
        data=folder / "county", key_file=folder / "county.key", simulated=folder / "simulated"
    )
    county_module.SystemClock = StandingClock  # type: ignore[misc, assignment] # demo() takes none
    demo(settings, ORDER, Silence(), serving=False)
    sent = folder / "kept.ndjson"
    sent.write_bytes(UNMATCHED + b"\n" + BROKEN + b"\n")
    with County.open(settings) as county:
        ingest_files(county, [sent], VILLAGE, Silence())
        card = county.desk.live_cards()[0].id
        county.desk.record_outcome(
            card,
            Outcome.CONFIRMED,
            by="cunganbu",
            at=county.now(),
            role="worker",
            note=county.vault.keep_note(card, NOTE),
        )
        relay(county)
        token = {"source": "village_report", "kinds": [], "regions": ["522632"]}
        create_token(county, {**token, "backfill": False, "label": "kept"}, Silence())
        Answers(county.engine).keep("token", "key", "00", 200, b"{}", at=county.now_s())
        add(county, OWN_VALUE, Silence())
        _drop_old_parts(county)
    return settings


def _drop_old_parts(county: County) -> None:
    """Note which parts the engine merged away; it would keep them for minutes."""
    client = county._client
    rows = client.query("SELECT path FROM system.parts WHERE NOT active").result_rows
    merged = [Path(path) for (path,) in rows]
    county._closing.callback(lambda: [shutil.rmtree(path, ignore_errors=True) for path in merged])


@contextmanager
def temporary() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="kept-county-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def main(into: Path, version: str) -> None:
    with temporary() as folder:
        settings = make(folder)
        with County.open(settings) as county:
            content = content_of(county)
            _drop_old_parts(county)
        for left in ("results", "tmp", "lock", "demo-logins.json"):
            path = settings.data / left
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        with tarfile.open(into / f"county-{version}.tar.xz", "w:xz") as archive:
            archive.add(settings.data, "county")
            archive.add(settings.key_path, "county.key")
    lines = [f"{json.dumps(key)}: {_json(content[key])}" for key in sorted(content)]
    page = "{\n" + ",\n".join(lines) + "\n}\n"
    (into / f"county-{version}.json").write_text(page, encoding="utf8")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), sys.argv[2])
