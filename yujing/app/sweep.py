"""The day's sweep: features, scores, decisions; cards that lost their reason end, then the deal.

A sweep without a day makes up for missed days (scores and board numbers only) and deals today. A
day before the last deal is a dry run: it says what it would do and changes nothing.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import text

from alerts.candidates import candidates
from alerts.dealing import Deal, Verdict, deal
from alerts.hysteresis import next_standing
from alerts.view import DeskView
from dashboards.board import keep_snapshot
from models.features.snapshot import cutoff_s
from streams.log.scores import HOUSEHOLD, MEMBER, ScoreBatch
from yujing.app.county import County
from yujing.app.feedback import relay
from yujing.app.output import DONE, Output
from yujing.app.picture import Picture, picture
from yujing.app.reds import deal_reds
from yujing.app.requests import Arguments
from yujing.errors import UsageError
from yujing.settings import SHANGHAI
from yujing.storage.sqlite import reading, writing

_DAY_S = 86_400
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
    day = arguments["as_of"]
    with county.busy:
        done = sweep(county, date.fromisoformat(day) if day else None, output)
    output.result(asdict(done))
    return DONE


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
            deal_reds(county, relay(county))
        missed = [] if as_of is not None else _missed(_last_sweep(county) or last, today)
        for place, day in enumerate(missed):
            output.progress("missed days", place, len(missed))
            _look_back(county, day)
        return _sweep_day(county, as_of or today, dry, reloaded, len(missed), output)


def last_deal_day(county: County) -> date | None:
    """Return the day of the last deal."""
    return county.desk.last_deal_day()


def decide(county: County, seen: Picture, view: DeskView) -> Deal:
    """Return the deal of a picture and a desk; nothing is written."""
    day, policy = seen.as_of, county.policy
    standing = next_standing(view.standing, seen.risks, as_of=day, policy=policy)
    situation = seen.situation
    chosen = candidates(
        seen.signals, seen.risks, standing=standing, population=situation.keys,
        regions=situation.regions, as_of=day, policy=policy,
        measured=county.desk.measured(before=day),
    )  # fmt: skip
    return deal(
        chosen, view, as_of=day, policy=policy, calendar=county.calendar,
        seed=county.settings.seed, standing=standing,
    )  # fmt: skip


def _sweep_day(
    county: County, day: date, dry: bool, reloaded: int, n_missed: int, output: Output
) -> Swept:
    output.progress(f"sweep {day}", 0, 3)
    seen = picture(county, day)
    at = moment_of(county, day)
    did = {"moved": 0, "ended": 0, "expired": 0}
    if not dry:
        keep_scores(county, seen)
        did = county.desk.upkeep(seen.signals, seen.situation, county.log, at=at)
    output.progress(f"sweep {day}", 1, 3)
    view = county.desk.view(day)
    made = decide(county, seen, view)
    opened, updated, audits, held = _would(made)
    if not dry:
        position = county.log.last_position()
        applied = county.desk.apply_deal(made, at=at, position=position, explain=seen.factors)
        opened, updated = len(applied.opened), len(applied.updated)
        audits, held = len(applied.audits), len(applied.held)
        keep_snapshot(seen.state, county.engine, as_of=day, policy=county.policy)
        relay(county)
    output.progress(f"sweep {day}", 3, 3)
    done = Swept(
        day.isoformat(), dry, len(seen.state.members), len(seen.situation.keys),
        seen.u90.id, seen.p12.id, len(made.candidates.rows), opened, updated, audits, held,
        did["moved"], did["ended"], did["expired"],
        sum(village.not_sent for village in made.villages),
        sum(village.not_sent_fen for village in made.villages) // 100,
        reloaded, n_missed, list(made.warnings),
    )  # fmt: skip
    if not dry:
        _note(county, day, "deal", done)
        county.unmatched.purge(county.now_s() - county.settings.unmatched_days * _DAY_S)
    _measure(county, done, dry=dry)
    return done


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
    _note(county, day, "catch_up", None)
    county.metrics.count("yujing_sweeps_total", kind="catch_up")


def _missed(last: date | None, today: date) -> list[date]:
    """Return the days after the last sweep and before today, the newest month of them."""
    if last is None:
        return []
    days = [last + timedelta(days=n) for n in range(1, (today - last).days)]
    return days[-MOST_MISSED_DAYS:]


def _last_sweep(county: County) -> date | None:
    with reading(county.engine) as connection:
        day = connection.execute(text("SELECT max(as_of) FROM sweep")).scalar()
    return date.fromisoformat(day) if day else None


def _note(county: County, day: date, kind: str, done: Swept | None) -> None:
    with writing(county.engine) as connection:
        connection.execute(
            text(
                "INSERT INTO sweep (as_of, kind, position, known_before, counts, done_at) "
                "VALUES (:as_of, :kind, :position, :known_before, :counts, :at)"
            ),
            {
                "as_of": day.isoformat(),
                "kind": kind,
                "position": county.log.last_position(),
                "known_before": min(cutoff_s(day + timedelta(days=1)), county.now_s() + 1),
                "counts": json.dumps(asdict(done), ensure_ascii=False) if done else "{}",
                "at": county.now_s(),
            },
        )


def _measure(county: County, done: Swept, *, dry: bool) -> None:
    metrics = county.metrics
    metrics.count("yujing_sweeps_total", kind="dry" if dry else "day")
    if not dry:
        metrics.count("yujing_cards_total", done.dealt + done.audits, what="opened")
        metrics.count("yujing_cards_total", done.ended, what="ended")
        metrics.count("yujing_cards_total", done.expired, what="expired")
        metrics.set(
            "yujing_last_deal_day", (date.fromisoformat(done.as_of) - date(1970, 1, 1)).days
        )
