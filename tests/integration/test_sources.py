"""Sources on a real county: what came through the HTTP door and files, what is late, the pages."""

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from tests.support.pages import PASSWORD
from tests.support.running_county import ingest, open_county
from yujing.access.accounts import NewAccount
from yujing.access.roles import Role
from yujing.access.scope import Scope
from yujing.access.tokens import TokenGrant
from yujing.app.county import County
from yujing.app.daily import Daily
from yujing.app.http_door import routes as door_routes
from yujing.app.month_close import close_months, gaps_by_month
from yujing.app.output import Collected
from yujing.app.pages import page_routes, services
from yujing.app.reminders import remind, reminders
from yujing.app.requests import Request, perform
from yujing.app.serve import imports_of
from yujing.app.source_register import reports
from yujing.domain.codes import Source
from yujing.domain.days import to_month
from yujing.web.application import application

pytestmark = pytest.mark.integration

CONNECTED = datetime(2026, 9, 20, 1, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
STATUS: dict[str, Any] = {
    "event_type": "employment.monthly_status", "source_system": "employment_platform",
    "source_version": 1, "worked": "yes",
}  # fmt: skip


@pytest.fixture
def county(tmp_path: Path, county_files: list[Path]) -> Iterator[County]:
    with open_county(tmp_path / "data", CONNECTED) as county:
        ingest(county, county_files)
        county.clock.at = NOW  # type: ignore[attr-defined]  # the clock of tests
        yield county


class Asking:
    """Asks the whole application without a server, as one browser."""

    def __init__(self, county: County) -> None:
        routes = [*door_routes(county), *page_routes(county, imports_of(county))]
        self._app, self._cookies = application(services(county), routes), httpx.Cookies()

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://county", cookies=self._cookies
            ) as client:
                answer = await client.request(method, path, **more)
                self._cookies.update(client.cookies)
                return answer

        return asyncio.run(ask())

    def log_in(self, county: County, role: Role, source: Source | None = None) -> None:
        name = f"{role.value}{source.value if source else ''}".replace("_", "")
        county.access.accounts.add(
            NewAccount(name, role, Scope("52"), "某科", source), at=county.now(), by="test",
            password=PASSWORD, must_change=False,
        )  # fmt: skip
        page = self.ask("GET", "/login").text
        found = re.search(r'name="form_token" value="([^"]+)"', page)
        assert found is not None
        form = {"username": name, "password": PASSWORD, "form_token": found[1]}
        assert self.ask("POST", "/login", data=form).status_code == 303


def token_of(county: County, source: Source = Source.EMPLOYMENT_PLATFORM, **more: Any) -> str:
    grant = TokenGrant(source, (), ("52",), **more)
    return county.access.tokens.create(grant, label="就业局接口", at=county.now(), by="test")


def status(county: County, month: str, n: int = 3) -> bytes:
    keys = county.state.members["key"][:n].tolist()
    lines = [
        msgspec.json.encode(STATUS | {
            "source_record_id": f"t-{month}-{key:x}", "person_key": f"{key:016x}",
            "month": month, "occurred_from": f"{month}-01",
        })
        for key in keys
    ]  # fmt: skip
    return b"\n".join(lines)


def post(asking: Asking, token: str, body: bytes) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}"}
    return asking.ask("POST", "/api/v1/events", content=body, headers=headers)


def of(county: County, source: Source = Source.EMPLOYMENT_PLATFORM) -> Any:
    (report,) = reports(county, [source])
    return report


def test_what_is_late_is_reminded_of_once_and_closed_when_it_comes(county: County) -> None:
    october = to_month(date(2026, 10, 1))
    sheet = of(county).feeds[0]
    assert sheet.late == (october - 1, october)  # connected on 20 September

    assert remind(county) > 0
    assert remind(county) == 0
    assert "yujing_source_late_days" in county.metrics.text().decode()
    assert any(one.period == october for one in reminders(county, open_only=True))

    asking = Asking(county)
    answer = post(asking, token_of(county), status(county, "2026-10"))
    assert answer.status_code == 200
    assert answer.text.count('"accepted"') == 3
    assert remind(county) == 0

    assert october not in of(county).feeds[0].missing
    (closed,) = [
        one for one in reminders(county)
        if one.period == october and one.source is Source.EMPLOYMENT_PLATFORM
    ]  # fmt: skip
    assert closed.delivered_at == NOW
    assert of(county).last_at == NOW


