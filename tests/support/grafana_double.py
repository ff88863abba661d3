"""A double of Grafana's HTTP API, as far as the boards need it.

Each behaviour is that of a page of Grafana's documentation, named beside it. No Grafana server can
be had where the tests run; what the pages do not say is not doubled.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

DOCS = "https://grafana.com/docs/grafana/v12.1"
API = f"{DOCS}/developers/http_api"
TOKEN = "glsa_of_a_service_account"
Answer = tuple[int, Any]


@dataclass
class GrafanaDouble:
    """What the server holds; tests change it as somebody with a browser would."""

    version: str = "12.1.0"
    token: str = TOKEN
    plugins: dict[str, dict[str, Any]] = field(default_factory=dict)
    datasources: dict[str, dict[str, Any]] = field(default_factory=dict)
    folders: dict[str, dict[str, Any]] = field(default_factory=dict)
    permissions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    boards: dict[str, dict[str, Any]] = field(default_factory=dict)
    versions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    contacts: list[dict[str, Any]] = field(default_factory=list)
    mutes: list[dict[str, Any]] = field(default_factory=list)
    annotations: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    broken: dict[str, Answer] = field(default_factory=dict)  # path prefix: what it answers
    next_id: int = 100

    def new_id(self) -> int:
        self.next_id += 1
        return self.next_id

    def writes(self) -> list[tuple[str, str]]:
        return [(verb, path) for verb, path in self.asked if verb != "GET"]

    def edit(self, uid: str, message: str = "", **changed: Any) -> None:
        """Save a board as a person in the browser does."""
        kept = self.boards[uid]
        kept["dashboard"] = {**kept["dashboard"], **changed}
        self._new_version(uid, message)

    def _new_version(self, uid: str, message: str) -> int:
        """A save makes a version with its message ({API}/dashboard_versions/)."""
        board = self.boards[uid]["dashboard"]
        board["version"] = int(board.get("version", 0)) + 1
        self.versions.setdefault(uid, []).append(
            {"version": board["version"], "message": message, "uid": uid}
        )
        return int(board["version"])

    # the routes

    def answer(self, verb: str, path: str, query: dict[str, list[str]], body: Any) -> Answer:
        if re.search(r"/(id|db)/\d+$|^/(dashboards|datasources|folders)/\d+$", path):
            # "/api/datasources/:id" and "/api/folders/id/:id" are deprecated ({API}/data_source/,
            # {API}/folder/) and off in 13 (grafana.com/whats-new/
            # 2026-04-14-deprecated-data-source-apis-disabled-by-default/)
            return 404, {"message": "Not found"}
        for pattern, handler in _ROUTES:
            match = re.fullmatch(pattern, f"{verb} {path}")
            if match:
                words = [unquote(word) for word in match.groups()]
                return handler(self, *words, query=query, body=body)  # type: ignore[no-any-return]
        return 404, {"message": "Not found"}

    def health(self, **_: Any) -> Answer:  # {API}/other/
        return 200, {"commit": "abc", "database": "ok", "version": self.version}

    def plugin(self, uid: str, **_: Any) -> Answer:
        found = self.plugins.get(uid)
        return (
            (200, found) if found else (404, {"message": "Plugin not found, no installed plugin"})
        )

    def datasource(self, uid: str, **_: Any) -> Answer:  # {API}/data_source/
        found = self.datasources.get(uid)
        return (200, found) if found else (404, {"message": "Data source not found"})

    def folder(self, uid: str, **_: Any) -> Answer:  # {API}/folder/#get-folder-by-uid
        found = self.folders.get(uid)
        return (200, found) if found else (404, {"message": "folder not found"})

    def new_folder(self, body: Any, **_: Any) -> Answer:  # {API}/folder/#create-folder: 409
        uid = body["uid"]
        if uid in self.folders:
            return 409, {"message": "a folder with the same UID already exists"}
        self.folders[uid] = {"id": self.new_id(), "version": 1, **body}
        # {API}/folder_permissions/: a new folder gives Viewer View and Editor Edit
        self.permissions[uid] = [
            {"role": "Viewer", "permission": 1}, {"role": "Editor", "permission": 2}
        ]  # fmt: skip
        return 200, self.folders[uid]

    def put_folder(self, uid: str, body: Any, **_: Any) -> Answer:  # {API}/folder/#update-folder
        kept = self.folders.get(uid)
        if kept is None:
            return 404, {"message": "folder not found"}
        if not body.get("overwrite") and body.get("version") != kept["version"]:
            return 412, {"message": "the folder has been changed by someone else"}
        kept.update(title=body["title"], version=kept["version"] + 1)
        return 200, kept

    def get_permissions(self, uid: str, **_: Any) -> Answer:  # {API}/folder_permissions/
        if uid not in self.folders:
            return 404, {"message": "folder not found"}
        return 200, [{"id": n, "uid": uid, **one} for n, one in enumerate(self.permissions[uid])]

    def set_permissions(self, uid: str, body: Any, **_: Any) -> Answer:
        # "Items that are omitted from the list will be removed" ({API}/folder_permissions/)
        self.permissions[uid] = list(body["items"])
        return 200, {"message": "Folder permissions updated"}

    def board(self, uid: str, **_: Any) -> Answer:  # {API}/dashboard/#get-dashboard-by-uid
        found = self.boards.get(uid)
        if found is None:
            return 404, {"message": "Dashboard not found"}
        return 200, {"dashboard": _reordered(found["dashboard"]), "meta": found["meta"]}

    def save_board(
        self, body: Any, **_: Any
    ) -> Answer:  # {API}/dashboard/#create--update-dashboard
        sent = json.loads(json.dumps(body["dashboard"]))
        uid, kept = sent["uid"], self.boards.get(sent["uid"])
        if body.get("folderUid") not in self.folders:
            return 400, {"message": "folder not found"}
        if kept is not None and kept["meta"].get("provisioned"):
            return 400, {"message": "Cannot save provisioned dashboard"}
        if (
            kept is not None
            and not body.get("overwrite")
            and sent.get("version") != kept["dashboard"]["version"]
        ):
            # "The dashboard has been changed by someone else, status=version-mismatch"
            return 412, {
                "status": "version-mismatch",
                "message": "The dashboard has been changed by someone else",
            }
        number = kept["dashboard"]["id"] if kept else self.new_id()
        before = kept["dashboard"]["version"] if kept else 0
        # "id is an auto-incrementing numeric value"; the JSON is brought to the newest schema
        # ({DOCS}/dashboards/build-dashboards/view-dashboard-json-model/)
        sent.update(id=number, version=before, schemaVersion=41)
        for panel in sent["panels"]:
            panel.setdefault("pluginVersion", self.version)
        meta = {"folderUid": body["folderUid"], "url": f"/d/{uid}", "provisioned": False}
        self.boards[uid] = {"dashboard": sent, "meta": meta}
        version = self._new_version(uid, body.get("message", ""))
        return 200, {"id": number, "uid": uid, "status": "success", "version": version}

    def board_versions(self, uid: str, query: Any, **_: Any) -> Answer:  # {API}/dashboard_versions/
        newest = sorted(self.versions.get(uid, []), key=lambda one: -one["version"])
        limit = int(query.get("limit", ["1000"])[0])
        return 200, {"continueToken": "", "versions": newest[:limit]}

    def rule(self, uid: str, **_: Any) -> Answer:  # {API}/alerting_provisioning/
        found = self.rules.get(uid)
        return (200, _reordered(found)) if found else (404, {"message": "not found"})

    def new_rule(self, body: Any, **_: Any) -> Answer:
        if body["uid"] in self.rules:
            return 409, {"message": "rule with UID already exists"}
        self.rules[body["uid"]] = {**body, "id": self.new_id(), "provenance": "api"}
        return 201, self.rules[body["uid"]]

    def put_rule(self, uid: str, body: Any, **_: Any) -> Answer:
        if uid not in self.rules:
            return 404, {"message": "not found"}
        self.rules[uid] = {**self.rules[uid], **body}
        return 200, self.rules[uid]

    def get_contacts(self, **_: Any) -> Answer:
        return 200, self.contacts

    def new_contact(self, body: Any, **_: Any) -> Answer:
        self.contacts.append({**body, "provenance": "api"})
        return 202, self.contacts[-1]

    def put_contact(self, uid: str, body: Any, **_: Any) -> Answer:
        self.contacts = [body if one["uid"] == uid else one for one in self.contacts]
        return 202, {"message": "contactpoint updated"}

    def get_mutes(self, **_: Any) -> Answer:
        return 200, self.mutes

    def new_mute(self, body: Any, **_: Any) -> Answer:
        self.mutes.append(body)
        return 201, body

    def put_mute(self, name: str, body: Any, **_: Any) -> Answer:
        self.mutes = [body if one["name"] == name else one for one in self.mutes]
        return 202, body

    def get_annotations(self, query: Any, **_: Any) -> Answer:  # {API}/annotations/
        first, last = int(query["from"][0]), int(query["to"][0])
        tags = set(query.get("tags", []))
        found = [
            one for one in self.annotations
            if first <= one["time"] <= last and tags <= set(one["tags"])
        ]  # fmt: skip
        return 200, found[: int(query.get("limit", ["100"])[0])]

    def new_annotation(self, body: Any, **_: Any) -> Answer:
        self.annotations.append({"id": self.new_id(), **body})
        return 200, {"message": "Annotation added", "id": self.annotations[-1]["id"]}


_U = r"([^/?]+)"
_ROUTES: list[tuple[str, Any]] = [
    ("GET /health", GrafanaDouble.health),
    (f"GET /plugins/{_U}/settings", GrafanaDouble.plugin),
    (f"GET /datasources/uid/{_U}", GrafanaDouble.datasource),
    ("POST /folders", GrafanaDouble.new_folder),
    (f"GET /folders/{_U}", GrafanaDouble.folder),
    (f"PUT /folders/{_U}", GrafanaDouble.put_folder),
    (f"GET /folders/{_U}/permissions", GrafanaDouble.get_permissions),
    (f"POST /folders/{_U}/permissions", GrafanaDouble.set_permissions),
    ("POST /dashboards/db", GrafanaDouble.save_board),
    (f"GET /dashboards/uid/{_U}", GrafanaDouble.board),
    (f"GET /dashboards/uid/{_U}/versions", GrafanaDouble.board_versions),
    ("POST /v1/provisioning/alert-rules", GrafanaDouble.new_rule),
    (f"GET /v1/provisioning/alert-rules/{_U}", GrafanaDouble.rule),
    (f"PUT /v1/provisioning/alert-rules/{_U}", GrafanaDouble.put_rule),
    ("GET /v1/provisioning/contact-points", GrafanaDouble.get_contacts),
    ("POST /v1/provisioning/contact-points", GrafanaDouble.new_contact),
    (f"PUT /v1/provisioning/contact-points/{_U}", GrafanaDouble.put_contact),
    ("GET /v1/provisioning/mute-timings", GrafanaDouble.get_mutes),
    ("POST /v1/provisioning/mute-timings", GrafanaDouble.new_mute),
    (f"PUT /v1/provisioning/mute-timings/{_U}", GrafanaDouble.put_mute),
    ("GET /annotations", GrafanaDouble.get_annotations),
    ("POST /annotations", GrafanaDouble.new_annotation),
]


def ready_double() -> GrafanaDouble:
    """Return a server with the plugin and the data sources, and nothing else."""
    kind = "grafana-clickhouse-datasource"
    return GrafanaDouble(
        plugins={kind: {"id": kind, "info": {"version": "4.20.0"}}},
        datasources={
            "yujing-clickhouse": {"id": 1, "uid": "yujing-clickhouse", "type": kind},
            "prometheus": {"id": 2, "uid": "prometheus", "type": "prometheus"},
        },
    )


@contextmanager
def served(double: GrafanaDouble, prefix: str = "") -> Iterator[str]:
    """Serve the double and give its address."""

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length) or b"null")
            double.asked.append((self.command, parts.path))
            self._send(*self._answer(parts.path, parse_qs(parts.query), body))

        do_GET = do_POST = do_PUT = _handle  # noqa: N815  the server asks for these names

        def _answer(self, path: str, query: dict[str, list[str]], body: Any) -> Answer:
            if not path.startswith(f"{prefix}/api/"):
                return 404, "<html><title>404</title></html>"
            path = path.removeprefix(f"{prefix}/api")
            for start, answer in double.broken.items():
                if path.startswith(start):
                    return answer
            if self.headers.get("authorization") != f"Bearer {double.token}":
                return 401, {"message": "Invalid API key"}  # {API}/authentication/
            return double.answer(self.command, path, query, body)

        def _send(self, status: int, answer: Any) -> None:
            text = answer if isinstance(answer, str) else json.dumps(answer)
            content = text.encode()
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("location", text)
            self.send_header("content-type", "text/html" if text[:1] == "<" else "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}{prefix}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _reordered(value: Any) -> Any:
    """Return the same JSON with its keys in another order, as a store gives it back."""
    if isinstance(value, dict):
        return {key: _reordered(value[key]) for key in sorted(value, reverse=True)}
    return [_reordered(one) for one in value] if isinstance(value, list) else value
