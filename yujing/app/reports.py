"""`yujing report`: the monthly and the annual report, frozen, signed, written as files."""

from pathlib import Path

import msgspec

from dashboards.reports.document import to_book, to_document
from dashboards.reports.frozen import Body, Figures, encode
from dashboards.reports.making import make
from dashboards.reports.period import Kind, Period
from dashboards.reports.store import CutOff, Report, Reports
from dashboards.reports.words import change_lines
from dashboards.rollup.rollup import RollUp
from yujing.app.county import County
from yujing.app.output import DONE, Output
from yujing.app.report_place import place_of
from yujing.app.report_reminders import Stage, standing_of_annual
from yujing.app.requests import Arguments
from yujing.errors import UsageError


def make_report(county: County, arguments: Arguments, output: Output) -> int:
    """Make the report of a month or year as it is known now, and write its files."""
    kind = Kind(arguments["kind"])
    period = Period.read(kind, str(arguments["period"]), county.today())
    folder = _folder(arguments["to"])
    report, new = freeze(county, period, str(arguments["place"]))
    paths = write(county, report, folder)
    said = f"{report.id}: version {report.version}" + (
        f", {len(report.changes)} figures differ from version {report.version - 1}"
        if new and report.version > 1 else "" if new else ", nothing changed since"
    )  # fmt: skip
    output.result({**fields_of(report), "new": new, "files": [str(path) for path in paths]}, said)
    for line in change_lines(report) if new else []:
        output.message(line)
    for path in paths:
        output.message(str(path))
    return DONE


def freeze(county: County, period: Period, place: str = "") -> tuple[Report, bool]:
    """Keep the report of a period as it is known now; return it and whether it is a new version.

    Nothing enters the log between the counting and the reading.
    """
    where = place_of(county, place)
    with county.turn("boards"), county.busy:
        covered = RollUp(county.clickhouse).refresh().covered
        cut_off = CutOff(covered, county.log.last_known_at() + 1)
        reports = Reports(county.engine)
        return make(county.clickhouse, reports, period, where, cut_off, county.now())


def list_reports(county: County, _arguments: Arguments, output: Output) -> int:
    """Show all reports, and how the annual one of this year stands."""
    for report in Reports(county.engine).list():
        signed = f"signed by {report.signed_by}" if report.signed_by else "not signed"
        output.result(
            fields_of(report),
            f"{report.id}  {report.kind.zh}  made {report.made_at:%Y-%m-%d %H:%M}  {signed}",
        )
    due = standing_of_annual(county, county.today().year)
    if due.stage is not Stage.SIGNED:
        output.message(due.sentence)
    return DONE


def show_report(county: County, arguments: Arguments, output: Output) -> int:
    """Show a report, or one panel of it with its query and filters; write its files if asked."""
    reports = Reports(county.engine)
    report, body = reports.get(arguments["id"]), reports.body(arguments["id"])
    if arguments["figure"]:
        figures = body.find(arguments["figure"])
        if figures is None:
            known = ", ".join(one.code for one in body.figures)
            raise UsageError(f"there is no {arguments['figure']!r} in {report.id}: {known}")
        output.result(_traced(body, figures), _traced_text(body, figures))
        return DONE
    shown = [_shown(one) for one in body.figures]
    changed = [asdict_of(one) for one in report.changes]
    output.result(
        {**fields_of(report), "title": body.title, "figures": shown, "changed": changed},
        _text(report, body),
    )
    if arguments["to"]:
        for path in write(county, report, _folder(arguments["to"])):
            output.message(str(path))
    return DONE


def sign(county: County, arguments: Arguments, output: Output) -> int:
    """Sign a report by name."""
    report = Reports(county.engine).sign(arguments["id"], str(arguments["by"]), county.now())
    output.result(fields_of(report), f"{report.id}: signed by {report.signed_by}")
    return DONE


def write(county: County, report: Report, folder: Path) -> list[Path]:
    """Write the files of a report and return where they are; each is whole or not there."""
    body = Reports(county.engine).body(report.id)
    contents = {
        "docx": to_document(report, body), "xlsx": to_book(report, body), "json": encode(body),
    }  # fmt: skip
    paths = []
    for ending, content in contents.items():
        path = folder / f"{report.id}.{ending}"
        draft = path.with_suffix(f".{ending}.draft")
        draft.write_bytes(content)
        paths.append(draft.replace(path))
    return paths


def fields_of(report: Report) -> dict[str, object]:
    """Return a report as a result."""
    return {
        "id": report.id, "kind": report.kind.value, "period": report.period,
        "place": f"{report.place}", "version": report.version,
        "positions": {str(k): v for k, v in sorted(report.cut_off.positions.items())},
        "known_before": county_moment(report.cut_off.known_before),
        "made_at": report.made_at.isoformat(), "digest": report.digest,
        "changes": len(report.changes), "signed_by": report.signed_by,
        "signed_at": None if report.signed_at is None else report.signed_at.isoformat(),
    }  # fmt: skip


def county_moment(seconds: int) -> str:
    """Return seconds since 1970 as a moment in words."""
    return County.moment(seconds).isoformat()


def asdict_of(struct: msgspec.Struct) -> dict[str, object]:
    """Return the fields of a frozen part."""
    return dict(msgspec.structs.asdict(struct))


def _folder(text: str) -> Path:
    folder = Path(text)
    if not folder.is_dir():
        raise UsageError(f"there is no directory {folder}")
    return folder


def _shown(figures: Figures) -> dict[str, object]:
    return {
        "code": figures.code, "title": figures.title,
        "columns": [column.zh for column in figures.columns], "rows": figures.texts,
    }  # fmt: skip


def _traced(body: Body, figures: Figures) -> dict[str, object]:
    return {
        **_shown(figures), "about": figures.answer.panel.about.text, "query": figures.query,
        "filters": asdict_of(body.asked), "sql": figures.sql,
        "earlier": [{"period": one.period, "report": one.report} for one in figures.earlier],
    }  # fmt: skip


def _traced_text(body: Body, figures: Figures) -> str:
    rows = ["  ".join(row) for row in figures.texts] or [figures.empty]
    return "\n".join(
        [figures.title, *rows, figures.answer.panel.about.text,
         f"{body.asked.first} 至 {body.asked.last}", figures.sql]
    )  # fmt: skip


def _text(report: Report, body: Body) -> str:
    lines = [body.title, f"{report.id}  SHA-256 {report.digest}"]
    lines.append(f"signed by {report.signed_by}" if report.signed_by else "not signed")
    for figures in body.figures:
        rows = ["  " + "  ".join(row) for row in figures.texts] or [f"  {figures.empty}"]
        lines += [f"{figures.title}  [{figures.code}]", *rows]
    return "\n".join([*lines, *change_lines(report)])
