"""A panel as Grafana draws it, built with Grafana's own builders."""

from typing import Any

from grafana_foundation_sdk.builders import bargauge, common, dashboard, stat, table, timeseries
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.runtime import UnknownDataquery
from grafana_foundation_sdk.models.common import (
    BarGaugeDisplayMode,
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    DataSourceRef,
    LegendDisplayMode,
    LegendPlacement,
    TooltipDisplayMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardLink,
    DashboardLinkType,
    FieldColorModeId,
    GridPos,
    Threshold,
    ThresholdsMode,
)
from grafana_foundation_sdk.models.dashboard import Panel as Built

from dashboards.grafana.fields import (
    decimals,
    declared_only,
    in_chinese,
    lines_by_label,
    null_as,
    properties,
    word_for_null,
)
from dashboards.grafana.places import CLICKHOUSE
from dashboards.panel import Board, Panel, Shape

SERIES_FORMAT, TABLE_FORMAT = 0, 1
HEIGHTS = {Shape.STAT: 5, Shape.SERIES: 9, Shape.BARS: 9, Shape.TABLE: 11, Shape.TILES: 9}
WIDTH = 24
MOST_ROWS = 2000  # a province has 1,510 townships
BLUE, PALE = "#1f60c4", "#c0d8ff"  # one hue: a shade of it is read without seeing colours
Drawing = stat.Panel | timeseries.Panel | bargauge.Panel | table.Panel


def place(row: tuple[Panel, ...], at: int, top: int) -> GridPos:
    """Return where the panel `at` of a row stands; the last one takes what is left."""
    each = WIDTH // len(row)
    width = WIDTH - each * (len(row) - 1) if at == len(row) - 1 else each
    return GridPos(x=each * at, y=top, w=width, h=height(row))


def height(row: tuple[Panel, ...]) -> int:
    """Return the height of a row, that of its tallest panel."""
    return max(HEIGHTS[panel.shape] for panel in row)


def built(board: Board, panel: Panel, number: int, where: GridPos, service_url: str) -> Built:
    """Return a panel for Grafana.

    Parameters
    ----------
    board, panel
        The panel and where it belongs.
    number
        Its number on the board, from 1.
    where
        Its place.
    service_url
        Address of the service, without a slash at its end.
    """
    draw = {
        Shape.STAT: _stat,
        Shape.SERIES: _series,
        Shape.BARS: _bars,
        Shape.TABLE: _table,
        Shape.TILES: _tiles,
    }[panel.shape]
    steps = [declared_only(panel)]
    if _labelled(panel):
        steps.append(lines_by_label())
    else:
        steps.append(in_chinese(panel.columns))
    number_column = _number(panel)
    builder = (
        draw(panel)
        .id(number)
        .title(panel.title)
        .description(panel.about.text)
        .datasource(DataSourceRef(type_val=CLICKHOUSE["type"], uid=CLICKHOUSE["uid"]))
        .grid_pos(where)
        .no_value(panel.empty)
        .unit(number_column.unit.grafana if number_column.unit else "string")
        .transformations(steps)
        .links(_links(board, panel, service_url))
    )
    if number_column.unit:
        builder = builder.decimals(decimals(number_column.unit))
    for column in () if _labelled(panel) else panel.columns:
        builder = builder.override_by_name(column.zh, properties(panel, column))
    made = builder.build()
    made.targets = [target(panel.query, _format(panel))]
    return made


def target(sql: str, form: int = TABLE_FORMAT, ref: str = "A") -> UnknownDataquery:
    """Return a query for the plugin's SQL editor."""
    fields: dict[str, Any] = {
        "refId": ref, "datasource": CLICKHOUSE, "editorType": "sql", "rawSql": sql, "format": form,
    }  # fmt: skip
    if form == SERIES_FORMAT:
        return UnknownDataquery({**fields, "queryType": "timeseries"})
    return UnknownDataquery({**fields, "queryType": "table"})


def _format(panel: Panel) -> int:
    """Return the form of the answer.

    The plugin widens a time series with labels before our steps: the flags of hidden cells would
    become lines. Such a panel takes the long table, and a later step makes the lines.
    """
    plain = panel.shape is Shape.SERIES and not _labelled(panel)
    return SERIES_FORMAT if plain else TABLE_FORMAT


def _labelled(panel: Panel) -> bool:
    return panel.shape is Shape.SERIES and any(c.name == "label" for c in panel.columns)


def _number(panel: Panel) -> Any:
    """Return the column whose number the panel is about."""
    numbers = [column for column in panel.columns if column.unit is not None]
    return numbers[0] if numbers else panel.columns[-1]


def _links(board: Board, panel: Panel, url: str) -> list[Builder[DashboardLink]]:
    links = [("本系统里的同一张看板", f"{url}/boards/{board.code}")]
    if panel.link:
        links.insert(0, ("看名单（按权限，会记录）", f"{url}{panel.link}"))
    return [
        dashboard.DashboardLink(title).type(DashboardLinkType.LINK).url(address).target_blank(True)
        for title, address in links
    ]


def _steps() -> dashboard.ThresholdsConfig:
    """Return one colour for all: no number is good or bad by itself."""
    return dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps([Threshold(color=BLUE)])


def _rows_of(panel: Panel) -> common.ReduceDataOptions:
    return (
        common.ReduceDataOptions()
        .values(True)
        .calcs(["lastNotNull"])
        .fields(f"/^{_number(panel).zh}$/")
        .limit(MOST_ROWS)
    )


def _stat(_: Panel) -> Drawing:
    calculated = common.ReduceDataOptions().values(False).calcs(["last"]).fields("/.*/")
    return (
        stat.Panel()
        .reduce_options(calculated)
        .graph_mode(BigValueGraphMode.NONE)
        .color_mode(BigValueColorMode.NONE)
        .text_mode(BigValueTextMode.VALUE_AND_NAME)
        .orientation(VizOrientation.VERTICAL)
        .thresholds(_steps())
    )


def _series(panel: Panel) -> Drawing:
    builder = (
        timeseries.Panel()
        .line_width(2)
        .fill_opacity(0)
        .span_nulls(False)  # a hidden month is a gap, not a bridge
        .mappings(null_as(word_for_null(panel, _number(panel))))
        .legend(
            common.VizLegendOptions()
            .display_mode(LegendDisplayMode.LIST)
            .placement(LegendPlacement.BOTTOM)
            .show_legend(True)
        )
        .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
    )
    return builder.display_name("${__field.labels.label}") if _labelled(panel) else builder


def _bars(panel: Panel) -> Drawing:
    return (
        bargauge.Panel()
        .reduce_options(_rows_of(panel))
        .orientation(VizOrientation.HORIZONTAL)
        .display_mode(BarGaugeDisplayMode.BASIC)
        .min(0)
        .thresholds(_steps())
    )


def _table(_: Panel) -> Drawing:
    return table.Panel().filterable(False)


def _tiles(panel: Panel) -> Drawing:
    return (
        stat.Panel()
        .reduce_options(_rows_of(panel))
        .graph_mode(BigValueGraphMode.NONE)
        .color_mode(BigValueColorMode.BACKGROUND_SOLID)
        .text_mode(BigValueTextMode.VALUE_AND_NAME)
        .color_scheme(dashboard.FieldColor().mode(FieldColorModeId.CONTINUOUS_BLUES))
    )
