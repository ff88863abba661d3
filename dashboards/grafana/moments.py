"""Annotations: the days on which a model or a threshold changed, so that a step has its reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from dashboards.grafana.gateway import Grafana
from dashboards.grafana.places import MARK, TIMEZONE
from models.registry import Promotion
from yujing.domain.policy import PolicyRow

KEPT = timedelta(days=366)
_MOST = 5000
_KINDS = {"u90": "失业风险模型", "p12": "返贫风险模型"}


@dataclass(frozen=True)
class Moment:
    """Something that changed.

    Parameters
    ----------
    at
        When, aware.
    text
        What, in one sentence.
    what
        `model` or `threshold`.
    """

    at: datetime
    text: str
    what: str

    @property
    def at_ms(self) -> int:
        """When, as Grafana counts."""
        return int(self.at.timestamp()) * 1000


def of_models(promotions: Iterable[Promotion]) -> list[Moment]:
    """Return a moment for each time that another model came into force."""
    found, before = [], dict[str, str]()
    for one in promotions:
        if before.get(one.kind) not in (None, one.id):
            kind = _KINDS.get(one.kind, one.kind)
            found.append(Moment(datetime.fromisoformat(one.at), f"{kind}换为 {one.id}", "model"))
        before[one.kind] = one.id
    return found


def of_thresholds(rows: Sequence[PolicyRow]) -> list[Moment]:
    """Return a moment for each line, amount or threshold that took another value."""
    found: list[Moment] = []
    ordered = sorted(rows, key=lambda row: (row.key, row.region, row.own, row.valid_from))
    before: PolicyRow | None = None
    for row in ordered:
        same = before is not None and (before.key, before.region) == (row.key, row.region)
        if same and before is not None and before.value != row.value:
            text = f"标准由 {before.value} 改为 {row.value}（{row.unit}；依据：{row.source}）"
            found.append(Moment(_morning(row.valid_from), text, "threshold"))
        before = row
    return found


def add(grafana: Grafana, moments: Iterable[Moment], *, now: datetime) -> list[Moment]:
    """Add the moments of the last year that Grafana does not know; return them.

    Raises
    ------
    GrafanaError
        Saying what to do.
    """
    first = now - KEPT
    recent = [one for one in moments if first <= one.at <= now]
    span = f"from={_ms(first)}&to={_ms(now + timedelta(days=1))}"
    answer = grafana.get(f"/annotations?{span}&tags={quote(MARK)}&limit={_MOST}")
    known = {(int(one.get("time", 0)), one.get("text")) for one in answer}
    new = [one for one in recent if (one.at_ms, one.text) not in known]
    for one in new:
        grafana.post(
            "/annotations", {"time": one.at_ms, "text": one.text, "tags": [MARK, one.what]}
        )
    return new


def _ms(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp()) * 1000


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(TIMEZONE))
