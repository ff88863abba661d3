"""The HTTP door on a real county: what is answered to good, bad and repeated requests."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from starlette.applications import Starlette
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from tests.support.running_county import ingest, lines_of, open_county
from yujing.access.tokens import TokenGrant
from yujing.app import health
from yujing.app.county import County
from yujing.app.explain import shown
from yujing.app.health import watch_stores
from yujing.app.http_door import routes
from yujing.domain.codes import Source

pytestmark = pytest.mark.integration

NDJSON = "application/x-ndjson"
REPORT: dict[str, Any] = {
    "event_type": "hardship.report",
    "source_system": "village_report",
    "source_version": 1,
    "risks": ["illness"],
}


class TestClient:
    """Asks an application without a server."""

    __test__ = False

    def __init__(self, app: Starlette) -> None:
        self._app = app

    def get(self, path: str) -> httpx.Response:
        return self.request("GET", path)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.request("POST", path, **more)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
                return await client.request(method, path, **more)

        return asyncio.run(ask())


class Caller:
    """A source with a token."""

    def __init__(self, client: TestClient, token: str) -> None:
        self._client = client
        self._token = token

    def post(self, body: bytes, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.post(
            "/api/v1/events",
            content=body,
            headers={"Authorization": f"Bearer {self._token}", **named},
        )

    def rows(self, *events: dict[str, Any], **headers: str) -> tuple[int, list[dict[str, Any]]]:
        answer = self.post(b"\n".join(msgspec.json.encode(event) for event in events), **headers)
        return answer.status_code, [
            msgspec.json.decode(line) for line in answer.content.splitlines()
        ]


@pytest.fixture(scope="module")
def county(county_files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    data = tmp_path_factory.mktemp("door") / "county"
    with open_county(data, body_bytes=200_000, rows_per_minute=5_000) as county:
        ingest(county, county_files[:8])
        yield county


@pytest.fixture(scope="module")
def household(county_files: list[Path]) -> dict[str, str]:
    for line in lines_of(county_files[:1]):
        event = msgspec.json.decode(line)
        if event["event_type"] == "member.upsert":
            return {name: event[name] for name in ("household_no", "region_code", "id_number")}
    raise AssertionError("no member in the first file")


@pytest.fixture(scope="module")
def client(county: County) -> TestClient:
    return TestClient(Starlette(routes=routes(county)))


def caller(county: County, client: TestClient, **more: Any) -> Caller:
    grant = TokenGrant(Source.VILLAGE_REPORT, more.pop("kinds", ()), ("52",), **more)
    token = county.access.tokens.create(grant, label="test", at=county.now(), by="test")
    return Caller(client, token)


def report(household: dict[str, str], record: str, **more: Any) -> dict[str, Any]:
    return REPORT | {
        "source_record_id": record,
        "id_number": household["id_number"],
        "region_code": household["region_code"],
        "occurred_from": "2026-11-22",
        **more,
    }


def test_each_row_gets_a_line_in_order(
    county: County, client: TestClient, household: dict[str, str]
) -> None:
    sender = caller(county, client)
    nobody = report(household, "r-3") | {"id_number": "520202199001011235"}

    status, rows = sender.rows(
        report(household, "r-1"),
        {"event_type": "no.such"},
        report(household, "r-1"),
        report(household, "r-1", risks=["disaster"]),
        nobody,
    )

    assert status == 200
    assert [row["row"] for row in rows] == [1, 2, 3, 4, 5]
    outcomes = [row["outcome"] for row in rows]
    assert outcomes == ["accepted", "rejected", "duplicate", "conflict", "unmatched"]
    assert rows[1]["reason"]
    assert rows[1]["reason_zh"]


def test_a_report_of_hardship_opens_a_card_at_once(
    county: County, client: TestClient, household: dict[str, str]
) -> None:
    sender = caller(county, client)
    sender.rows(report(household, "urgent", occurred_from="2026-11-23"))
    key = int(county.keys.household_keys([household["household_no"]])[0])

    assert key in {card.household for card in county.desk.live_cards()}


def test_an_array_is_taken_like_lines(
    county: County, client: TestClient, household: dict[str, str]
) -> None:
    answer = caller(county, client).post(
        msgspec.json.encode([report(household, "a-1"), report(household, "a-2")])
    )

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(NDJSON)
    assert len(answer.content.splitlines()) == 2


@pytest.mark.parametrize("body", [b"", b"\n \n", b"[1, ", b"[]", b"[{]"])
def test_a_body_without_rows_is_refused(county: County, client: TestClient, body: bytes) -> None:
    assert caller(county, client).post(body).status_code == 400


def test_a_body_of_which_nothing_could_be_read_is_answered_400_row_by_row(
    county: County, client: TestClient
) -> None:
    answer = caller(county, client).post(b"hello\n\xff\xfe\n")

    assert answer.status_code == 400
    assert [msgspec.json.decode(line)["outcome"] for line in answer.content.splitlines()] == [
        "rejected",
        "rejected",
    ]


def test_a_large_body_is_refused(county: County, client: TestClient) -> None:
    assert caller(county, client).post(b"x" * 200_001).status_code == 413


def test_a_large_body_that_hides_its_length_is_refused(county: County, client: TestClient) -> None:
    sender = caller(county, client)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b"x" * 1000

    answer = client.post(
        "/api/v1/events",
        content=pieces(),
        headers={"Authorization": f"Bearer {sender._token}"},
    )
    assert answer.status_code == 413


def test_who_posts_too_much_is_told_when_to_come_again(county: County, client: TestClient) -> None:
    sender = caller(county, client)
    statuses = [sender.post(b"{}\n" * 4_000) for _ in range(3)]

    assert [answer.status_code for answer in statuses] == [200, 200, 429]
    assert int(statuses[2].headers["retry-after"]) > 0


@pytest.mark.parametrize("value", ["", "Basic x", "Bearer ", "Bearer yj_unknown"])
def test_without_a_valid_token_nothing_is_read(client: TestClient, value: str) -> None:
    answer = client.post("/api/v1/events", content=b"{}", headers={"Authorization": value})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_token_sends_only_what_it_may(
    county: County, client: TestClient, household: dict[str, str]
) -> None:
    sender = caller(county, client, kinds=("employment.start",))

    _, rows = sender.rows(
        report(household, "g-1"),
        report(household, "g-2", source_system="self_report"),
    )

    assert [row["outcome"] for row in rows] == ["rejected", "rejected"]


def test_the_same_key_gives_the_same_answer_and_takes_nothing_twice(
    county: County, client: TestClient, household: dict[str, str]
) -> None:
    sender = caller(county, client)
    body = msgspec.json.encode(report(household, "i-1"))

    first = sender.post(body, Idempotency_Key="k1")
    position = county.log.last_position()
    again = sender.post(body, Idempotency_Key="k1")
    other = sender.post(body + b"\n" + body, Idempotency_Key="k1")
    of_another = caller(county, client).post(body, Idempotency_Key="k1")

    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert county.log.last_position() == position
    assert other.status_code == 422
    assert b"duplicate" in of_another.content


def test_a_key_must_be_short_and_a_body_plain(county: County, client: TestClient) -> None:
    sender = caller(county, client)

    assert sender.post(b"{}", Idempotency_Key="k" * 201).status_code == 400
    assert sender.post(b"{}", Content_Encoding="gzip").status_code == 415


def test_the_document_health_and_metrics(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()

    assert "/api/v1/events" in document["paths"]
    assert client.get("/health").json() == {"status": "ok", "parts": {}}
    assert client.get("/ready").json() == {"status": "ready", "parts": {}}
    assert "yujing_rows_total" in client.get("/metrics").text
    assert client.get("/api/v1/events").status_code == 405


def test_rejected_rows_wait_as_dead_letters(county: County, client: TestClient) -> None:
    before = len(county.deadletters.list())
    caller(county, client).rows({"event_type": "no.such", "x": 1})

    assert len(county.deadletters.list()) == before + 1


def test_a_trace_leads_from_the_request_to_the_fact(
    county: County, client: TestClient, household: dict[str, str]
) -> None:
    with capture_logs(processors=[merge_contextvars]) as logged:
        answer = caller(county, client).post(
            msgspec.json.encode(report(household, "traced-1")), X_Trace_Id="00f067aa0ba902b7"
        )
        made = caller(county, client).post(b"{}")
    batch = next(line for line in logged if line["event"] == "batch")
    key = county.keys.person_keys([household["id_number"]])
    facts = county.log.facts_of(key)
    (fact,) = facts[facts["position"] == facts["position"].max()]

    assert answer.headers["X-Trace-Id"] == batch["trace"] == "00f067aa0ba902b7"
    assert batch["accepted"] == 1
    assert any(low <= int(fact["position"]) <= high for low, high in batch["positions"])
    assert shown(fact)["position"] == int(fact["position"])
    assert len(made.headers["X-Trace-Id"]) == 16
    assert made.headers["X-Trace-Id"] != "00f067aa0ba902b7"


def test_a_store_that_is_away_makes_the_process_unready(
    county: County, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch_stores(county)
    assert client.get("/ready").json() == {
        "status": "ready",
        "parts": {"desk": "ok", "vault": "ok", "disk": "ok"},
    }
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 2**70)

    answer = client.get("/ready")
    assert answer.status_code == 503
    assert "MiB free" in answer.json()["parts"]["disk"]
    scraped = client.get("/metrics").text
    assert "yujing_ready 0.0" in scraped
    assert re.search(r"^yujing_state_bytes [1-9]", scraped, re.MULTILINE)
    assert client.get("/health").status_code == 200
