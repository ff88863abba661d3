"""The board of the stream for operators, from Prometheus."""

from typing import Any

from grafana_foundation_sdk.builders import dashboard, timeseries
from grafana_foundation_sdk.cog.runtime import UnknownDataquery
from grafana_foundation_sdk.models.common import DataSourceRef
from grafana_foundation_sdk.models.dashboard import GridPos

from dashboards.grafana.document import Document, plain
from dashboards.grafana.places import MARK, PROMETHEUS, TIMEZONE

UID = "yujing-stream"
_RATE = "$__rate_interval"


def _quantiles(histogram: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            f"histogram_quantile({q}, sum by (le) (rate({histogram}_bucket[{_RATE}])))",
            f"{100 * q:g}% 以内",
        )
        for q in (0.5, 0.99)
    )


# title, unit, what it says, (PromQL, name of the line)
_PANELS: tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...] = (
    ("积压", "suffix:条", "Kafka 里还没有取的消息，所有 worker 相加",
     (("sum by (topic) (yujing_lag_messages)", "{{topic}}"),)),
    ("每秒消息", "suffix:条/秒", "从 Kafka 取走的消息",
     ((f"sum by (topic) (rate(yujing_messages_total[{_RATE}]))", "{{topic}}"),)),
    ("产生到评分", "s", "从消息进 Kafka 到评分存好",
     _quantiles("yujing_produced_to_score_seconds")),
    ("知道到红色提醒", "s", "从得知（整秒）到红色提醒",
     _quantiles("yujing_known_to_red_card_seconds")),
    ("每批行数", "suffix:行", "一次存入的行数", _quantiles("yujing_batch_rows")),
    ("死信（每小时）", "suffix:条", "不能用的消息，按来源",
     (("sum by (source) (increase(yujing_dead_letters_total[1h]))", "{{source}}"),)),
    ("分区归属", "suffix:个", "每个 worker 有多少分区；相加应为总数",
     (("sum by (instance) (yujing_owned_partitions)", "{{instance}}"),)),
    ("状态内存", "bytes", "状态和事实索引占的内存", (("yujing_state_bytes", "{{instance}}"),)),
    ("检查点年龄", "s", "上一次检查点到现在", (("yujing_checkpoint_age_seconds", "{{instance}}"),)),
)  # fmt: skip


def stream_document() -> Document:
    """Return the board as Grafana's JSON."""
    made = (
        dashboard.Dashboard("预警：数据流")
        .uid(UID)
        .description("消息来得多快、处理得多快、积压多少。")
        .tags([MARK])
        .timezone(TIMEZONE)
        .week_start("monday")
        .time("now-3h", "now")
        .refresh("30s")
        .build()
    )
    made.panels = [_panel(number, *panel) for number, panel in enumerate(_PANELS)]
    return plain(made)


def _panel(at: int, title: str, unit: str, said: str, lines: tuple[tuple[str, str], ...]) -> Any:
    made = (
        timeseries.Panel()
        .id(at + 1)
        .title(title)
        .description(said)
        .datasource(DataSourceRef(type_val=PROMETHEUS["type"], uid=PROMETHEUS["uid"]))
        .grid_pos(GridPos(x=8 * (at % 3), y=8 * (at // 3), w=8, h=8))
        .unit(unit)
        .min(0)
        .no_value("尚无数据")
        .build()
    )
    made.targets = [
        UnknownDataquery(
            {"refId": ref, "datasource": PROMETHEUS, "expr": expression, "legendFormat": legend}
        )
        for ref, (expression, legend) in zip("ABC", lines, strict=False)
    ]
    return made
