"""The files from which Grafana makes everything at its start."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from dashboards.boards import BOARDS
from dashboards.grafana.alerts import EVERY_S, GROUP, contact_point, rule, watches
from dashboards.grafana.document import Document, as_text, document
from dashboards.grafana.places import (
    CLICKHOUSE,
    FOLDERS,
    LEADERS,
    OPERATORS,
    PROMETHEUS,
    Folder,
    folder_of,
)
from dashboards.grafana.quiet import DAYS_OFF, days_off, intervals
from dashboards.grafana.stream import stream_document
from yujing.domain.calendar import Calendar

YEARS_AHEAD = 3


@dataclass(frozen=True)
class Wanted:
    """What Grafana is to hold.

    Parameters
    ----------
    boards
        Documents, with the folder of each.
    rules, contact, mute
        In the words of the HTTP API.
    """

    boards: tuple[tuple[Folder, Document], ...]
    rules: tuple[dict[str, Any], ...]
    contact: dict[str, Any]
    mute: dict[str, Any]


def wanted(*, service_url: str, addresses: str, calendar: Calendar, today: date) -> Wanted:
    """Return what Grafana is to hold.

    Parameters
    ----------
    service_url
        Address of the service as browsers reach it.
    addresses
        Who is told of alerts, with semicolons between.
    calendar
        Working days.
    today
        Days off are listed for this year and the next.
    """
    boards = [(folder_of(board), document(board, service_url=service_url)) for board in BOARDS]
    years = range(today.year - 1, today.year + YEARS_AHEAD)
    off = days_off(calendar, (today.year, today.year + 1))
    return Wanted(
        (*boards, (OPERATORS, stream_document())),
        tuple(rule(watch) for watch in watches(years)),
        contact_point(addresses),
        {"name": DAYS_OFF, "time_intervals": intervals(off)},
    )


@dataclass(frozen=True)
class ClickHouseAddress:
    """Where Grafana's server reaches ClickHouse; the password comes from a file of its own.

    Parameters
    ----------
    host, port, user, password_file
        Of a user that may only read; the file is one that Grafana's server can read.
    """

    host: str
    port: int = 8123
    user: str = "boards"
    password_file: str = "/run/secrets/boards_password"  # noqa: S105  a path
    database: str = "yujing"
    secure: bool = False


def render(
    directory: Path, what: Wanted, *, seen_at: str, clickhouse: ClickHouseAddress, prometheus: str
) -> list[Path]:
    """Write the files; what is there is replaced, what we do not write any more is taken away.

    Parameters
    ----------
    directory
        Gets `provisioning/` (datasources, dashboards, alerting) and `boards/`.
    what
        From `wanted`.
    seen_at
        The directory as Grafana's server sees it.
    clickhouse, prometheus
        Where the numbers are.

    Returns
    -------
    The files, in order.
    """
    files = {
        "provisioning/datasources/yujing.yaml": _yaml(datasources(clickhouse, prometheus)),
        "provisioning/dashboards/yujing.yaml": _yaml(providers(seen_at.rstrip("/"))),
        "provisioning/alerting/yujing.yaml": _yaml(alerting(what)),
    }
    for folder, made in what.boards:
        files[f"boards/{folder.uid}/{made['uid']}.json"] = as_text(made)
    for old in sorted((directory / "boards").glob("*/*.json")):
        if old.relative_to(directory).as_posix() not in files:
            old.unlink()
    for name, text in files.items():
        _write(directory / name, text)
    return [directory / name for name in files]


def _write(path: Path, text: str) -> None:
    """Write a file that Grafana's user can read, whole or not at all; nothing in it is secret."""
    for made in (path.parent.parent, path.parent):
        made.mkdir(parents=True, exist_ok=True)
        made.chmod(0o755)
    draft = path.with_name(f"{path.name}.draft")
    draft.write_text(text, encoding="utf8")
    draft.chmod(0o644)
    draft.replace(path)


def datasources(clickhouse: ClickHouseAddress, prometheus: str) -> dict[str, Any]:
    """Return the data sources; the password is named by its file and never written."""
    return {
        "apiVersion": 1,
        "datasources": [
            {
                "name": "预警：数字",
                **CLICKHOUSE,
                "access": "proxy",
                "editable": False,
                "jsonData": {
                    "host": clickhouse.host,
                    "port": clickhouse.port,
                    "protocol": "http",
                    "secure": clickhouse.secure,
                    "username": clickhouse.user,
                    "defaultDatabase": clickhouse.database,
                    "queryTimeout": "30",
                },
                "secureJsonData": {"password": f"$__file{{{clickhouse.password_file}}}"},
            },
            {
                "name": "prometheus",
                **PROMETHEUS,
                "access": "proxy",
                "editable": False,
                "url": prometheus,
                "isDefault": True,
            },
        ],
    }


def providers(seen_at: str) -> dict[str, Any]:
    """Return where Grafana finds the boards of each folder."""
    return {
        "apiVersion": 1,
        "providers": [
            {
                "name": folder.uid,
                "folder": folder.title,
                "folderUid": folder.uid,
                "type": "file",
                "allowUiUpdates": False,
                "disableDeletion": False,
                "options": {"path": f"{seen_at}/boards/{folder.uid}"},
            }
            for folder in FOLDERS
        ],
    }


def alerting(what: Wanted) -> dict[str, Any]:
    """Return rules, contact point and days off in the words of the files."""
    contact = {**what.contact}
    name = contact.pop("name")
    return {
        "apiVersion": 1,
        "contactPoints": [{"orgId": 1, "name": name, "receivers": [contact]}],
        "muteTimes": [{"orgId": 1, **what.mute}],
        "groups": [_group(folder, what.rules) for folder in (LEADERS, OPERATORS)],
    }


def _group(folder: Folder, rules: Sequence[dict[str, Any]]) -> dict[str, Any]:
    ours = [one for one in rules if one["folderUID"] == folder.uid]
    unsaid = ("orgID", "folderUID", "ruleGroup")
    return {
        "orgId": 1,
        "name": GROUP,
        "folder": folder.title,
        "interval": f"{EVERY_S}s",
        "rules": [{key: one[key] for key in one if key not in unsaid} for one in ours],
    }


def _yaml(content: dict[str, Any]) -> str:
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1000)
