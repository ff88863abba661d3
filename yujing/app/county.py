"""One county's open stores; everything that the application does takes one.

Opening takes the lock of an embedded county and nothing else: each store is opened when it is first
asked for, so a command that only touches accounts does not read ten million events. One thread at a
time works with state and log (`busy`).
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from functools import cached_property
from threading import RLock
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import structlog
from sqlalchemy import Engine

from alerts.desk.desk import Desk
from alerts.quality.rows import QualityRows
from models.registry import Registry
from streams.door.derived import Background, know_nobody
from streams.door.door import Door
from streams.door.quality import QualityRules
from streams.log.card_events import CardLog
from streams.log.log import EventLog
from streams.log.scores import ScoreLog
from streams.log.unmatched import Unmatched
from streams.pipeline import Registered
from streams.state.layout import base_month_of
from streams.state.state import State
from streams.vault.deadletters import DeadLetters
from streams.vault.doubles import Doubles
from streams.vault.keys import Keys, load_or_create
from streams.vault.vault import Vault
from yujing.access.access import Access
from yujing.app.memory import FollowingMemory, Memory, OwnMemory
from yujing.app.notices import Notices
from yujing.app.output import Output, Silence
from yujing.app.source_tables import ROOM as SOURCES
from yujing.app.stores import ServerStores, stores_of
from yujing.app.tables import ROOM
from yujing.clock import SystemClock
from yujing.domain.calendar import Calendar
from yujing.domain.policy import Policy
from yujing.domain.region import Regions
from yujing.domain.sources import SourceRegister
from yujing.errors import StorageError
from yujing.ports import Clock
from yujing.settings import SHANGHAI, Settings
from yujing.storage.clickhouse import Client
from yujing.storage.private import private_directory
from yujing.storage.revisions import migrate_sql
from yujing.telemetry.metrics import Metrics
from yujing.telemetry.readiness import Readiness

if TYPE_CHECKING:
    from yujing.app.stream_door import StreamDoor

_LONGEST_TURN_S = 30 * 60  # how long another process may have a turn


class County:
    """The open stores of one county.

    Parameters
    ----------
    settings
        Where the data lies.
    clock
        The only source of time.
    output
        Hears of what takes long.
    """

    def __init__(self, settings: Settings, clock: Clock, output: Output) -> None:
        self.settings = settings
        self.clock = clock
        self.metrics = Metrics()
        self.readiness = Readiness()
        self.busy = RLock()
        self._turns: defaultdict[str, RLock] = defaultdict(RLock)
        self.output = output
        self._closing = ExitStack()
        self._stores = stores_of(settings, self._closing)
        self._known_at = -1
        self._client: Client = None

    @classmethod
    @contextmanager
    def open(
        cls, settings: Settings, output: Output | None = None, *, clock: Clock | None = None
    ) -> "Iterator[County]":
        """Hold the data directory until the block ends.

        Raises
        ------
        DataHeldError
            If another process holds it.
        SettingsError
            If the key does not fit the vault.
        """
        county = cls(settings, clock or SystemClock(), output or Silence())
        with county._stores.holding():
            try:
                yield county
                county.memory.save()
            finally:
                county._closing.close()

    # --- time

    def now(self) -> datetime:
        """Return the present moment, aware, UTC."""
        return self.clock.now()

    def now_s(self) -> int:
        """Return the present moment in whole seconds since 1970."""
        return int(self.clock.now().timestamp())

    @staticmethod
    def moment(seconds: int) -> datetime:
        """Return the moment of seconds since 1970, aware, UTC."""
        return datetime.fromtimestamp(seconds, UTC)

    def today(self) -> date:
        """Return today's date in China."""
        return self.clock.now().astimezone(SHANGHAI).date()

    def stamp(self) -> int:
        """Return the `known_at` for what the door reads now; never before an earlier one."""
        if self._known_at < 0:
            self._known_at = self.log.last_known_at()
        self._known_at = max(self._known_at, self.now_s())
        return self._known_at

    # --- reference data

    @cached_property
    def policy(self) -> Policy:
        """Dated values, the county's own over the shipped ones."""
        return Policy.load(self._own_policy())

    @cached_property
    def calendar(self) -> Calendar:
        """Working days, the county's own over the shipped ones."""
        return Calendar.load(self._own_policy())

    @cached_property
    def source_register(self) -> SourceRegister:
        """What departments promised and may send, the county's own over the shipped one."""
        return SourceRegister.load(self._own_policy())

    @cached_property
    def regions(self) -> Regions:
        """Places of the province."""
        return Regions.load()

    def _own_policy(self) -> Any:
        directory = self.settings.data / "policy"
        return directory if directory.is_dir() else None

    def use_engine(self, engine: Engine) -> None:
        """Put a fenced engine in place of the desk's own, before anything else asks for it."""
        self.__dict__["engine"] = engine

    def use_memory(self, memory: Memory) -> None:
        """Put another memory in place, before anything asks for the state."""
        self.__dict__["memory"] = memory

    @contextmanager
    def turn(self, name: str) -> "Iterator[None]":
        """Hold a name that one thread of one process has at a time; the others wait.

        Raises
        ------
        StorageError
            On servers, if another process holds it for very long.
        """
        began = monotonic()
        with self._turns[name], ExitStack() as held:
            while True:
                try:
                    held.enter_context(self._stores.turn(name))
                    break
                except StorageError:  # the server lets nobody wait longer for a lock
                    if monotonic() - began > _LONGEST_TURN_S:
                        raise
            yield

    def policy_changed(self) -> None:
        """Read the dated values anew when they are next asked for."""
        for name in ("policy", "calendar", "desk", "source_register"):
            self.__dict__.pop(name, None)

    # --- stores

    @cached_property
    def engine(self) -> Engine:
        """The desk database with the tables of all rooms."""
        engine = self._stores.desk()
        migrate_sql(engine, ROOM, SOURCES)
        Access.prepare(engine)
        return engine

    @cached_property
    def access(self) -> Access:
        """Accounts, sessions, tokens, audit."""
        return Access(self.engine)

    @cached_property
    def keys(self) -> Keys:
        """The vault's keys, made at the first start."""
        return load_or_create(self.settings.key_path, data_dir=self.settings.data)

    @cached_property
    def vault_engine(self) -> Engine:
        """The vault's database; on servers that of the desk."""
        return self._stores.vault()

    @cached_property
    def vault(self) -> Vault:
        """Names, ID numbers, phones, notes."""
        return Vault(self.vault_engine, self.keys)

    @cached_property
    def doubles(self) -> Doubles:
        """People who may be registered twice."""
        return Doubles(self.vault_engine, self.keys)

    @cached_property
    def deadletters(self) -> DeadLetters:
        """Rows that could not be taken."""
        return DeadLetters(self.vault_engine, self.keys)

    @cached_property
    def unmatched(self) -> Unmatched:
        """Events of people who are not registered yet."""
        return Unmatched(self.engine)

    @cached_property
    def desk(self) -> Desk:
        """Cards and decisions."""
        return Desk(self.engine, self.policy, self.calendar)

    @cached_property
    def registry(self) -> Registry:
        """Scorecards."""
        return Registry(private_directory(self.settings.data / "models"))

    @cached_property
    def log(self) -> EventLog:
        """The event log."""
        self._client = self._stores.clickhouse()
        with self._stores.turn("tables of the log"):
            return EventLog(self._client)

    @property
    def clickhouse(self) -> Client:
        """The client of the log, for the tables beside it."""
        _ = self.log
        return self._client

    @cached_property
    def score_log(self) -> ScoreLog:
        """The scores of every sweep."""
        return ScoreLog(self.clickhouse)

    @cached_property
    def card_log(self) -> CardLog:
        """The transitions of cards, as boards and reports read them."""
        return CardLog(self.clickhouse)

    @cached_property
    def door(self) -> Door:
        """Where bytes become facts."""
        return Door(self.keys, self.regions, self.rules, self._background)

    @cached_property
    def rules(self) -> QualityRules:
        """The rules of data quality that the door holds rows against."""
        return QualityRules.load()

    @cached_property
    def quality(self) -> QualityRows:
        """Findings by row and household."""
        return QualityRows(self.engine)

    @cached_property
    def stream_door(self) -> "StreamDoor":
        """The way to Kafka, in the distributed shape."""
        from yujing.app.stream_door import StreamDoor  # a use case; it needs this class

        door = StreamDoor(self)
        self._closing.callback(door.close)
        return door

    def _background(self, keys: npt.NDArray[np.uint64]) -> Background:
        """Return what the state knows of persons, and where these and households are registered."""
        rows = self.state.person_rows(keys)
        found, known = know_nobody(keys), rows >= 0
        for name in ("birth", "student", "skill", "region"):  # rows are wide: not whole ones
            getattr(found, name)[known] = self.state.members[name][rows[known]]
        found.home[known] = self.state.members["household"][rows[known]]
        rows = self.state.household_rows(keys)
        known = rows >= 0
        found.region[known] = self.state.households["region"][rows[known]]
        return found

    # --- memory

    @cached_property
    def memory(self) -> Memory:
        """The state in memory, by the shape of the installation."""
        if isinstance(self._stores, ServerStores):
            return FollowingMemory(
                lambda: self.log, lambda: Notices(self.engine), self.settings.partitions,
                self.base_month, self.output,
            )  # fmt: skip
        directory = self.settings.data / "checkpoint"
        return OwnMemory(lambda: self.log, directory, self.base_month, self.output)

    def base_month(self) -> int:
        """Return the first month of the window of this year."""
        return base_month_of(self.today().year)

    @property
    def state(self) -> State:
        """The state of everything in the log."""
        return self.memory.state

    @cached_property
    def registered(self) -> Registered:
        """Who is registered."""
        return Registered(*self.log.registered())

    def rebuilt(self) -> State:
        """Return the state made from the log alone, not put in place."""
        return State.build(self.log.history(), self.base_month())

    def reconcile(self) -> int:
        """Compare memory with the log, load what differs, count it; return how many differed."""
        from yujing.app.reconcile import reconcile  # a use case; it needs this class

        n = reconcile(self)
        if n:
            self.metrics.count("yujing_subjects_reloaded_total", n)
            structlog.get_logger().warning("subjects_reloaded", n=n)
        return n

    def drop_memory(self) -> None:
        """Forget the state after a failure half way; it is made again when it is next asked for."""
        self.memory.drop()
        self.__dict__.pop("registered", None)

    def measure(self) -> None:
        """Set the gauges."""
        self.metrics.set("yujing_members", len(self.state.members))
        self.metrics.set("yujing_households", len(self.state.households))
        self.metrics.set("yujing_log_position", self.log.last_position() or self.log.count())
        self.metrics.set("yujing_unmatched", self.unmatched.count())
        self.metrics.set("yujing_state_bytes", self.state.nbytes + self.state.index.nbytes)
        self.metrics.set("yujing_up", 1)
