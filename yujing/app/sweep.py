"""The day's sweep: features, scores, decisions; cards that lost their reason end, then the deal.

A sweep without a day makes up for missed days (scores and board numbers only) and deals today. A
day before the last deal is a dry run: it says what it would do and changes nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

import numpy as np
from sqlalchemy import func, insert, select

from alerts.candidates import candidates
from alerts.comparisons import told_by
from alerts.dealing import Deal, Verdict, deal
from alerts.desk.dealt import Applied
from alerts.desk.tending import FactSource
from alerts.hysteresis import next_standing
from alerts.view import DeskView
from dashboards.board import keep_counts, keep_snapshot
from models.features.snapshot import cutoff_s
from streams.log.scores import HOUSEHOLD, MEMBER, ScoreBatch
from streams.vault.kept_columns import KEPT_DAYS, KeptColumns
from yujing.app.boards import keep_standing, refresh_boards
from yujing.app.county import County
from yujing.app.doubles import look_for_doubles, send_links
from yujing.app.feedback import relay
from yujing.app.output import DONE, Output
from yujing.app.part import Part, merge, part_of, standing_of
from yujing.app.picture import Picture, picture
from yujing.app.quality_sweep import look_at_quality
from yujing.app.reds import deal_reds
from yujing.app.requests import Arguments
from yujing.app.tables import SWEEP
from yujing.domain.days import to_day
from yujing.errors import UsageError
from yujing.settings import SHANGHAI
from yujing.storage.sql import reading, writing

_DAY_S = 86_400
_NO_UPKEEP = MappingProxyType({"moved": 0, "ended": 0, "expired": 0})
MOST_MISSED_DAYS = 31  # judgement: boards look back a month; older holes stay holes


@dataclass(frozen=True)
class Swept:
    """What a sweep did."""

    as_of: str
    dry_run: bool
    members: int
    households: int
    u90_model: str
    p12_model: str
    candidates: int
    dealt: int
    updated: int
    audits: int
    held: int
    moved: int
    ended: int
    expired: int
    not_sent: int
    not_sent_yuan: int
    reloaded: int
    missed_days: int
    warnings: list[str]


def answer(county: County, arguments: Arguments, output: Output) -> int:
    """Sweep as the command line asks."""
    day = date.fromisoformat(arguments["as_of"]) if arguments["as_of"] else None
    if county.settings.distributed and not _is_past(county, day):
        from yujing.app.asked_sweep import ask_and_wait  # Kafka's client: only where it is used

        output.result(ask_and_wait(county, day or county.today(), output))
        return DONE
    with county.busy:
        done = sweep(county, day, output)
    output.result(asdict(done))
    return DONE


def _is_past(county: County, day: date | None) -> bool:
    """Return whether a sweep of this day only says what it would do."""
    last = county.desk.last_deal_day()
    return day is not None and last is not None and day < last


def sweep(county: County, as_of: date | None, output: Output) -> Swept:
    """Sweep a day, today when none is given; the caller need not hold `busy`.

    Raises
    ------
    UsageError
        If the day lies in the future.
    """
    today = county.today()
    if as_of is not None and as_of > today:
        raise UsageError(f"{as_of} lies in the future; today is {today}")
    with county.busy:
        last = county.desk.last_deal_day()
        dry = as_of is not None and last is not None and as_of < last
        reloaded = county.reconcile()
        if not dry:
            send_links(county)
            deal_reds(county, relay(county))
        missed = [] if as_of is not None else _missed(_last_sweep(county) or last, today)
        for place, day in enumerate(missed):
            output.progress("missed days", place, len(missed))
            _look_back(county, day)
        return _sweep_day(county, as_of or today, dry, reloaded, len(missed), output)


def last_deal_day(county: County) -> date | None:
    """Return the day of the last deal."""
    return county.desk.last_deal_day()


def decide(county: County, part: Part, view: DeskView) -> Deal:
    """Return the deal of a whole county and a desk; nothing is written."""
    day, policy, there = part.as_of, county.policy, part.there
    standing = next_standing(view.standing, part.risks, as_of=day, policy=policy)
    chosen = candidates(
        part.signals, part.risks, standing=standing, population=there.keys, regions=there.regions,
        as_of=day, policy=policy, measured=county.desk.measured(before=day),
    )  # fmt: skip
    return deal(
        chosen, view, as_of=day, policy=policy, calendar=county.calendar,
        seed=county.settings.seed, standing=standing,
    )  # fmt: skip


@dataclass(frozen=True)
class Dealt:
    """What was decided on a day and, unless it was a dry run, done at the desk."""

    made: Deal
    upkeep: Mapping[str, int]
    applied: Applied | None


def deal_part(
    county: County, part: Part, *, at: datetime, position: int, opened_before: int | None = None,
    facts: FactSource | None = None,
) -> Dealt:  # fmt: skip
    """Deal to a whole county: look after the cards, choose, write, keep the board's numbers.

    Again does no harm: a village is dealt to once a day.

    Parameters
    ----------
    part
        Of the whole county.
    at
        When the deal is made.
    position
        The last place in the log that it saw, where one number says it.
    opened_before
        Cards opened later know more than the part does and are left alone.
    facts
        The log as the part saw it; the whole log when not given.
    """
    desk, day = county.desk, part.as_of
    did = desk.upkeep(
        part.signals, part.there, facts or county.log, due=part.due, at=at,
        opened_before=opened_before,
    )  # fmt: skip
    desk.differences.settle(part.differences, day=day)
    made = decide(county, part, desk.view(day))
    applied = desk.apply_deal(
        made, at=at, position=position, explain=part.factors.explain, late_sources=part.late
    )
    there = part.there
    keep_counts(part.counts, county.engine, as_of=day, keys=there.keys, regions=there.regions)
    keep_standing(county, part.standing, day)
    return Dealt(made, did, applied)


def _sweep_day(
    county: County, day: date, dry: bool, reloaded: int, n_missed: int, output: Output
) -> Swept:
    output.progress(f"sweep {day}", 0, 3)
    seen = picture(county, day)
    if not dry:
        keep_scores(county, seen)
    view = county.desk.view(day)
    told = told_by(county.log, to_day(day), None if day >= county.today() else cutoff_s(day))
    part = merge([part_of(seen, view, told=told)])
    output.progress(f"sweep {day}", 1, 3)
    if dry:
        dealt = Dealt(decide(county, part, view), _NO_UPKEEP, None)
    else:
        at, position = moment_of(county, day), county.log.last_position()
        dealt = deal_part(county, part, at=at, position=position)
        past = cutoff_s(day) if day < county.today() else None
        look_at_quality(county, seen, county.state.index, known_before=past)
        if past is None:  # the vault knows no past
            look_for_doubles(county)
        relay(county)
    output.progress(f"sweep {day}", 3, 3)
    done = swept(part, dealt, reloaded=reloaded, n_missed=n_missed)
    if not dry:
        note(county, day, "deal", done)
        refresh_boards(county)
        county.unmatched.purge(county.now_s() - county.settings.unmatched_days * _DAY_S)
        kept = KeptColumns(county.vault_engine, county.keys)
        kept.purge(county.now_s() - KEPT_DAYS * _DAY_S)
    measure(county, done)
    return done


def swept(part: Part, dealt: Dealt, *, reloaded: int = 0, n_missed: int = 0) -> Swept:
    """Return what a sweep did, in numbers."""
    made, did, applied = dealt.made, dealt.upkeep, dealt.applied
    if applied is None:
        opened, updated, audits, held = _would(made)
    else:
        opened, updated = len(applied.opened), len(applied.updated)
        audits, held = len(applied.audits), len(applied.held)
    return Swept(
        part.as_of.isoformat(), applied is None, part.n_members, len(part.there.keys),
        *part.models, len(made.candidates.rows), opened, updated, audits, held,
        did["moved"], did["ended"], did["expired"],
        sum(village.not_sent for village in made.villages),
        sum(village.not_sent_fen for village in made.villages) // 100,
        reloaded, n_missed, list(made.warnings),
    )  # fmt: skip


def _would(made: Deal) -> tuple[int, int, int, int]:
    """Return what a deal opens, renews, picks by chance and holds."""
    verdict = made.verdict
    return (
        int((verdict == Verdict.DEALT).sum()), int((verdict == Verdict.UPDATED).sum()),
        len(made.audits), len(made.bursts),
    )  # fmt: skip


def moment_of(county: County, day: date) -> datetime:
    """Return when the deal of a day is made: now, or at the set time of a day that is over."""
    if day >= county.today():
        return county.now()
    return datetime.combine(day, county.settings.deal_at, SHANGHAI)


def keep_scores(county: County, seen: Picture) -> None:
    """Keep the scores of a day beside the log; a second sweep of the day replaces them."""
    scores, state = seen.scores, seen.state
    known = ~np.isnan(scores.u90)
    for level, kind, card, keys, probability in (
        (MEMBER, "u90", seen.u90, state.members["key"][scores.members[known]], scores.u90[known]),
        (HOUSEHOLD, "p12", seen.p12, state.households["key"][scores.households], scores.p12),
    ):
        with np.errstate(divide="ignore"):
            points = np.log(probability) - np.log1p(-probability)
        county.score_log.append(
            ScoreBatch(seen.as_of, level, kind, card.id, keys, probability, points)
        )


def _look_back(county: County, day: date) -> None:
    """Keep the scores and the board numbers of a day on which nobody swept."""
    seen = picture(county, day)
    keep_scores(county, seen)
    keep_snapshot(seen.state, county.engine, as_of=day, policy=county.policy)
    keep_standing(county, standing_of(seen), day)
    note(county, day, "catch_up", None)
    county.metrics.count("yujing_sweeps_total", kind="catch_up")


def _missed(last: date | None, today: date) -> list[date]:
    """Return the days after the last sweep and before today, the newest month of them."""
    if last is None:
        return []
    days = [last + timedelta(days=n) for n in range(1, (today - last).days)]
    return days[-MOST_MISSED_DAYS:]


def _last_sweep(county: County) -> date | None:
    with reading(county.engine) as connection:
        day = connection.execute(select(func.max(SWEEP.c.as_of))).scalar()
    return date.fromisoformat(day) if day else None


def note(
    county: County, day: date, kind: str, done: Swept | None, *, known_before: int | None = None
) -> None:
    """Note that a day was swept.

    Parameters
    ----------
    kind
        deal or catch_up.
    known_before
        The cut-off; all that is known by now, of the day at most, when not given.
    """
    everything = min(cutoff_s(day + timedelta(days=1)), county.now_s() + 1)
    with writing(county.engine) as connection:
        connection.execute(
            insert(SWEEP),
            {
                "as_of": day.isoformat(),
                "kind": kind,
                "position": county.log.last_position(),
                "known_before": everything if known_before is None else known_before,
                "counts": json.dumps(asdict(done), ensure_ascii=False) if done else "{}",
                "done_at": county.now_s(),
            },
        )


def measure(county: County, done: Swept) -> None:
    """Count a sweep and what it did to cards."""
    metrics = county.metrics
    metrics.count("yujing_sweeps_total", kind="dry" if done.dry_run else "day")
    if done.dry_run:
        return
    metrics.count("yujing_cards_total", done.dealt + done.audits, what="opened")
    metrics.count("yujing_cards_total", done.ended, what="ended")
    metrics.count("yujing_cards_total", done.expired, what="expired")
    metrics.set("yujing_last_deal_day", (date.fromisoformat(done.as_of) - date(1970, 1, 1)).days)
