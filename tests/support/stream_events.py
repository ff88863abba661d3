"""Events of three people for tests of the door in front of Kafka."""

from typing import Any

from streams.kafka.bucket import bucket_of
from tests.support.wire_events import an_event
from yujing.app.county import County

ANN, BOB, CAI = "520526198001010016", "520526199203041237", "520526197512125523"


def member(record: str, person: str, household: str, **more: Any) -> dict[str, Any]:
    """Return a membership; the person's number says sex and birth."""
    event = an_event(
        "member.upsert", source_record_id=record, id_number=person, household_no=household,
        birth=f"{person[6:10]}-{person[10:12]}-{person[12:14]}", name="欧阳晓峰", **more,
    )  # fmt: skip
    return event | {"sex": "male" if int(person[16]) % 2 else "female"}


def job(record: str, person: str, **more: Any) -> dict[str, Any]:
    """Return the begin of a job."""
    return an_event("employment.start", source_record_id=record, id_number=person, **more)


def other_homes(county: County, n: int) -> list[str]:
    """Return numbers of households of which each is in another partition."""
    found: dict[int, str] = {}
    for number in range(1000):
        key = county.keys.household_keys([f"H-{number}"])
        found.setdefault(int(bucket_of(key, county.settings.partitions)[0]), f"H-{number}")
    return list(found.values())[:n]
