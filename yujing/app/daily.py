"""What `serve` does by itself: the day's sweep and deal at the set time, and the upkeep.

In the distributed shape workers sweep and deal; here what the desk has to tell is sent, and the
state of the pages follows the log.
"""

from datetime import date, datetime, time
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

import structlog

from yujing.app.boards import check_boards, refresh_boards
from yujing.app.county import County
from yujing.app.doubles import look_for_doubles, send_links
from yujing.app.feedback import relay
from yujing.app.month_close import close_months
from yujing.app.output import Silence
from yujing.app.reds import deal_reds
from yujing.app.reminders import remind
from yujing.app.report_reminders import remind_of_reports
from yujing.app.sweep import last_deal_day, sweep
from yujing.errors import StorageError
from yujing.settings import SHANGHAI

if TYPE_CHECKING:
    from streams.kafka.offsets import Offsets
from yujing.storage.allocator import give_back

_LET_IN_EVERY_S = 60.0  # two doors rarely meet over one newcomer
_BOARDS_EVERY_S = 60.0  # a leader does not look again within a minute
_LOOK_EVERY_S = 5.0  # a visit recorded on a page is a fact this much later


def due(now: datetime, deal_at: time, last: date | None) -> bool:
    """Return whether today's deal is still to be made.

    Parameters
    ----------
    now
        Aware.
    deal_at
        Time of the deal in China.
    last
        Day of the last deal.

    Examples
    --------
    >>> from datetime import UTC
    >>> due(datetime(2026, 11, 24, 23, 30, tzinfo=UTC), time(7), date(2026, 11, 24))
    True
    """
    local = now.astimezone(SHANGHAI)
    return local.time() >= deal_at and (last is None or last < local.date())


class Daily:
    """The thread that makes the day's deal.

    Parameters
    ----------
    county
        The open data.
    """

    def __init__(self, county: County) -> None:
        self._county = county
        self._stopped = Event()
        self._let_in_at = 0.0
        self._boards_at = 0.0
        self._looked_on: date | None = None
        self._offsets: Offsets | None = None
        self._looked_at_sources: date | None = None
        self._thread = Thread(target=self._run, name="daily", daemon=True)

    def start(self) -> None:
        """Begin to look at the clock."""
        self._thread.start()

    def alive(self) -> bool:
        """Return whether the clock is looked at."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Stop looking; a sweep under way ends first."""
        self._stopped.set()
        self._thread.join()
        if self._offsets is not None:
            self._offsets.close()

    def _run(self) -> None:
        while True:
            try:
                self.look()
                self.look_at_sources()
            except Exception:
                # the service goes on: the next look tries again, the log and a metric tell of it
                structlog.get_logger().exception("sweep_failed")
                self._county.metrics.count("yujing_errors_total", where="daily")
            if self._stopped.wait(_LOOK_EVERY_S):
                return

    def look(self) -> bool:
        """Bring visits to the log, and make today's deal if it is time; return whether it was."""
        county = self._county
        if county.settings.distributed:
            self._follow()
            return False
        with county.busy:
            deal_reds(county, relay(county))
        self._refresh_boards()
        if not due(county.now(), county.settings.deal_at, last_deal_day(county)):
            return False
        if not len(county.state.members):
            return False
        sweep(county, None, Silence())
        check_boards(county)
        give_back()
        return True

    def look_at_sources(self) -> bool:
        """Once a day remind of what is late and close months; return whether it was done now.

        In the distributed shape every such process does so: what one said the others do not repeat.
        """
        county = self._county
        if not due(county.now(), county.settings.deal_at, self._looked_at_sources):
            return False
        if county.settings.distributed and not self._kafka_answers():
            return False
        remind(county)
        remind_of_reports(county)
        close_months(county)
        self._looked_at_sources = county.today()
        return True

    def _follow(self) -> None:
        """Send what the desk has to tell, let in who came through another door, read the news."""
        county = self._county
        if self._kafka_answers():
            relay(county)
            if monotonic() >= self._let_in_at:
                county.stream_door.let_in()
                send_links(county)
                self._let_in_at = monotonic() + _LET_IN_EVERY_S
        with county.busy:
            _ = county.state
        self._refresh_boards()
        if due(county.now(), county.settings.deal_at, self._looked_on):
            look_for_doubles(county)  # several processes may: the same pairs are found once
            check_boards(county)
            self._looked_on = county.today()

    def _refresh_boards(self) -> None:
        if monotonic() < self._boards_at:
            return
        refresh_boards(self._county)
        self._boards_at = monotonic() + _BOARDS_EVERY_S

    def _kafka_answers(self) -> bool:
        """Ask Kafka something, and tell `/ready` whether it answered."""
        from streams.kafka.offsets import Offsets  # Kafka's client: only where it is used

        reason = ""
        if self._offsets is None:
            self._offsets = Offsets(self._county.settings)
        try:
            self._offsets.ends([0])
        except StorageError as error:
            reason = str(error)
        self._county.readiness.report("kafka", reason)
        return not reason
