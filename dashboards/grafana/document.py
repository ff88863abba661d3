"""A board as the JSON that Grafana keeps."""

import json
from typing import Any, cast

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import DataSourceRef
from grafana_foundation_sdk.models.dashboard import (
    DashboardLinkType,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from dashboards.grafana.panels import built, height, place
from dashboards.grafana.places import CLICKHOUSE, MARK, TIMEZONE, uid_of
from dashboards.macros import COUNTY, TOWNSHIP
from dashboards.panel import Board

ALL = "全部"
COUNTIES = (
    "SELECT toString(county) AS value, any(county_name) AS text FROM places "
    "GROUP BY county ORDER BY county"
)
TOWNSHIPS = (
    "SELECT toString(code) AS value, any(name) AS text FROM places WHERE code != county "
    "AND $__conditionalAll(county IN (${county:csv}), $county) GROUP BY code ORDER BY code"
)
Document = dict[str, Any]


def document(board: Board, *, service_url: str) -> Document:
    """Return a board as Grafana's JSON, without the number and version that Grafana gives it.

    Parameters
    ----------
    board
        The board.
    service_url
        Address of the service as a browser reaches it.
    """
    url = service_url.rstrip("/")
    builder = (
        dashboard.Dashboard(board.title)
        .uid(uid_of(board))
        .description(board.question)
        .tags([MARK])
        .timezone(TIMEZONE)
        .week_start("monday")
        .time("now-1y", "now")
        .refresh("")
        .variables([_variable(COUNTY, "县", COUNTIES), _variable(TOWNSHIP, "乡镇", TOWNSHIPS)])
        .annotations([_annotations()])
        .links([_to_the_service(f"{url}/boards/{board.code}"), _to_each_other()])
    )
    made = builder.build()
    made.panels, top, number = [], 0, 0
    for row in board.rows:
        for at, panel in enumerate(row):
            number += 1
            made.panels.append(built(board, panel, number, place(row, at, top), url))
        top += height(row)
    found = plain(made)
    for link in found["links"]:
        link.pop("placement", None)  # else 12.3 moves it into a menu
    return found


def plain(made: object) -> Document:
    """Return what a builder made as plain JSON values."""
    return cast(Document, json.loads(json.dumps(made, cls=JSONEncoder)))


def as_text(made: Document) -> str:
    """Return a document as text that a person can compare."""
    return json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _variable(name: str, label: str, sql: str) -> dashboard.QueryVariable:
    return (
        dashboard.QueryVariable(name)
        .label(label)
        .datasource(DataSourceRef(type_val=CLICKHOUSE["type"], uid=CLICKHOUSE["uid"]))
        .query(sql)
        .definition(sql)
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.DISABLED)
        .multi(True)
        .include_all(True)
        .allow_custom_value(False)  # a choice goes into SQL: only what the list has
        .current(VariableOption(selected=True, text=[ALL], value=["$__all"]))
    )


def _annotations() -> dashboard.AnnotationQuery:
    tagged = dashboard.AnnotationTarget().type("tags").tags([MARK]).match_any(False).limit(100)
    return (
        dashboard.AnnotationQuery()
        .name("模型和标准的变动")
        .datasource(DataSourceRef(type_val="grafana", uid="-- Grafana --"))
        .enable(True)
        .hide(False)
        .icon_color("orange")
        .target(cast(Any, tagged))  # the SDK asks for a query and takes its own target
    )


def _to_the_service(address: str) -> dashboard.DashboardLink:
    return (
        dashboard.DashboardLink("打开本系统的看板和名单")
        .type(DashboardLinkType.LINK)
        .url(address)
        .icon("external link")
        .target_blank(True)
    )


def _to_each_other() -> dashboard.DashboardLink:
    return (
        dashboard.DashboardLink("其他看板")
        .type(DashboardLinkType.DASHBOARDS)
        .tags([MARK])
        .as_dropdown(True)
        .include_vars(True)
        .keep_time(True)
    )
