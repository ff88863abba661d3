"""A process that answers a good part of ClickHouse's HTTP interface from the engine in it (chDB).

Run as ``python -m tests.support.clickhouse_front_server DIRECTORY PORT USER PASSWORD [KEY]``; port
0 takes a free one; a PEM file of key and certificate makes it speak TLS. It says its port, and ends
by SIGTERM or when its standard input closes. What it knows of the interface is what
`clickhouse_connect` asks for; `POST /control` orders faults, see `Fault`.
"""

import base64
import gzip
import json
import os
import re
import shutil
import signal
import socket
import ssl
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import lz4.frame

from tests.support.clickhouse_front_engine import Engine, StatementError

_NOT_SETTINGS = {
    "query",
    "database",
    "query_id",
    "session_id",
    "session_timeout",
    "session_check",
    "quota_key",
    "role",
    "user",
    "password",
    "buffer_size",
    "compress",
    "decompress",
    "default_format",
    "wait_end_of_query",
    "client_protocol_version",  # not taken up: the client then reads the plain form
    "enable_http_compression",
    "send_progress_in_http_headers",
    "http_headers_progress_interval_ms",
    "cancel_http_readonly_queries_on_client_close",
}
_EXTERNAL = re.compile(r"(\w+)_(format|structure|types)")
_ANSWERS = re.compile(r"\s*(SELECT|WITH|SHOW|DESCRIBE|DESC|EXISTS|EXPLAIN)\b", re.IGNORECASE)
_FORMAT = re.compile(r"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
_STATUS = {60: 404, 81: 404, 62: 400, 47: 400, 516: 403, 497: 403}


@dataclass
class Fault:
    """What goes wrong with the next statements that match.

    Attributes
    ----------
    kind
        "drop": the statement succeeds, then the connection closes unanswered. "late": it succeeds
        and is answered after some seconds. "slow": it begins after some seconds. "refuse": it does
        not run and the connection closes. "overload": it does not run and is answered with code
        202. "cut": the answer ends in its middle.
    n
        How many statements it hits; -1 for all.
    seconds
        For "late" and "slow" the wait; for the others how long the fault stands, 0 for ever.
    match
        Regular expression that the statement must contain.
    """

    kind: str
    n: int = 1
    seconds: float = 0.0
    match: str = "."
    since: float = field(default_factory=time.monotonic)

    def hits(self, sql: str) -> bool:
        over = (
            self.kind not in ("late", "slow") and 0 < self.seconds < time.monotonic() - self.since
        )
        return self.n != 0 and not over and re.search(self.match, sql, re.DOTALL) is not None


class Server(ThreadingHTTPServer):
    """The listening side and what is ordered to go wrong."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, engine: Engine, user: str, password: str) -> None:
        super().__init__(("127.0.0.1", port), Request)
        self.engine = engine
        self.key = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self.open_to_all = not user
        self.faults: list[Fault] = []
        self.n_statements = 0
        self.n_inserts = 0
        self.seen_settings: dict[str, str] = {}
        self._lock = threading.Lock()

    def fault_of(self, sql: str) -> Fault | None:
        with self._lock:
            self.n_statements += 1
            self.n_inserts += sql.startswith("INSERT")
            for fault in self.faults:
                if fault.hits(sql):
                    fault.n -= fault.n > 0
                    return fault
        return None

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):  # a client that went away is no news
            super().handle_error(request, client_address)


class Request(BaseHTTPRequestHandler):
    """One request of the HTTP interface."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 2**16
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/ping":
            return self._answer(200, b"Ok.\n")
        if path == "/control":
            return self._answer(200, json.dumps(self._counts()).encode())
        return self.do_POST()

    def do_POST(self) -> None:
        body = self._body()
        address = urlsplit(self.path)
        if address.path == "/control":
            self.server.faults = [Fault(**one) for one in json.loads(body)]
            return self._answer(200, b"Ok.\n")
        parameters = dict(parse_qsl(address.query, keep_blank_values=True))
        files: dict[str, bytes] = {}
        if (self.headers.get("Content-Type") or "").startswith("multipart/form-data"):
            files, body = _multipart(self.headers["Content-Type"], body), b""
            for name in [name for name in files if name == "query" or name.startswith("param_")]:
                parameters[name] = files.pop(name).decode()
        sql = b"\n".join(part for part in (parameters.get("query", "").encode(), body) if part)
        return self._statement(sql, parameters, files)

    def _statement(self, sql: bytes, parameters: dict[str, str], files: dict[str, bytes]) -> None:
        text = sql[:2000].decode(errors="replace")
        fault = self.server.fault_of(text)
        kind = fault.kind if fault else ""
        if kind == "refuse":
            return self._hang_up()
        try:
            if not self.server.open_to_all and self.headers.get("Authorization") != self.server.key:
                raise StatementError(516, "Code: 516. DB::Exception: (AUTHENTICATION_FAILED)")
            if kind == "overload":
                raise StatementError(
                    202, "Code: 202. DB::Exception: (TOO_MANY_SIMULTANEOUS_QUERIES)"
                )
            if fault is not None and kind == "slow":
                time.sleep(fault.seconds)
            result = self._run(sql, parameters, files)
        except StatementError as error:
            return self._answer(
                _STATUS.get(error.code, 500),
                str(error).encode(),
                {"X-ClickHouse-Exception-Code": str(error.code)},
            )
        if fault is not None and kind == "late":
            time.sleep(fault.seconds)
        if kind == "drop":
            return self._hang_up()
        headers = {
            "X-ClickHouse-Query-Id": parameters.get("query_id", ""),
            "X-ClickHouse-Timezone": "UTC",
            "X-ClickHouse-Summary": "{}",
        }
        if result or _ANSWERS.match(text):
            named = _FORMAT.search(sql[-200:].decode(errors="replace"))
            headers["X-ClickHouse-Format"] = named[1] if named else "TabSeparated"
        if parameters.get("enable_http_compression") == "1" and "lz4" in (
            self.headers.get("Accept-Encoding") or ""
        ):
            result = lz4.frame.compress(result)
            headers["Content-Encoding"] = "lz4"
        return self._answer(200, result, headers, cut=kind == "cut")

    def _run(self, sql: bytes, parameters: dict[str, str], files: dict[str, bytes]) -> bytes:
        settings, bound, external = {}, {}, {}
        for name, value in parameters.items():
            told = _EXTERNAL.fullmatch(name)
            if name.startswith("param_"):
                bound[name.removeprefix("param_")] = value
            elif told is not None and told[1] in files:
                external[name] = value
            elif name not in _NOT_SETTINGS:
                settings[name] = value
        self.server.seen_settings = settings
        database = parameters.get("database") or "default"
        with self.server.engine.handle(parameters.get("session_id", "")) as handle:
            try:
                for table, rows in files.items():
                    columns, form = external[f"{table}_structure"], external[f"{table}_format"]
                    made = f"CREATE TEMPORARY TABLE {table} ({columns}) ENGINE = Memory"
                    handle.run(made.encode(), database, settings, {})
                    filled = f"INSERT INTO {table} FORMAT {form}\n".encode() + rows
                    handle.run(filled, database, settings, {})
                return handle.run(sql, database, settings, bound)
            finally:
                for table in files:
                    dropped = f"DROP TEMPORARY TABLE IF EXISTS {table}"
                    handle.run(dropped.encode(), database, settings, {})

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            chunks = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            body = b"".join(chunks)
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        encoding = self.headers.get("Content-Encoding")
        if encoding == "lz4":
            return lz4.frame.decompress(body)
        return gzip.decompress(body) if encoding == "gzip" else body

    def _answer(
        self, status: int, body: bytes, headers: dict[str, str] | None = None, *, cut: bool = False
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.wfile.flush()
        if cut:
            self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _counts(self) -> dict[str, Any]:
        server = self.server
        return {
            "statements": server.n_statements,
            "inserts": server.n_inserts,
            "settings": server.seen_settings,
        }


def _multipart(content_type: str, body: bytes) -> dict[str, bytes]:
    boundary = content_type.split("boundary=")[1].strip('"').encode()
    parts = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary)[1:-1]:
        head, _, value = part.partition(b"\r\n\r\n")
        name = re.search(rb'name="(\w+)"', head)
        if name is not None:
            parts[name[1].decode()] = value
    return parts


def main(directory: Path, port: int, user: str, password: str, key: str = "") -> None:
    """Serve until told to end."""
    tempfile.tempdir = str(directory / "rows")  # a kill leaves rows there: emptied at each start
    shutil.rmtree(tempfile.tempdir, ignore_errors=True)
    Path(tempfile.tempdir).mkdir(parents=True)
    engine = Engine(directory / "engine")
    server = Server(port, engine, user, password)
    if key:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(key)
        server.socket = tls.wrap_socket(server.socket, server_side=True)

    def ended_with_its_parent() -> None:
        sys.stdin.read()
        os._exit(0)

    def end(*_: object) -> None:
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests, which then end us
    threading.Thread(target=ended_with_its_parent, daemon=True).start()
    print(server.server_port, flush=True)
    server.serve_forever(poll_interval=0.05)
    server.server_close()
    engine.close()
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
