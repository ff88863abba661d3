"""Alert rules: silent sources, lag, dead letters, falling coverage, drift of the scores.

No rule has a dollar sign: Grafana takes one in a provisioning file for the name of a variable, and
`$__conditionalAll` is done by the browser, which no rule has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dashboards.grafana.panels import target
from dashboards.grafana.places import CLICKHOUSE, EXPRESSION, LEADERS, MARK, OPERATORS, PROMETHEUS
from dashboards.grafana.quiet import DAYS_OFF, outside_festival

GROUP = "预警"
DUTY = "yujing-duty"
EVERY_S = 300
_TODAY = "toDate(now(), 'Asia/Shanghai')"
_A_MONTH = 31 * 24 * 3600


@dataclass(frozen=True)
class Watch:
    """What is watched.

    Parameters
    ----------
    uid, title, summary
        Of the rule; what its reader is told.
    query
        PromQL, or SQL for the ClickHouse plugin: no row, or a row for each that may be wrong.
    above
        The number from which on it is wrong.
    lasting
        How long before somebody is told.
    numbers
        Whether it asks ClickHouse.
    operators
        Whether operators are told, at any time; else leaders, on working days.
    """

    uid: str
    title: str
    summary: str
    query: str
    above: float
    lasting: timedelta
    numbers: bool = False
    operators: bool = False


def watches(years: Sequence[int]) -> tuple[Watch, ...]:
    """Return everything that is watched.

    Parameters
    ----------
    years
        Whose Spring Festivals are left out.
    """
    hour = timedelta(hours=1)
    return (
        Watch(
            "yujing-source-silent", "部门没有按时报送",
            "{{ .Labels.source }} 已晚 {{ .Values.A.Value }} 天，哪个月见“数据来源”页",
            "max by (source) (yujing_source_late_days) and on() (max(yujing_working_day) == 1)",
            0, hour,
        ),
        Watch(
            "yujing-coverage-falls", "务工月报覆盖下降",
            "{{ .Labels.county }}：上月已报的比例比一个月前的同一天低 "
            "{{ humanizePercentage .Values.A.Value }}",
            coverage_falls(years), 0.10, hour, numbers=True,
        ),
        Watch(
            "yujing-scores-drift", "风险分布变化大",
            "{{ .Labels.risk }}：四周内分布变化（PSI）{{ .Values.A.Value }}，请数据组看“模型监测”",
            scores_drift(years), 0.25, hour, numbers=True,
        ),
        Watch(
            "yujing-lag", "消息积压", "来的比处理的多：加 worker，或看哪里慢",
            "sum(yujing_lag_messages) and (deriv(sum(yujing_lag_messages)[10m:]) > 0)",
            10_000, timedelta(minutes=10), operators=True,
        ),
        Watch(
            "yujing-dead-letters", "死信比例高",
            "一小时内超过 5% 的消息不能用：yujing deadletters list",
            "sum(increase(yujing_dead_letters_total[1h])) "
            "/ (sum(increase(yujing_messages_total[1h])) > 500)",
            0.05, timedelta(minutes=10), operators=True,
        ),
    )  # fmt: skip


def coverage_falls(years: Sequence[int]) -> str:
    """Return SQL: a row a county, how far coverage is below that of a month ago.

    The share starts anew with every month, so a day is compared with the same day of the month
    before; a county without labourers or without that day has no row.
    """
    latest = _newest_day(3)
    share = (
        "sumIf(n, code = 'labourers.reported' AND as_of = {day}) "
        "/ nullIf(sumIf(n, code = 'labourers' AND as_of = {day}), 0)"
    )
    return (
        "SELECT names.name AS county, fall FROM ("
        "SELECT intDiv(township, 1000000) * 1000000 AS place, "
        f"{share.format(day=f'addMonths({latest}, -1)')} - {share.format(day=latest)} AS fall "
        "FROM standing WHERE code IN ('labourers', 'labourers.reported') "
        f"AND as_of IN ({latest}, addMonths({latest}, -1)) GROUP BY place) AS falls "
        "LEFT JOIN (SELECT county, any(county_name) AS name FROM places GROUP BY county) AS names "
        f"ON names.county = place WHERE isNotNull(fall) AND {outside_festival(latest, years)}"
    )


def scores_drift(years: Sequence[int]) -> str:
    """Return SQL: a row a risk, the population stability index of its bands against 28 days ago.

    Fewer than 200 people or households on either day are no distribution.
    """
    latest = _newest_day(3)
    day = "sumIf(n, as_of = {day})"
    now, before = day.format(day=latest), day.format(day=f"{latest} - 28")
    share = "greatest({n} / {whole}, 0.0001)"
    p, q = share.format(n="now", whole="now_all"), share.format(n="before", whole="before_all")
    return (
        f"SELECT if(code = 'risk.u90', '失业风险', '返贫风险') AS risk, "
        f"sum(({p} - {q}) * log({p} / {q})) AS psi FROM ("
        "SELECT code, value, now, before, sum(now) OVER (PARTITION BY code) AS now_all, "
        "sum(before) OVER (PARTITION BY code) AS before_all FROM ("
        f"SELECT code, value, {now} AS now, {before} AS before FROM standing "
        "WHERE code IN ('risk.u90', 'risk.p12') "
        f"AND as_of IN ({latest}, {latest} - 28) GROUP BY code, value)) "
        f"WHERE now_all >= 200 AND before_all >= 200 AND {outside_festival(latest, years)} "
        "GROUP BY code"
    )


def _newest_day(within_days: int) -> str:
    return (
        f"(SELECT max(as_of) FROM standing_cells WHERE code = '' "
        f"AND as_of <= {_TODAY} AND as_of >= {_TODAY} - {within_days})"
    )


def rule(watch: Watch) -> dict[str, Any]:
    """Return an alert rule in the words of Grafana's HTTP API."""
    asked = {"from": _A_MONTH if watch.numbers else 3600, "to": 0}
    source = CLICKHOUSE if watch.numbers else PROMETHEUS
    told: dict[str, Any] = {"receiver": DUTY}
    if not watch.operators:
        told["mute_time_intervals"] = [DAYS_OFF]
    return {
        "uid": watch.uid,
        "title": watch.title,
        "orgID": 1,
        "folderUID": (OPERATORS if watch.operators else LEADERS).uid,
        "ruleGroup": GROUP,
        "condition": "B",
        "data": [_query(source, _model(watch), asked), _above(watch.above)],
        "noDataState": "OK",
        "execErrState": "Error",
        "for": _duration(watch.lasting),
        "annotations": {"summary": watch.summary},
        "labels": {"app": MARK, "readers": "operators" if watch.operators else "leaders"},
        "isPaused": False,
        "notification_settings": told,
    }


