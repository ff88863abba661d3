"""What a worker does with bad input: dead letters, paused sources, events that kill.

The order of the steps under kills is in `BadInput`.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from sqlalchemy import Engine

from streams.fact import AREA
from yujing.app.bad_messages import BadMessages, Send, source_word
from yujing.app.county import County
from yujing.app.notices import Notices
from yujing.app.paused import PausedSources, Watch
from yujing.app.poison import Caution
from yujing.app.set_aside import PAUSED, SetAside
from yujing.app.stream_batch import Arrived, Taken


class BadInput:
    """Stands between Kafka and `BatchTaker`; one thread at a time.

    Parameters
    ----------
    county
        The open stores.
    engine
        The desk's database, fenced.
    notices
        Notes to other owners.
    send
        Sends messages to Kafka and returns once they are acknowledged (`Producer.send`).

    Notes
    -----
    So a worker uses it::

        deaths = ownership.take(...)
        bad.own(deaths)
        while True:
            for messages in (read_from_kafka(), bad.take_back()):
                for part in bad.parts(messages):
                    taken = taker.take(part)     # log, state, notes
                    ...                          # reds, scores
                    bad.after(part, taken)
                # only here: acknowledge what was read

    The order of the steps, and why a kill between any two of them is harmless:

    1. `parts` sets messages of paused sources aside before it yields anything. Killed after that,
       they come again and are known by their position.
    2. Where owners died before, it writes down what is in hand, yields it, and strikes it out when
       it is asked for the next part. Killed while a part is in hand, that part is suspect; killed
       at any other moment, nothing is.
    3. `after` keeps what could not be read: sealed first, then the notice to `dead-letters`; then
       it pauses sources; then it leaves notes about the subjects of messages that were set aside,
       because another worker's memory may be past their position. All of it may be done twice.
    4. When the last part is done, `parts` marks what had been set aside as taken. Killed before
       that, it is taken again: duplicates.

    Every step raises `StorageError` when a store is away: then ask for `parts` of the same messages
    again. It raises `FencedError` when another worker owns a partition since.
    """

    def __init__(self, county: County, engine: Engine, notices: Notices, send: Send) -> None:
        self._county, self._notices = county, notices
        self._bad_messages = BadMessages(county, send)
        self._set_aside = SetAside(engine, county.keys)
        self._watch = Watch(PausedSources(engine), county.metrics)
        self._caution = Caution(engine, self._set_aside, county.now_s)
        self._owned: frozenset[int] = frozenset()
        self._behind: frozenset[tuple[str, int]] = frozenset()
        self._looked_at = -1

    def own(self, deaths: Mapping[int, int]) -> None:
        """Begin with the partitions that are owned now, none when all were revoked.

        Parameters
        ----------
        deaths
            By partition how many owners in a row died at the same position (`Ownership.take`).
        """
        self._owned = frozenset(deaths)
        self._caution.own(deaths)
        self._look()

    def parts(self, messages: Sequence[Arrived]) -> Iterator[list[Arrived]]:
        """Yield what is to be taken now, part by part; what is not yielded is set aside.

        Parameters
        ----------
        messages
            From Kafka, or from `take_back`.
        """
        self._look_now_and_then()
        left = [message for message in messages if not self._must_wait(message)]
        if len(left) < len(messages):
            self._let_wait([message for message in messages if self._must_wait(message)])
        yield from self._caution.parts(self._caution.without_poison(left))
        numbers = [message.aside for message in messages if message.aside]
        if numbers:
            self._set_aside.taken(numbers, at=self._county.now_s())
            self._behind = self._set_aside.waiting_sources(self._owned)

    def after(self, part: Sequence[Arrived], taken: Taken) -> None:
        """Keep what could not be read, and pause the source that sent too much of it.

        Parameters
        ----------
        part
            As `parts` yielded it.
        taken
            What `BatchTaker.take` made of it; the stores have it.
        """
        self._bad_messages.keep(part, taken.rejects)
        self._watch.see(part, taken, at=self._county.now_s())
        self._tell_owners(part, taken)

    def take_back(self) -> list[Arrived]:
        """Return messages that were set aside and may go on, in their order, at most some 8 MiB.

        New messages of their source wait behind them until all are taken.
        """
        self._look_now_and_then()
        if all(source in self._watch.paused for source, _ in self._behind):
            return []
        return self._set_aside.released(self._owned)

    def _must_wait(self, message: Arrived) -> bool:
        if message.aside:
            return False
        source = source_word(message)
        return source in self._watch.paused or (source, message.partition) in self._behind

    def _let_wait(self, messages: Sequence[Arrived]) -> None:
        told = [(message, source_word(message)) for message in messages]
        self._set_aside.keep(told, PAUSED, at=self._county.now_s())
        self._behind |= {(source, message.partition) for message, source in told}

    def _tell_owners(self, part: Sequence[Arrived], taken: Taken) -> None:
        partitions = sorted({message.partition for message in part if message.aside})
        if not partitions or not len(taken.facts):
            return
        subjects = np.unique(taken.facts["subject"][taken.facts["subject_kind"] != AREA])
        self._notices.tell(
            np.repeat(np.array(partitions, dtype=np.int64), len(subjects)),
            np.tile(subjects, len(partitions)),
            at=int(taken.facts["known_at"].max()),
        )

    def _look_now_and_then(self) -> None:
        """Look once a second: every worker sees a pause and its end within seconds."""
        if self._county.now_s() != self._looked_at:
            self._look()

    def _look(self) -> None:
        self._looked_at = self._county.now_s()
        self._watch.refresh()
        self._caution.refresh()
        self._behind = self._set_aside.waiting_sources(self._owned)
