"""Scores of whom a batch touched: computed anew, kept in ClickHouse, told on `risk-scores`."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from time import monotonic

import msgspec
import numpy as np

from models.card import Scorecard
from models.features.bits import Floats
from models.features.context import Context
from models.features.snapshot import cutoff_s
from models.features.tables import state_context
from models.scoring import Scores, score
from streams.kafka.bucket import bucket_of
from streams.kafka.messages import Message
from streams.kafka.outgoing import HouseholdRisk, MemberRisk
from streams.kafka.topics import RISK_SCORES
from streams.log.latest_scores import LatestBatch, LatestScores
from streams.log.scores import HOUSEHOLD, MEMBER
from streams.pipeline import Keys
from yujing.app.county import County
from yujing.app.ordered import OrderedState
from yujing.app.picture import card_in_force
from yujing.app.share import Share
from yujing.app.some_households import SomeHouseholds

_LOOK_AGAIN_S = 5.0  # a promoted model is in force this much later
_CONTEXT_S = 600.0  # employers and townships change slowly; the sweep has the exact one


@dataclass(frozen=True)
class Scored:
    """Scores of a batch.

    Parameters
    ----------
    messages
        One for `risk-scores` for each household.
    kept
        Done when ClickHouse has them; raises what went wrong.
    """

    messages: list[Message]
    kept: Future[None]


class StreamScores:
    """Scores the touched households of one worker.

    They are kept in a thread of its own, so that the worker may go on meanwhile.

    Parameters
    ----------
    county
        The open stores.
    share
        The worker's part of the state.
    latest
        Where they are kept.
    """

    def __init__(self, county: County, share: Share, latest: LatestScores) -> None:
        self._county, self._share, self._latest = county, share, latest
        self._cards: tuple[Scorecard, Scorecard] | None = None
        self._cards_at = self._context_at = -1e9
        self._context: tuple[date, Context] | None = None
        self._keeper = ThreadPoolExecutor(1, thread_name_prefix="scores")

    def score(self, homes: Keys, *, known_at: int) -> Scored:
        """Score the owned ones of these households with their members.

        Parameters
        ----------
        homes
            Household keys.
        known_at
            When the newest fact of the batch was known, seconds since 1970.

        Returns
        -------
        The scores; the caller waits until they are kept.
        """
        mine = np.unique(homes[self._share.owns(homes)])
        if not len(mine):
            return Scored([], _nothing())
        today = self._county.today()
        u90, p12 = self._models()
        view = SomeHouseholds(self._share.state, mine)
        scores = score(
            view, as_of=today, u90=u90, p12=p12, policy=self._county.policy,
            context=self._surroundings(today),
        )  # fmt: skip
        persons = np.ascontiguousarray(view.members["key"][scores.members])
        keys = np.ascontiguousarray(view.households["key"][scores.households])
        said = (
            (MEMBER, "u90", u90.id, persons, scores.u90),
            (HOUSEHOLD, "p12", p12.id, keys, scores.p12),
        )
        as_of = cutoff_s(today)
        batches = [self._batch(*part, as_of=as_of, known_at=known_at) for part in said]
        kept = self._keeper.submit(self._latest.append, *batches)
        messages = _messages(scores, persons, keys, known_at, self._share.n_partitions)
        return Scored(messages, kept)

    def _batch(
        self, level: str, kind: str, model: str, keys: Keys, probability: Floats, *, as_of: int,
        known_at: int,
    ) -> LatestBatch:  # fmt: skip
        with np.errstate(divide="ignore", invalid="ignore"):
            points = np.log(probability) - np.log1p(-probability)
        now_ms = int(self._county.now().timestamp() * 1000)
        known = np.full(len(keys), known_at, dtype=np.uint32)
        return LatestBatch(
            level, kind, model, as_of, now_ms, keys, known, probability, points
        )  # fmt: skip

    def _models(self) -> tuple[Scorecard, Scorecard]:
        if self._cards is None or monotonic() - self._cards_at > _LOOK_AGAIN_S:
            registry = self._county.registry
            self._cards = card_in_force(registry, "u90"), card_in_force(registry, "p12")
            self._cards_at = monotonic()
        return self._cards

    def _surroundings(self, today: date) -> Context:
        """Return what the share says about employers, sectors and townships, not long ago."""
        fresh = monotonic() - self._context_at < _CONTEXT_S
        if self._context is None or self._context[0] != today or not fresh:
            whole = OrderedState(self._share.state, self._share.owns)
            context = state_context(whole, as_of=today, policy=self._county.policy)
            self._context, self._context_at = (today, context), monotonic()
        return self._context[1]


def _nothing() -> Future[None]:
    done: Future[None] = Future()
    done.set_result(None)
    return done


def _messages(
    scores: Scores, persons: Keys, keys: Keys, known_at: int, n_partitions: int
) -> list[Message]:
    """Return one message a household: its risk, and that of each of its members."""
    encode = msgspec.json.Encoder().encode
    of_home: dict[int, list[MemberRisk]] = {}
    columns = (scores.household_of, persons, np.round(scores.u90, 6))
    for home, person, u90 in zip(*(column.tolist() for column in columns), strict=True):
        known = None if u90 != u90 else u90  # NaN: not in work
        of_home.setdefault(home, []).append(MemberRisk(f"{person:016x}", known))
    messages = []
    partitions = bucket_of(keys, n_partitions)
    rows = zip(keys.tolist(), scores.p12.tolist(), partitions.tolist(), strict=True)
    for place, (key, p12, partition) in enumerate(rows):
        name = f"{key:016x}"
        body = HouseholdRisk(
            name, round(p12, 6), of_home.get(place, []), scores.as_of, known_at, scores.u90_id,
            scores.p12_id,
        )  # fmt: skip
        messages.append(Message(RISK_SCORES, partition, name.encode(), encode(body), [], 0))
    return messages
