"""The pages of all rooms, mounted on one open county."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from starlette.routing import BaseRoute, Route

from alerts.desk.desk import Desk
from alerts.pages import routes as alert_routes
from dashboards.board_page import routes as board_routes
from dashboards.county import routes as county_routes
from dashboards.report_page import routes as report_routes
from streams.sheets.limits import SheetLimits
from streams.vault.doubles import Decision
from yujing.app.county import County
from yujing.app.county_code import prefix_of
from yujing.app.difference_pages import routes as difference_routes
from yujing.app.doubles import decide
from yujing.app.doubles_pages import routes as doubles_routes
from yujing.app.import_pages import Room
from yujing.app.import_pages import routes as import_routes
from yujing.app.import_samples import Sample, samples_of
from yujing.app.month_close import gaps_by_month
from yujing.app.quality_pages import routes as quality_routes
from yujing.app.quality_words import RuleWords
from yujing.app.reminders import reminders
from yujing.app.source_pages import SourceRoom
from yujing.app.source_pages import routes as source_routes
from yujing.app.source_register import reports
from yujing.app.uploads.worker import ImportWorker
from yujing.domain.codes import Source
from yujing.web.services import Services

ASKED_BACK = (
    ("/quality", "数据质量：哪些行要改"),
    ("/sources", "报送情况：按时、完整、准确"),
    ("/differences", "部门比对：说法不一的人和户"),
)
"""Pages that a department looks at after it has sent a sheet."""


def services(county: County) -> Services[Desk]:
    """Return what the pages need of an open county."""

    @contextmanager
    def still() -> Iterator[None]:
        with county.busy:
            yield

    return Services(
        access=county.access,
        clock=county.clock,
        regions=county.regions,
        policy=county.policy,
        calendar=county.calendar,
        desk=county.desk,
        desk_engine=county.engine,
        vault=county.vault,
        state=lambda: county.state,
        log=county.log,
        county=prefix_of(county),
        reading=still,
        https=county.settings.https,
        numbers=lambda: county.clickhouse,
        grafana=(county.settings.grafana or "").rstrip("/"),
    )


def page_routes(county: County, imports: ImportWorker) -> list[BaseRoute]:
    """Return the routes of workers, supervisors, leaders and departments.

    Parameters
    ----------
    imports
        Delivers what departments upload.
    """
    mounted = services(county)
    routes: list[BaseRoute] = [
        *alert_routes(mounted),
        *county_routes(mounted),
        *board_routes(mounted),
        *report_routes(mounted),
        *difference_routes(mounted),
        *quality_routes(mounted, county.quality, RuleWords(county.rules)),
        *doubles_routes(mounted, county.doubles, partial(_decide, county)),
        *source_routes(mounted, _source_room(county)),
    ]
    there = {route.path for route in routes if isinstance(route, Route)}
    room = Room(
        imports.uploads,
        imports.wake,
        SheetLimits().file_bytes,
        lambda source: county.source_register.department(source),
        lambda source: _samples(county, source),
        [(path, word) for path, word in ASKED_BACK if path in there],
    )
    return [*routes, *import_routes(mounted, room)]


def _source_room(county: County) -> SourceRoom:
    return SourceRoom(
        lambda sources: reports(county, sources),
        lambda: reminders(county),
        lambda: gaps_by_month(county),
        RuleWords(county.rules),
    )


def _samples(county: County, source: Source | None) -> list[Sample]:
    from yujing.app.sheets.plan import mappings_of  # reading sheets takes long to load

    return samples_of(mappings_of(county), source)


def _decide(county: County, one: int, other: int, decision: str, by: str) -> Decision:
    return decide(county, one, other, decision, by=by)
