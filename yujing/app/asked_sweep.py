"""`yujing sweep` where workers sweep: ask for a cut-off and wait until it is dealt."""

import json
import time
from datetime import date

from sqlalchemy import select

from streams.kafka.offsets import Offsets
from streams.log.position import end_of
from yujing.app.county import County
from yujing.app.cut_offs import CutOffs
from yujing.app.output import Fields, Output
from yujing.app.tables import SWEEP
from yujing.errors import DependencyError
from yujing.storage.sql import reading

PATIENCE_S = 45 * 60  # a cut-off waits half an hour for inputs that are behind
_LOOK_EVERY_S = 1.0


def ask_and_wait(
    county: County, day: date, output: Output, *, patience_s: float = PATIENCE_S
) -> Fields:
    """Ask the workers to sweep and deal a day with all that is known now, and return what they did.

    Raises
    ------
    UsageError
        If a later day was asked for before.
    DependencyError
        If nobody dealt it in time: no worker owns some partition.
    """
    cut_offs = CutOffs(county.engine, county.settings.partitions)
    offsets = Offsets(county.settings)
    ends = {lane: end_of(lane, offset) for lane, offset in offsets.ends().items()}
    offsets.close()
    now = county.now_s()
    cut_offs.ask(day, known_before=now + 1, positions=ends, at=now)
    began = time.monotonic()
    while day in {one.day for one in cut_offs.pending()}:
        if time.monotonic() - began > patience_s:
            raise DependencyError(
                f"{day} is asked for but not dealt after {patience_s:.0f} s: does a worker own "
                "every partition? See yujing doctor"
            )
        n = len(cut_offs.swept(day))
        output.progress(f"workers sweep {day}", n, county.settings.partitions)
        time.sleep(_LOOK_EVERY_S)
    return _noted(county, day)


def _noted(county: County, day: date) -> Fields:
    query = (
        select(SWEEP.c.counts)
        .where(SWEEP.c.as_of == day.isoformat(), SWEEP.c.kind == "deal")
        .order_by(SWEEP.c.id.desc())
    )
    with reading(county.engine) as connection:
        counts = connection.execute(query).scalar()
    return dict(json.loads(counts or "{}"))
