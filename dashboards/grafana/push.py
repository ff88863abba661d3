"""What a push would change in Grafana, said first; and the push, which changes only that."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dashboards.grafana.difference import differences
from dashboards.grafana.document import Document
from dashboards.grafana.gateway import Grafana
from dashboards.grafana.places import FOLDERS, MARK, Folder
from dashboards.grafana.provisioning import Wanted

_RULES = "/v1/provisioning/alert-rules"
_CONTACTS = "/v1/provisioning/contact-points"
_MUTES = "/v1/provisioning/mute-timings"


class State(StrEnum):
    """How a thing in Grafana stands beside what is wanted."""

    SAME = "same"
    MISSING = "missing"
    DIFFERS = "differs"
    EDITED = "edited by hand, kept"
    FROM_FILES = "from provisioning files, kept"


@dataclass(frozen=True)
class Change:
    """A thing in Grafana, how it stands, and what would be done.

    Parameters
    ----------
    kind, uid, title
        Which.
    state
        How it stands.
    details
        What differs.
    make
        Does it; None where nothing is to be done.
    """

    kind: str
    uid: str
    title: str
    state: State
    details: tuple[str, ...] = ()
    make: Callable[[], object] | None = None

    def fields(self) -> dict[str, object]:
        """Return it for `--json`."""
        return {
            "kind": self.kind, "uid": self.uid, "title": self.title, "state": self.state.value,
            "changes": self.make is not None, "differences": list(self.details),
        }  # fmt: skip

    def words(self) -> str:
        """Return it for a person."""
        lines = [f"{self.kind:<13} {self.uid:<24} {self.state.value}"]
        return "\n".join([*lines, *(f"    {detail}" for detail in self.details[:8])])


def changes(grafana: Grafana, wanted: Wanted, *, overwrite: bool = False) -> Iterator[Change]:
    """Look at everything that is wanted; nothing is changed.

    Parameters
    ----------
    grafana
        The server.
    wanted
        What it is to hold.
    overwrite
        Whether boards that were edited by hand are set back.

    Raises
    ------
    GrafanaError
        Saying what to do.
    """
    for folder in FOLDERS:
        yield from _folder(grafana, folder)
    for folder, made in wanted.boards:
        yield _board(grafana, folder, made, overwrite=overwrite)
    yield _contact(grafana, wanted.contact)
    yield _mute(grafana, wanted.mute)
    for rule in wanted.rules:
        yield _rule(grafana, rule)


def push(grafana: Grafana, wanted: Wanted, *, overwrite: bool = False) -> Iterator[Change]:
    """Change what differs, one thing after the other; return each with what was done."""
    for change in changes(grafana, wanted, overwrite=overwrite):
        if change.make is not None:
            change.make()
        yield change


def _folder(grafana: Grafana, folder: Folder) -> Iterator[Change]:
    path = f"/folders/{folder.uid}"
    found = grafana.find(path)
    wanted = {"title": folder.title}
    if found is None:
        body = {"uid": folder.uid, **wanted}
        yield Change(
            "folder", folder.uid, folder.title, State.MISSING, (),
            lambda: grafana.post("/folders", body),
        )  # fmt: skip
    else:
        body = {**wanted, "version": found.get("version", 0)}
        yield _compared(
            "folder", folder.uid, folder.title, wanted, found, lambda: grafana.put(path, body)
        )
    yield _permissions(grafana, folder, there=found is not None)


def _permissions(grafana: Grafana, folder: Folder, *, there: bool) -> Change:
    """Return what differs in what roles may do; what users and teams were given stays."""
    path = f"/folders/{folder.uid}/permissions"
    found = grafana.get(path) if there else []
    roles = {one["role"]: one["permission"] for one in found if one.get("role")}
    roles.pop("Admin", None)  # an administrator may do everything and cannot be listed
    others = [
        {key: one[key] for key in ("userId", "teamId", "permission") if one.get(key)}
        for one in found
        if not one.get("role") and not one.get("inherited")
    ]
    body = {"items": [*folder.permissions, *others]}
    details = () if roles == dict(folder.roles) else (f"{roles}, wanted {dict(folder.roles)}",)
    state = State.DIFFERS if details else State.SAME
    make = (lambda: grafana.post(path, body)) if details else None
    return Change("permissions", folder.uid, folder.title, state, details, make)


def _board(grafana: Grafana, folder: Folder, made: Document, *, overwrite: bool) -> Change:
    uid, title = str(made["uid"]), str(made["title"])
    found = grafana.find(f"/dashboards/uid/{uid}")
    if found is None:
        return Change(
            "board", uid, title, State.MISSING, (), lambda: _save(grafana, folder, made, 0, uid)
        )
    meta, kept = found.get("meta", {}), found["dashboard"]
    details = differences(made, kept)
    if meta.get("folderUid") != folder.uid:
        details.append(f"folder: {meta.get('folderUid')!r}, wanted {folder.uid!r}")
    if meta.get("provisioned"):
        state = State.FROM_FILES if details else State.SAME
        return Change("board", uid, title, state, tuple(details))
    version = int(kept.get("version", 0))
    if not _is_ours(grafana, uid) and not overwrite:
        return Change("board", uid, title, State.EDITED, tuple(details))
    if not details:
        return Change("board", uid, title, State.SAME)
    return Change(
        "board", uid, title, State.DIFFERS, tuple(details),
        lambda: _save(grafana, folder, made, version, uid),
    )  # fmt: skip


def _save(grafana: Grafana, folder: Folder, made: Document, version: int, uid: str) -> None:
    """Save a board over the version that was looked at, and no later one."""
    grafana.post(
        "/dashboards/db",
        {
            "dashboard": {**made, "uid": uid, "version": version},
            "folderUid": folder.uid,
            "message": f"{MARK}: dashboards push",
            "overwrite": False,
        },
    )


def _is_ours(grafana: Grafana, uid: str) -> bool:
    """Tell whether the newest version of a board is one that we pushed, by its message."""
    answer = grafana.get(f"/dashboards/uid/{uid}/versions?limit=1")
    versions = answer.get("versions", []) if isinstance(answer, dict) else answer
    newest: dict[str, Any] = max(versions, key=lambda one: int(one["version"]), default={})
    return str(newest.get("message", "")).startswith(f"{MARK}:")


def _contact(grafana: Grafana, wanted: dict[str, Any]) -> Change:
    """Return what differs in who is told; an address changed by hand in Grafana is set back."""
    uid = str(wanted["uid"])
    found = next((one for one in grafana.get(_CONTACTS) if one.get("uid") == uid), None)
    if found is None:
        return Change(
            "contact point", uid, wanted["name"], State.MISSING, (),
            lambda: grafana.post(_CONTACTS, wanted),
        )  # fmt: skip
    return _compared(
        "contact point", uid, wanted["name"], wanted, found,
        lambda: grafana.put(f"{_CONTACTS}/{uid}", wanted),
    )  # fmt: skip


def _mute(grafana: Grafana, wanted: dict[str, Any]) -> Change:
    name = str(wanted["name"])
    found = next((one for one in grafana.get(_MUTES) if one.get("name") == name), None)
    if found is None:
        return Change(
            "days off", name, name, State.MISSING, (), lambda: grafana.post(_MUTES, wanted)
        )
    return _compared(
        "days off", name, name, wanted, found, lambda: grafana.put(f"{_MUTES}/{name}", wanted)
    )


def _rule(grafana: Grafana, wanted: dict[str, Any]) -> Change:
    uid, title = str(wanted["uid"]), str(wanted["title"])
    found = grafana.find(f"{_RULES}/{uid}")
    if found is None:
        return Change(
            "alert rule", uid, title, State.MISSING, (), lambda: grafana.post(_RULES, wanted)
        )
    return _compared(
        "alert rule", uid, title, wanted, found, lambda: grafana.put(f"{_RULES}/{uid}", wanted)
    )


def _compared(
    kind: str, uid: str, title: str, wanted: dict[str, Any], found: dict[str, Any],
    make: Callable[[], object],
) -> Change:  # fmt: skip
    details = tuple(differences(wanted, found))
    if not details:
        return Change(kind, uid, title, State.SAME)
    if found.get("provenance") == "file":
        return Change(kind, uid, title, State.FROM_FILES, details)
    return Change(kind, uid, title, State.DIFFERS, details, make)
