"""A department uploads sheets to a real `yujing serve` that is killed in the middle."""

import csv
import io
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path

import httpx
import pytest

from streams.vault.keys import load
from tests.support.pages import PASSWORD, token_in
from tests.support.running_county import open_county, serving
from tests.support.sheet_office import id_number
from yujing.access.accounts import NewAccount
from yujing.access.roles import Role
from yujing.access.scope import Scope
from yujing.app.serve import ADDRESS_FILE
from yujing.app.uploads.store import RESULT, Upload, Uploads
from yujing.domain.codes import Source
from yujing.storage.sql import open_sqlite

pytestmark = pytest.mark.integration

HEADER = (
    "县", "乡镇", "行政村", "户编号", "与户主关系", "姓名", "证件号码", "人员识别时间",
)  # fmt: skip
COUNTY, TOWNSHIP, VILLAGE = "威宁彝族回族苗族自治县", "龙街镇", "大院村"
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫"


def members(n: int, *, first: int = 0, spoil: int = 0) -> bytes:
    """Return a CSV of members; the first `spoil` rows have a wrong certificate number."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    sure = (i for i in count(first) if not id_number(i).endswith("000"))  # those are asked about
    for i in islice(sure, n):
        number = id_number(i) if i - first >= spoil else "5.22121E+17"
        name = SURNAMES[i % 12] + SURNAMES[i // 12 % 12]
        household = f"52052600{i // 3:08d}"
        relation = "户主" if i % 3 == 0 else "长子"
        writer.writerow(
            (COUNTY, TOWNSHIP, VILLAGE, household, relation, name, number, "2024-03-01")
        )
    return text.getvalue().encode("utf-8-sig")


def make_county(data: Path) -> Path:
    data.mkdir(parents=True)
    with open_county(data, datetime.now(UTC)) as county:
        county.access.accounts.add(
            NewAccount("liu", Role.DEPARTMENT, Scope("520526"), "刘", Source.NATIONAL_MONITORING),
            at=county.now(), by="test", password=PASSWORD, must_change=False,
        )  # fmt: skip
        _ = county.vault
    return data


@contextmanager
def clerk(data: Path) -> Iterator[httpx.Client]:
    """A clerk who is logged in at the running service."""
    address = (data / ADDRESS_FILE).read_text().strip()
    with httpx.Client(base_url=address, timeout=60) as client:
        token = token_in(client.get("/login").text)
        form = {"username": "liu", "password": PASSWORD, "form_token": token}
        assert client.post("/login", data=form).headers["location"] == "/import"
        yield client


def upload(client: httpx.Client, *files: tuple[str, bytes]) -> None:
    token = token_in(client.get("/import").text)
    sent = [("file", (name, content, "text/csv")) for name, content in files]
    assert client.post("/import", data={"form_token": token}, files=sent).status_code == 303


@contextmanager
def looking(data: Path) -> Iterator[Uploads]:
    """The uploads as another process sees them."""
    engine = open_sqlite(data / "vault.sqlite")
    try:
        yield Uploads(engine, load(data.parent / "test.key"))
    finally:
        engine.dispose()


def until(condition: Callable[[], object], seconds: float = 180) -> None:
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def found(uploads: Uploads, number: int) -> Upload:
    upload = uploads.get(number)
    assert upload is not None
    return upload


def outcome(data: Path, number: int) -> tuple[object, ...]:
    """Return what a clerk and the log end up with, without any moment."""
    with looking(data) as uploads:
        upload = found(uploads, number)
        result = b"".join(uploads.pieces(number, RESULT)).decode("utf-8-sig")
    with open_county(data, datetime.now(UTC)) as county:
        facts, members_n = county.log.count(), len(county.state.members)
    return upload.state, upload.told, result, facts, members_n


def delivered_whole(data: Path, content: bytes) -> tuple[object, ...]:
    make_county(data)
    with serving(data), clerk(data) as client, looking(data) as uploads:
        upload(client, ("家庭成员2026-10.csv", content))
        until(lambda: found(uploads, 1).state == "done")
    return outcome(data, 1)


def test_a_service_killed_in_the_middle_ends_the_job_as_if_nothing_had_happened(
    tmp_path: Path,
) -> None:
    content = members(24_000, spoil=3)
    expected = delivered_whole(tmp_path / "whole" / "data", content)
    assert expected[0] == "done"

    data = make_county(tmp_path / "killed" / "data")
    kills = 0
    with looking(data) as uploads:
        for moment in (lambda one: one.state == "running", lambda one: one.rows_done > 3):
            with serving(data) as process:
                if not kills:
                    with clerk(data) as client:
                        upload(client, ("家庭成员2026-10.csv", content))
                until(lambda at=moment: at(found(uploads, 1)))
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
            (data / ADDRESS_FILE).unlink()
            assert found(uploads, 1).state == "running"
        with serving(data):
            until(lambda: found(uploads, 1).state == "done")

    assert outcome(data, 1) == expected
    told = expected[1]
    assert told.counts["rows"] == 24_000  # type: ignore[attr-defined] # a Told
    assert told.counts["rejected"] == 3  # type: ignore[attr-defined] # a Told


@pytest.mark.soak
def test_files_wait_for_a_service_that_was_stopped_and_come_in_their_order(tmp_path: Path) -> None:
    data = make_county(tmp_path / "data")
    with looking(data) as uploads:
        with serving(data), clerk(data) as client:
            files = [
                (f"家庭成员2026-{month}.csv", members(300, first=900 * month))
                for month in (8, 9, 10)
            ]
            upload(client, *files)
        with serving(data), clerk(data) as client:
            until(lambda: all(found(uploads, n).state == "done" for n in (1, 2, 3)))
            page = client.get("/import").text
            result = client.get("/import/2/result")
        done = [found(uploads, n).done_at or 0 for n in (1, 2, 3)]

    assert done == sorted(done)
    assert page.count("共 300 行：已接收 300") == 3
    rows = list(csv.reader(io.StringIO(result.content.decode("utf-8-sig"))))
    assert rows[0][-2:] == ["结果", "原因"]
    assert {tuple(row[-2:]) for row in rows[1:]} == {("已接收", "")}
