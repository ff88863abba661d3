"""Dead letters in the distributed shape: stamped events go back, lines go through the door."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine

from streams.door.reason import reason
from streams.kafka.messages import Message
from streams.pipeline import Outcome
from tests.support.bad_input import FewStores, a_line
from yujing.app import stream_door
from yujing.app.bad_messages import standpoint_of
from yujing.app.deadletters import replay
from yujing.app.intake import Taken
from yujing.app.output import DONE, PARTLY, Collected
from yujing.domain.codes import Source
from yujing.errors import UsageError


class FakeDoor:
    """Takes lines that begin like a JSON object, and keeps what is sent."""

    def __init__(self, sent: list[Message], lines: list[tuple[Any, bytes]]) -> None:
        self.sent, self.lines = sent, lines
        self.producer = SimpleNamespace(send=self.send)

    def send(self, messages: Iterable[Message]) -> None:
        self.sent += messages

    def close(self) -> None:
        """Close nothing."""


class FakeSending:
    """What `Sending` does, without Kafka."""

    def __init__(self, _county: object, door: FakeDoor, grant: Any, _origin: str) -> None:
        self._door, self._grant = door, grant

    def take(self, lines: list[bytes], *, first_row: int) -> Taken:
        assert first_row >= 0
        self._door.lines.append((self._grant.source, lines[0]))
        good = lines[0].startswith(b"{")
        why = reason("not_json")
        rejects = [] if good else [SimpleNamespace(row=0, reason=why.en, reason_zh=why.zh)]
        outcomes = np.array([Outcome.ACCEPTED if good else Outcome.REJECTED], dtype=np.uint8)
        return Taken(outcomes, rejects, [])  # type: ignore[arg-type]


class Province(FewStores):
    """Stores of the distributed shape."""

    settings = SimpleNamespace(distributed=True)


@pytest.fixture
def province(
    sql_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> tuple[Any, list[Message], list[tuple[Any, bytes]]]:
    sent: list[Message] = []
    lines: list[tuple[Any, bytes]] = []
    monkeypatch.setattr(stream_door, "StreamDoor", lambda _county: FakeDoor(sent, lines))
    monkeypatch.setattr(stream_door, "Sending", FakeSending)
    return Province(sql_engine), sent, lines


def outcomes(county: Any, **arguments: Any) -> tuple[int, list[Any]]:
    output = Collected()
    status = replay(county, {"numbers": [], **arguments}, output)
    return status, [result["outcome"] for result in output.results]


def waiting(county: Any) -> list[str]:
    return [letter.file for letter in county.deadletters.list()]


def test_a_stamped_event_goes_back_to_its_partition_once_it_can_be_read(province: Any) -> None:
    county, sent, lines = province
    good, bad = a_line("r"), b"{}"
    for offset, raw in enumerate((good, bad)):
        file = f"employment-events/3/{offset}[2]"
        county.deadletters.keep("social_insurance", file, 3, "why", raw, at=1)

    assert outcomes(county) == (PARTLY, ["accepted", "rejected"])
    assert [(m.topic, m.partition, m.value, m.headers, m.n_events) for m in sent] == [
        ("employment-events", 3, good, [("source", b"social_insurance")], 1)
    ]
    assert lines == []
    assert waiting(county) == ["employment-events/3/1[2]"]


def test_a_row_of_a_door_goes_through_the_door_as_its_source(province: Any) -> None:
    county, sent, lines = province
    county.deadletters.keep("social_insurance", "March.xlsx", 3, "why", b"{1", at=1)
    county.deadletters.keep("unknown", "x", 1, "why", b"still no JSON", at=1)

    assert outcomes(county) == (PARTLY, ["accepted", "rejected"])
    assert lines == [(Source.SOCIAL_INSURANCE, b"{1"), (None, b"still no JSON")]
    assert waiting(county) == ["x"]
    assert sent == []


def test_a_mended_line_goes_through_the_door_for_one_letter(province: Any) -> None:
    county, sent, lines = province
    county.deadletters.keep(
        "social_insurance", "employment-events/3/7[0]", 1, "why", b"rubbish", at=1
    )

    with pytest.raises(UsageError, match="name its number"):
        outcomes(county, mended="{}")
    assert outcomes(county, numbers=[1], mended='{"event_type":"x"}\n') == (DONE, ["accepted"])
    assert lines == [(Source.SOCIAL_INSURANCE, b'{"event_type":"x"}')]
    assert waiting(county) == sent == []
    with pytest.raises(UsageError, match="no dead letter 5"):
        outcomes(county, numbers=[5])


def test_only_places_in_input_topics_are_places() -> None:
    stood = standpoint_of("feedback-events/47/99999999999[4095]")
    assert stood is not None
    assert str(stood) == "feedback-events/47/99999999999[4095]"
    for file in ("", "March.xlsx", "risk-scores/1/2[3]", "employment-events/1/2", "a/1/2[3]x"):
        assert standpoint_of(file) is None
