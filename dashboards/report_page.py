"""/reports: the frozen reports, their files, and the button with which a leader signs."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import structlog
from starlette.responses import Response
from starlette.routing import Route

from dashboards.reports.document import to_book, to_document
from dashboards.reports.store import Report, Reports
from dashboards.reports.words import change_lines, day_zh, moment_zh
from yujing.access.roles import Right, Role
from yujing.errors import AccessDeniedError
from yujing.settings import SHANGHAI
from yujing.web.page import Ask, Pages, redirect
from yujing.web.render import environment
from yujing.web.services import Services

_MOST = 60  # on the page; `yujing report list` has all
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Shown:
    """A report as the page shows it."""

    report: Report
    title: str
    made: str
    signed: str
    changes: list[str]
    may_sign: bool


def routes(services: Services[Any]) -> list[Route]:
    """Return the list of reports, their files and the signing."""
    page = ReportPage(Pages(services, environment(dashboards="dashboards")))
    pages = page.pages
    return [
        pages.route("/reports", page.index, right=Right.BOARD),
        pages.route("/reports/{report}.{ending}", page.file, right=Right.BOARD),
        pages.route("/reports/sign", page.sign, right=Right.BOARD, methods=("POST",)),
    ]


class ReportPage:
    """The pages of the reports.

    Parameters
    ----------
    pages
        Renders.
    """

    def __init__(self, pages: Pages) -> None:
        self.pages = pages

    def index(self, ask: Ask) -> Response:
        """Show the reports of the visitor's places, the newest first."""
        reports = self._reports()
        own = [one for one in reports.list() if ask.visitor.account.scope.covers(one.place)]
        newest: dict[tuple[str, str, int], str] = {}
        for one in own:
            newest.setdefault((one.kind.value, one.period, one.place), one.id)
        shown = [_shown(ask, one, reports, set(newest.values())) for one in own[:_MOST]]
        return self.pages.render(ask, "dashboards/reports.html", reports=shown)

    def file(self, ask: Ask) -> Response:
        """Return a report as a document or a spreadsheet."""
        reports, ending = self._reports(), ask.path["ending"]
        report = self._report(ask, reports, ask.path["report"])
        if ending not in _TYPES:
            raise AccessDeniedError("no such file")
        body = reports.body(report.id)
        content = (to_document if ending == "docx" else to_book)(report, body)
        name = quote(f"{body.title}（{report.id}）.{ending}")
        headers = {
            "content-disposition": f"attachment; filename*=UTF-8''{name}",
            "cache-control": "no-store",
        }
        return Response(content, media_type=_TYPES[ending], headers=headers)

    def sign(self, ask: Ask) -> Response:
        """Sign a report with the name of the leader's account."""
        account, reports = ask.visitor.account, self._reports()
        report = self._report(ask, reports, ask.form.get("report", ""))
        if account.role is not Role.LEADER:
            raise AccessDeniedError("only leaders sign")
        reports.sign(report.id, account.name or account.username, ask.now)
        structlog.get_logger().info("report_signed", report=report.id, account=account.username)
        return redirect("/reports")

    def _reports(self) -> Reports:
        return Reports(self.pages.services.desk_engine)

    @staticmethod
    def _report(ask: Ask, reports: Reports, report_id: str) -> Report:
        """Return a report of the visitor's places; any other is not found."""
        for one in reports.list():
            if one.id == report_id and ask.visitor.account.scope.covers(one.place):
                return one
        raise AccessDeniedError("no such report")


def _shown(ask: Ask, report: Report, reports: Reports, newest: set[str]) -> Shown:
    signed = ""
    if report.signed_by is not None and report.signed_at is not None:
        signed = f"{report.signed_by} {day_zh(report.signed_at.astimezone(SHANGHAI).date())} 签发"
    leader = ask.visitor.account.role is Role.LEADER
    return Shown(
        report, reports.body(report.id).title, moment_zh(report.made_at), signed,
        change_lines(report), leader and not signed and report.id in newest,
    )  # fmt: skip
