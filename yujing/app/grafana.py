"""The boards in Grafana: `yujing dashboards`. It needs no open county, only its files."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from dashboards.grafana.gateway import Grafana
from dashboards.grafana.grants import counties_named, grants
from dashboards.grafana.moments import Moment, add, of_models, of_thresholds
from dashboards.grafana.provisioning import ClickHouseAddress, Wanted, render, wanted
from dashboards.grafana.push import Change, State, changes, push
from dashboards.grafana.server import examine, require
from models.registry import Registry
from yujing.app.output import DONE, FAILED, PARTLY, Output
from yujing.clock import SystemClock
from yujing.domain.calendar import Calendar
from yujing.domain.policy import Policy
from yujing.domain.region import Regions
from yujing.errors import SettingsError, UsageError
from yujing.settings import SHANGHAI, Settings


def render_files(
    settings: Settings, output: Output, directory: Path, *, seen_at: str | None,
    clickhouse: str, password_file: str, prometheus: str,
) -> int:  # fmt: skip
    """Write the files from which Grafana makes everything at its start."""
    user, host, port = _clickhouse(clickhouse)
    address = ClickHouseAddress(host, port, user, password_file)
    files = render(
        directory, _wanted(settings), seen_at=seen_at or str(directory.absolute()),
        clickhouse=address, prometheus=prometheus,
    )  # fmt: skip
    for path in files:
        output.result({"file": str(path)}, str(path))
    return DONE


def show_plan(settings: Settings, output: Output, *, overwrite: bool) -> int:
    """Say what a push would change; change nothing."""
    grafana = connect(settings)
    require(grafana)
    found = list(changes(grafana, _wanted(settings), overwrite=overwrite))
    return _tell(found, output, done="would change")


def push_boards(settings: Settings, output: Output, *, overwrite: bool) -> int:
    """Change what differs, and say on the boards when models and thresholds changed."""
    grafana = connect(settings)
    require(grafana)
    status = _tell(push(grafana, _wanted(settings), overwrite=overwrite), output, done="changed")
    for moment in add(grafana, _moments(settings), now=_now()):
        fields = {"kind": "annotation", "at": moment.at.isoformat(), "text": moment.text}
        output.result(dict(fields), f"annotation    {moment.at:%Y-%m-%d} {moment.text}")
    return status


def check_server(settings: Settings, output: Output) -> int:
    """Look at the server and at everything that is wanted there; change nothing."""
    grafana = connect(settings)
    findings = examine(grafana)
    for finding in findings:
        output.result(finding.fields(), finding.words())
    if not all(finding.ok for finding in findings):
        return FAILED
    found = list(changes(grafana, _wanted(settings)))
    _tell(found, output, done="would change")
    return DONE if all(change.state is State.SAME for change in found) else PARTLY


def print_grants(output: Output, counties: Iterable[str]) -> int:
    """Print who may read the numbers, as SQL."""
    codes = counties_named(list(counties), Regions.load())
    for statement in grants(codes):
        output.result({"sql": statement}, f"{statement};")
    return DONE


def connect(settings: Settings) -> Grafana:
    """Return the server that the settings name.

    Raises
    ------
    SettingsError
        If it or the token is not named, or the file is not there.
    """
    missing = []
    if not settings.grafana:
        missing.append("grafana: set YUJING_GRAFANA to Grafana's address")
    token = _token(settings.grafana_token_file)
    if not token:
        missing.append(
            "grafana_token_file: set YUJING_GRAFANA_TOKEN_FILE to a file with the token of a "
            "service account"
        )
    if missing:
        raise SettingsError(missing)
    return Grafana(settings.grafana or "", token)


def _token(path: Path | None) -> str:
    return path.read_text(encoding="utf8").strip() if path is not None and path.is_file() else ""


def _wanted(settings: Settings) -> Wanted:
    return wanted(
        service_url=settings.service_url,
        addresses=settings.alert_addresses,
        calendar=Calendar.load(_own(settings)),
        today=_now().astimezone(SHANGHAI).date(),
    )


def _moments(settings: Settings) -> list[Moment]:
    """Return what changed, from the files of models and policy."""
    models = settings.data / "models"
    promotions = Registry(models).promotions() if models.is_dir() else ()
    return [*of_models(promotions), *of_thresholds(Policy.load(_own(settings)).rows)]


def _own(settings: Settings) -> Path | None:
    own = settings.data / "policy"
    return own if own.is_dir() else None


def _now() -> datetime:
    return SystemClock().now()


def _clickhouse(text: str) -> tuple[str, str, int]:
    """Return user, host and port of `user@host:port`."""
    user, _, server = text.rpartition("@")
    host, _, port = server.rpartition(":")
    if not user or not host or not port.isdigit():
        raise UsageError(f"{text!r} is not of the form user@host:port")
    return user, host, int(port)


def _tell(found: Iterable[Change], output: Output, *, done: str) -> int:
    """Show what is not the same, and count; partly when something was kept as it is."""
    n_same = n_changed = n_kept = 0
    for change in found:
        if change.state is State.SAME:
            n_same += 1
            continue
        n_changed += change.make is not None
        n_kept += change.make is None
        output.result(change.fields(), change.words())
    output.message(f"{done}: {n_changed}, kept as it is: {n_kept}, same: {n_same}")
    return PARTLY if n_kept else DONE