def _model(watch: Watch) -> dict[str, Any]:
    if watch.numbers:
        return target(watch.query).to_json()
    return {"refId": "A", "datasource": PROMETHEUS, "expr": watch.query, "instant": True}


def _query(source: dict[str, str], model: dict[str, Any], asked: dict[str, int]) -> dict[str, Any]:
    return {
        "refId": model["refId"],
        "queryType": "",
        "relativeTimeRange": asked,
        "datasourceUid": source["uid"],
        "model": model,
    }


def _above(number: float) -> dict[str, Any]:
    condition = {"evaluator": {"type": "gt", "params": [number]}}
    model = {
        "refId": "B", "datasource": EXPRESSION, "type": "threshold", "expression": "A",
        "conditions": [condition],
    }  # fmt: skip
    return _query(EXPRESSION, model, {"from": 0, "to": 0})


def _duration(lasting: timedelta) -> str:
    """Return a span as Grafana gives it back."""
    minutes = int(lasting.total_seconds()) // 60
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"


def contact_point(addresses: str) -> dict[str, Any]:
    """Return who is told: mail with the rule's summary, counts and a link, never a person.

    Parameters
    ----------
    addresses
        With semicolons between.
    """
    return {
        "uid": DUTY,
        "name": DUTY,
        "type": "email",
        "settings": {"addresses": addresses, "singleEmail": True},
        "disableResolveMessage": False,
    }
