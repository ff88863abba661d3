"""What every event says: which record of which system, about whom, where and when."""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from streams.wire.field import HouseholdNo, IdNumber, Key, RegionCode
from yujing.domain.codes import Op, Precision, ReporterRole, Source

RecordId = Annotated[str, Meta(min_length=1, max_length=128)]
RecordVersion = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Moment = Annotated[datetime, Meta(tz=True)]
Evidence = Annotated[str, Meta(max_length=200)]


class Record(
    Struct,
    tag_field="event_type",
    kw_only=True,
    forbid_unknown_fields=True,
    gc=False,  # nothing decoded from JSON can hold a cycle
):
    """What an event says on both sides of the door."""

    source_system: Source
    source_record_id: RecordId
    source_version: RecordVersion
    op: Op = Op.UPSERT
    schema_version: Literal[1] = 1
    person_key: Key | None = None
    household_key: Key | None = None
    region_code: RegionCode | None = None
    occurred_from: date | None = None
    occurred_to: date | None = None
    precision: Precision = Precision.DAY
    reporter_role: ReporterRole = ReporterRole.UNKNOWN


class Event(Record):
    """Envelope of every event; `known_at` and `position` may not come, the door stamps them."""

    id_number: IdNumber | None = None
    household_no: HouseholdNo | None = None
    reported_at: Moment | None = None
    evidence_ref: tuple[Evidence, ...] = ()
    event_id: Annotated[str, Meta(max_length=128)] | None = None


ENVELOPE_FIELDS = Event.__struct_fields__
