"""One county's open data directory; everything that the application does takes one.

Opening takes the lock and nothing else: each store is opened when it is first asked for, so a
command that only touches accounts does not read ten million events. One thread at a time works
with state and log (`busy`).
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from functools import cached_property
from threading import RLock
from typing import Any

import structlog
from sqlalchemy import Engine

from alerts.desk.desk import Desk
from models.registry import Registry
from streams.door.door import Door
from streams.door.quality import QualityRules
from streams.log.log import EventLog
from streams.log.unmatched import Unmatched
from streams.pipeline import Registered
from streams.state import checkpoint
from streams.state.layout import base_month_of
from streams.state.state import State
from streams.vault.deadletters import DeadLetters
from streams.vault.keys import Keys, load_or_create
from streams.vault.vault import Vault
from yujing.access.access import Access
from yujing.app.output import Output, Silence
from yujing.clock import SystemClock
from yujing.domain.calendar import Calendar
from yujing.domain.policy import Policy
from yujing.domain.region import Regions
from yujing.ports import Clock
from yujing.settings import SHANGHAI, Settings
from yujing.storage.clickhouse import connect
from yujing.storage.lock import hold
from yujing.storage.migration import SqliteStore, migrate, read_migrations
from yujing.storage.private import private_directory
from yujing.storage.sqlite import open_engine
from yujing.telemetry import Metrics

_ROWS_WORTH_A_CHECKPOINT = 200_000   # folding this many anew at the next start takes about a second


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
        self.busy = RLock()
        self._output = output
        self._closing = ExitStack()
        self._checkpointed = 0
        self._known_at = -1

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
        with hold(settings.data):
            county = cls(settings, clock or SystemClock(), output or Silence())
            try:
                yield county
                county.save()
            finally:
                county._closing.close()

    # --- time

    def now(self) -> datetime:
        """Return the present moment, aware, UTC."""
        return self.clock.now()

    def now_s(self) -> int:
        """Return the present moment in whole seconds since 1970."""
        return int(self.clock.now().timestamp())

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
    def regions(self) -> Regions:
        """Places of the province."""
        return Regions.load()

    def _own_policy(self) -> Any:
        directory = self.settings.data / "policy"
        return directory if directory.is_dir() else None

    def policy_changed(self) -> None:
        """Read the dated values anew when they are next asked for."""
        for name in ("policy", "calendar"):
            self.__dict__.pop(name, None)

    # --- stores

    @cached_property
    def engine(self) -> Engine:
        """The desk database with the tables of all rooms."""
        engine = open_engine(self.settings.data / "desk.sqlite")
        self._closing.callback(engine.dispose)
        migrate(SqliteStore(engine), read_migrations("app", "yujing.app"))
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
    def _vault_engine(self) -> Engine:
        engine = open_engine(self.settings.data / "vault.sqlite")
        self._closing.callback(engine.dispose)
        return engine

    @cached_property
    def vault(self) -> Vault:
        """Names, ID numbers, phones, notes."""
        return Vault(self._vault_engine, self.keys)

    @cached_property
    def deadletters(self) -> DeadLetters:
        """Rows that could not be taken."""
        return DeadLetters(self._vault_engine, self.keys)

    @cached_property
    def unmatched(self) -> Unmatched:
        """Events of people who are not registered yet."""
        return Unmatched(self.engine)

    @cached_property
    def desk(self) -> Desk:
        """Cards and decisions."""
        return Desk(self.engine)

    @cached_property
    def registry(self) -> Registry:
        """Scorecards."""
        return Registry(private_directory(self.settings.data / "models"))

    @cached_property
    def log(self) -> EventLog:
        """The event log."""
        data = self.settings.data
        client = connect(data / "log", data / "tmp", memory_bytes=self.settings.memory_bytes)
        self._closing.callback(client.close)
        return EventLog(client)

    @cached_property
    def door(self) -> Door:
        """Where bytes become facts."""
        return Door(self.keys, self.regions, QualityRules.load())

    # --- memory

    @cached_property
    def state(self) -> State:
        """The state of everything in the log: the last checkpoint and what came after it."""
        base_month = base_month_of(self.today().year)
        kept = checkpoint.load(self.settings.data / "checkpoint")
        if kept is not None and kept[0].base_month == base_month:
            state, self._checkpointed = kept
            self._fold_since(state, self._checkpointed)
            return state
        self._output.progress("folding the log", 0, None)
        self._checkpointed = 0
        return State.build(self.log.history(), base_month)

    def _fold_since(self, state: State, position: int) -> None:
        if self.log.last_position() <= position:
            return
        rows = self.log.since(position)
        state.absorb(rows, state.judge(rows, self.log), self.log)

    @cached_property
    def registered(self) -> Registered:
        """Who is registered."""
        return Registered(*self.log.registered())

    def save(self) -> None:
        """Keep a checkpoint if enough has come since the last one to be worth it."""
        if "state" not in self.__dict__:
            return
        position = self.log.last_position()
        if position != self._checkpointed:
            self.checkpoint()

    def checkpoint(self) -> None:
        """Keep the state as it stands."""
        position = self.log.last_position()
        checkpoint.save(self.state, private_directory(self.settings.data / "checkpoint"), position)
        self._checkpointed = position

    def checkpoint_if_worth(self) -> None:
        """Keep the state in the middle of a bulk load, now and then."""
        if self.log.last_position() - self._checkpointed >= _ROWS_WORTH_A_CHECKPOINT * 5:
            self.checkpoint()

    def rebuilt(self) -> State:
        """Return the state made from the log alone, not put in place."""
        return State.build(self.log.history(), base_month_of(self.today().year))

    def put(self, state: State) -> None:
        """Put a state made from the log in place and keep it."""
        self.__dict__["state"] = state
        self.checkpoint()

    def reconcile(self) -> None:
        """Compare memory with the log and load what differs; count it."""
        from yujing.app.reconcile import reconcile

        n = reconcile(self)
        if n:
            self.metrics.count("yujing_subjects_reloaded_total", n)
            structlog.get_logger().warning("subjects_reloaded", n=n)

    def measure(self) -> None:
        """Set the gauges."""
        self.metrics.set("yujing_members", len(self.state.members))
        self.metrics.set("yujing_households", len(self.state.households))
        self.metrics.set("yujing_log_position", self.log.last_position())
        self.metrics.set("yujing_unmatched", sum(self.unmatched.count_by_source().values()))
        self.metrics.set("yujing_up", 1)
