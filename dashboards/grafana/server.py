"""What a Grafana server must be before boards are pushed to it."""

from dataclasses import dataclass

from dashboards.grafana.gateway import Grafana
from dashboards.grafana.places import CLICKHOUSE, PROMETHEUS
from yujing.errors import GrafanaError

SUPPORTED, LEAST = 12, (11, 6)


@dataclass(frozen=True)
class Finding:
    """One check of a server.

    Parameters
    ----------
    check
        What was looked at.
    ok
        Whether boards will work.
    said
        What was found, and the mend.
    """

    check: str
    ok: bool
    said: str

    def fields(self) -> dict[str, object]:
        """Return it for `--json`."""
        return {"kind": "check", "check": self.check, "ok": self.ok, "said": self.said}

    def words(self) -> str:
        """Return it for a person."""
        return f"{'ok ' if self.ok else 'BAD'} {self.check}: {self.said}"


def examine(grafana: Grafana) -> list[Finding]:
    """Look at version, plugin and data sources.

    Raises
    ------
    GrafanaError
        If the server does not answer or does not know the token.
    """
    return [_version(grafana), _plugin(grafana), _clickhouse(grafana), _prometheus(grafana)]


def require(grafana: Grafana) -> None:
    """Refuse a server on which the boards cannot work.

    Raises
    ------
    GrafanaError
        Naming everything that is wrong.
    """
    wrong = [one for one in examine(grafana) if not one.ok]
    if wrong:
        raise GrafanaError("; ".join(f"{one.check}: {one.said}" for one in wrong))


def _version(grafana: Grafana) -> Finding:
    version = str(grafana.get("/health").get("version", ""))
    numbers = [int(part) for part in version.split("-")[0].split(".") if part.isdigit()][:2]
    if len(numbers) < 2:
        # an anonymous health answer may hide it
        return Finding("version", True, "not told; boards are made for Grafana 12")
    if tuple(numbers) < LEAST:
        return Finding("version", False, f"{version}; the ClickHouse plugin needs 11.6 or later")
    if numbers[0] == SUPPORTED:
        return Finding("version", True, version)
    return Finding(
        "version", True, f"{version}; boards are made for 12, see docs/operations.md for this one"
    )


def _plugin(grafana: Grafana) -> Finding:
    found = grafana.find(f"/plugins/{CLICKHOUSE['type']}/settings")
    if found is None:
        return Finding(
            "plugin", False,
            f"Grafana has no ClickHouse plugin: grafana cli plugins install {CLICKHOUSE['type']}, "
            "then restart it",
        )  # fmt: skip
    version = (found.get("info") or {}).get("version", "")
    return Finding("plugin", True, f"{CLICKHOUSE['type']} {version}".strip())


def _clickhouse(grafana: Grafana) -> Finding:
    return _source(grafana, CLICKHOUSE, needed=True)


def _prometheus(grafana: Grafana) -> Finding:
    return _source(grafana, PROMETHEUS, needed=False)


def _source(grafana: Grafana, wanted: dict[str, str], *, needed: bool) -> Finding:
    uid, name = wanted["uid"], f"data source {wanted['uid']}"
    found = grafana.find(f"/datasources/uid/{uid}")
    if found is None:
        return Finding(
            name, not needed, f"there is none: make one of type {wanted['type']} with the uid {uid}"
        )
    if found.get("type") != wanted["type"]:
        return Finding(name, False, f"is of type {found.get('type')}, wanted {wanted['type']}")
    return Finding(name, True, str(found.get("name", "")))
