"""One sheet file in, one result out: `deliver`.

A file is read whole and compared with what its scopes held before anything of it enters, so that a
refused one changes nothing. Then each part (the tables of one mapping) gets its number, its scopes
hold what they held and what it brings, its rows enter, what is missing is withdrawn, and its scopes
hold what it brought. A kill between any two of these leaves a delivery that never ended: the same
file again takes the same number and does what is left.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from streams.pipeline import Outcome
from streams.sheets.translate import lines_of
from streams.vault.kept_columns import KeptColumns
from yujing.app.county import County
from yujing.app.intake import Counts
from yujing.app.output import Output
from yujing.app.sheets.keeping import keep_refused, kept_columns
from yujing.app.sheets.missing import Missing, find_missing, overtaken, withdraw
from yujing.app.sheets.order import Delivered, ScopeLoss, SheetOrder, month_text
from yujing.app.sheets.passage import Passage
from yujing.app.sheets.plan import Brought, Part, Plan, brought_by, plan
from yujing.app.sheets.register import Announced, Deliveries, Numbered, finish
from yujing.app.sheets.replies import PartReply, answer_writer
from yujing.app.sheets.scopes import NOTHING, Scope, Scopes
from yujing.app.sheets.versions import day_of, version_of
from yujing.app.sheets.ways import Way, way_of
from yujing.errors import SheetRefusedError, UnreadableFileError
from yujing.storage.allocator import give_back
from yujing.storage.sql import writing

_NO_NUMBER_YET = 2**16 - 1
_ROWS_AT_ONCE = 10_000


@dataclass
class _Prepared:
    """A part that is about to be taken."""

    part: Part
    announced: Announced
    scopes: Scopes
    brought: Brought
    way: Way
    missing: Missing


@dataclass
class _Ended:
    """A part that is in."""

    reply: PartReply
    counts: Counts
    retracted: int
    held_back: int
    delivery: int


def deliver(county: County, order: SheetOrder, output: Output) -> Delivered:
    """Take a sheet in and return what became of it.

    A file that cannot be taken as a whole comes back with `error`; nothing of it was taken then.

    Raises
    ------
    DependencyError
        If a store refused, or workers are too far behind; the same file again does what is left.
    """
    sha256 = hashlib.sha256(order.content).hexdigest()
    output.progress(f"read {order.name}", 0, None)
    planned: Plan | None = None
    try:
        planned = plan(county, order)
        give_back()  # reading a book takes twice what is left of it
        return _take(county, order, planned, sha256, output)
    except _LossError as error:
        delivered = _refused(county, order, sha256, planned, error)
        delivered.losses = error.losses
        return delivered
    except UnreadableFileError as error:
        return _refused(county, order, sha256, planned, error)


class _LossError(SheetRefusedError):
    """Too much would be withdrawn without anybody having said that it is meant."""

    def __init__(self, losses: Sequence[ScopeLoss]) -> None:
        worst = max(losses, key=lambda loss: loss.missing / loss.held)
        missing = sum(loss.missing for loss in losses)
        super().__init__(
            f"这张表比上一张少了{missing}条记录（如“{worst.scope}”上次{worst.held}条，现缺{worst.missing}条），"
            "未接收；确实要撤回这些记录时，请确认后再报",
            f"it lacks {missing} facts of the last sheet, more than a fifth of a scope "
            f"({worst.missing} of {worst.held}); if that is meant, use --confirm-retractions",
            question="retractions",
        )
        self.losses = list(losses)


def _take(
    county: County, order: SheetOrder, planned: Plan, sha256: str, output: Output
) -> Delivered:
    with ExitStack() as turns:
        for name in sorted({f"sheets {p.source} {p.mapping.name}" for p in planned.parts}):
            turns.enter_context(county.turn(name))
        prepared = [_prepare(county, order, part, sha256, output) for part in planned.parts]
        losses = [
            loss
            for one in prepared
            if not one.announced.confirmed
            for loss in one.missing.losses(one.part.mapping.name, one.brought.unsure)
        ]
        if losses:
            raise _LossError(losses)
        ended = [_deliver_part(county, order, one, output) for one in prepared]
    delivered = Delivered(
        sha256,
        [one.part.mapping.name for one in prepared],
        months=sorted({month for part in planned.parts for month in part.months}),
        left=list(planned.left),
        kind=planned.book.kind,
    )
    for one in ended:
        _add(delivered.counts, one.counts)
        delivered.retracted += one.retracted
        delivered.held_back += one.held_back
        delivered.deliveries.append(one.delivery)
    delivered.write_answer = answer_writer(planned, [one.reply for one in ended], delivered)
    return delivered


def _prepare(
    county: County, order: SheetOrder, part: Part, sha256: str, output: Output
) -> _Prepared:
    """Compare a part with what came before; nothing is changed."""
    announced = _announced(county, order, part, sha256)
    begun = Deliveries(county.engine).unfinished(announced)
    if begun is not None and begun.confirmed:
        announced = _announced(county, order, part, sha256, confirmed=True)
    version = begun.version if begun else version_of(announced.day, _NO_NUMBER_YET)
    way = way_of(county, order.grant, order.name)
    way.ready(output)
    scopes = Scopes(county.engine, part.source, part.mapping.name)
    brought = brought_by(part, county.keys)
    missing = find_missing(way, scopes, brought, version)
    return _Prepared(part, announced, scopes, brought, way, missing)


def _announced(
    county: County, order: SheetOrder, part: Part, sha256: str, *, confirmed: bool | None = None
) -> Announced:
    today = county.today()
    own = [piece.frame.sheet_day for piece in part.pieces if piece.frame.sheet_day is not None]
    day = min(max(own), today) if own else today
    return Announced(
        part.source, part.mapping.name, sha256, order.name, order.by, order.via,
        day=day_of(day),
        sheet_day=day.isoformat() if own else None,
        months=" ".join(map(month_text, part.months)),
        confirmed=order.confirm_retractions if confirmed is None else confirmed,
    )  # fmt: skip


def _deliver_part(county: County, order: SheetOrder, one: _Prepared, output: Output) -> _Ended:
    part, way = one.part, one.way
    numbered = Deliveries(county.engine).begin(one.announced, at=county.now_s())
    columns = kept_columns(part)
    if columns:
        kept = KeptColumns(county.vault_engine, county.keys)
        kept.keep(numbered.id, columns, at=county.now_s())
    one.scopes.hold(numbered.id, one.missing.before, one.brought.by_scope)
    reported_at = _reported_at(order, one.announced)
    lines = _lines(part, numbered.version, reported_at)
    passage = Passage(way, lines, part.n_rows, f"ingest {order.name}")
    passage.read()
    give_back()
    keep_refused(county, part, passage.refused, order.name)
    confirmed = _confirmed(one)
    outcomes = passage.take(numbered.version, output, confirmed=confirmed)
    reply = PartReply(part, outcomes, passage.refused, passage.findings)
    touched = _scopes_taken(part, outcomes)
    retracted, held_back, after = _withdraw(county, one, numbered, touched, reported_at)
    way.end()
    counts = _counts(part, outcomes, passage, reply.n_warnings, retracted)
    with writing(county.engine) as connection:
        one.scopes.settle(connection, numbered.id, after)
        finish(
            connection, numbered.id, counts, retracted=retracted, held_back=held_back,
            at=county.now_s(),
        )  # fmt: skip
    _measure(county, part, counts)
    return _Ended(reply, counts, retracted, held_back, numbered.id)


def _reported_at(order: SheetOrder, announced: Announced) -> str | None:
    """Return when the sheet was reported, where that is when it was known."""
    if not order.grant.backfill or announced.sheet_day is None:
        return None
    return f"{announced.sheet_day}T00:00:00+08:00"


def _scopes_taken(part: Part, outcomes: npt.NDArray[np.uint8]) -> set[str]:
    """Return the scopes of which at least one row was taken."""
    taken: set[str | None] = set()
    for piece in part.pieces:
        mine = outcomes[piece.first : piece.first + piece.n_rows]
        scopes = piece.frame.scopes
        taken |= {scopes[row] for row in np.flatnonzero(mine != Outcome.REJECTED).tolist()}
    return {name for name in taken if name is not None}


def _lines(
    part: Part, version: int, reported_at: str | None
) -> Iterator[tuple[list[bytes], npt.NDArray[np.int64]]]:
    """Give out the events of a part, some rows at a time, with the row of each."""
    for piece in part.pieces:
        for start in range(0, piece.n_rows, _ROWS_AT_ONCE):
            some = slice(start, start + _ROWS_AT_ONCE)
            made = lines_of(piece.frame, version=version, reported_at=reported_at, among=some)
            yield made.lines, made.row + piece.first


def _confirmed(one: _Prepared) -> npt.NDArray[np.uint64]:
    """Return the facts that a newer sheet of a scope holds too."""
    held = [
        np.intersect1d(one.missing.before[name].facts, one.brought.by_scope[name])
        for name in one.missing.late
    ]
    return np.unique(np.concatenate([NOTHING, *held]))


def _withdraw(
    county: County, one: _Prepared, numbered: Numbered, taken: set[str], reported_at: str | None
) -> tuple[int, int, dict[str, Scope]]:
    """Withdraw what is missing; return how many facts went, how many stayed, the scopes after.

    A scope of which no row was taken stays as it was.
    """
    missing, brought, source = one.missing, one.brought, one.part.source
    retracted = held_back = 0
    sure = taken - brought.unsure
    going = [facts for name, facts in missing.facts.items() if name in sure]
    every = np.unique(np.concatenate([NOTHING, *going]))
    gone = every[withdraw(county, one.way, source, every, numbered.version, reported_at)]
    retracted += len(gone)
    after: dict[str, Scope] = {}
    for name, facts in brought.by_scope.items():
        if name in missing.late or name not in taken:
            after[name] = missing.before.get(name, Scope(0, True, NOTHING))
            continue
        left = missing.facts.get(name, NOTHING)
        stays = left[~np.isin(left, gone)]
        held_back += len(stays)
        whole = name not in brought.unsure
        after[name] = Scope(numbered.version, whole, np.union1d(facts, stays))
    for version, facts in overtaken(one.missing, brought).items():
        retracted += int(withdraw(county, one.way, source, facts, version, reported_at).sum())
    return retracted, held_back, after


def _counts(
    part: Part, outcomes: npt.NDArray[np.uint8], passage: Passage, n_warnings: int, retracted: int
) -> Counts:
    counts = Counts()
    counts.add(outcomes, n_warnings)
    counts.events = passage.n_accepted + retracted
    return counts


def _add(total: Counts, more: Counts) -> None:
    for name in Counts.__slots__:
        setattr(total, name, getattr(total, name) + getattr(more, name))


def _measure(county: County, part: Part, counts: Counts) -> None:
    """Count refused rows; those that were taken were counted event by event."""
    if counts.rejected:
        county.metrics.count(
            "yujing_rows_total", counts.rejected, source=part.source, outcome="rejected"
        )


def _refused(
    county: County,
    order: SheetOrder,
    sha256: str,
    planned: Plan | None,
    error: UnreadableFileError,
) -> Delivered:
    """Note a file that was refused whole, and return it with the reason."""
    source = order.grant.source.value if order.grant.source else "unknown"
    at, day = county.now_s(), day_of(county.today())
    register = Deliveries(county.engine)
    if planned is None:
        one = Announced(source, "", sha256, order.name, order.by, order.via, day, None, "")
        register.refuse(one, str(error), at=at)
    for part in planned.parts if planned else ():
        register.refuse(_announced(county, order, part, sha256), str(error), at=at)
    delivered = Delivered(sha256, error=str(error), error_zh=error.zh)
    if isinstance(error, SheetRefusedError):
        delivered.question = error.question
    if planned is not None:
        delivered.mappings = [part.mapping.name for part in planned.parts]
        delivered.left = list(planned.left)
        delivered.kind = planned.book.kind
    return delivered


__all__ = ["deliver"]