def test_a_token_rotated_under_a_sender_leaves_no_gap_and_keeps_to_its_purpose(
    county: County,
) -> None:
    asking, old = Asking(county), token_of(county)
    rotated = Collected()
    number = county.access.tokens.list()[0].id
    perform(county, Request("tokens.rotate", {"number": number, "overlap": 7}), rotated)
    new = str(rotated.results[0]["token"])

    assert post(asking, old, status(county, "2026-10")).status_code == 200
    assert post(asking, new, status(county, "2026-10")).status_code == 200
    county.clock.at = datetime(2026, 12, 1, tzinfo=UTC)  # type: ignore[attr-defined]
    assert post(asking, old, status(county, "2026-10")).status_code == 401
    assert post(asking, new, status(county, "2026-10")).status_code == 200

    opened = msgspec.json.encode({
        "event_type": "category.open", "source_system": "employment_platform",
        "source_record_id": "c-1", "source_version": 1, "occurred_from": "2026-10-01",
        "category": "ex_poor", "person_key": f"{county.state.members['key'][0]:016x}",
    })  # fmt: skip
    refused = post(asking, new, opened)
    assert '"rejected"' in refused.text
    assert "category" not in refused.text
    beyond = token_of(county, beyond_purpose=True)
    assert '"accepted"' in post(asking, beyond, opened).text


def test_the_command_says_everything_of_every_source(county: County) -> None:
    token = token_of(county)
    shown = Collected()

    perform(county, Request("sources.list", {}), shown)

    rows = {row["source"]: row for row in shown.results}
    assert set(rows) == {one.value for one in Source} - {"unknown", "yujing"}
    sheet = rows["employment_platform"]
    assert sheet["tokens"][0]["regions"] == ["52"]  # type: ignore[index]
    assert sheet["rows_30_days"]["read"] == 0  # type: ignore[index]
    assert sheet["completeness"][0]["of"] > 0  # type: ignore[index]
    assert sheet["feeds"][0]["legal_base"]  # type: ignore[index]
    assert token not in msgspec.json.encode(shown.results).decode()
    checked = Collected()
    perform(county, Request("sources.check", {}), checked)
    assert checked.results[0]["reminded"]
    assert len(checked.results) == 7


def test_a_department_sees_its_own_source_only_and_others_all(county: County) -> None:
    remind(county)
    close_months(county)
    office = Asking(county)
    office.log_in(county, Role.DEPARTMENT, Source.EMPLOYMENT_PLATFORM)

    own = office.ask("GET", "/sources").text
    assert "务工月监测" in own
    assert ">晚 " in own
    assert "没有人报的劳动力" in own
    assert office.ask("GET", "/sources/civil_affairs").status_code == 404
    assert office.ask("GET", "/sources/employment_platform").status_code == 200

    operator = Asking(county)
    operator.log_in(county, Role.OPERATOR)
    page = operator.ask("GET", "/sources").text
    assert "民政局" in page
    assert "迟报" in page
    assert operator.ask("GET", "/sources/civil_affairs").status_code == 200
    assert operator.ask("GET", "/sources/nobody").status_code == 404

    worker = Asking(county)
    worker.log_in(county, Role.WORKER)
    assert worker.ask("GET", "/sources").status_code == 404
    nobody = Asking(county)
    nobody.log_in(county, Role.DEPARTMENT)
    assert "还没有登记属于哪个部门" in nobody.ask("GET", "/sources").text


def test_the_service_looks_at_sources_once_a_day(county: County) -> None:
    day = Daily(county)

    assert day.look_at_sources()
    working = int(county.calendar.is_workday(county.today()))
    assert f"yujing_working_day {working}.0" in county.metrics.text().decode()
    assert reminders(county)
    assert gaps_by_month(county)
    assert not day.look_at_sources()
    county.clock.at = NOW + timedelta(days=1)  # type: ignore[attr-defined]
    assert day.look_at_sources()
