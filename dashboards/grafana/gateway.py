"""The one way to Grafana's HTTP API: generic verbs of `grafana_api`, uids only, clear errors.

`grafana_api` is unmaintained since 2020; its named methods use routes by number, which Grafana 13
no longer has. Only its verbs are used, with a time-out, and it follows no redirect: a POST that is
sent on becomes a GET and changes nothing.
"""

from typing import Any
from urllib.parse import urlsplit

from yujing.errors import GrafanaError

TIMEOUT_S = 20.0
_MENDS = {
    401: "Grafana does not know the token: make one for a service account with the role Admin and "
    "put it into the file that YUJING_GRAFANA_TOKEN_FILE names",
    403: "the token's service account may not do this: give it the role Admin",
    404: "Grafana has no such thing; is YUJING_GRAFANA the address of Grafana itself, with its "
    "path prefix?",
    409: "it is there already under another uid, or files provision it: rename or remove that one",
    412: "somebody saved it in the meantime: look at `yujing dashboards plan` again",
    429: "Grafana asks to wait: try again in a minute",
}
_NOT_OURS = "what answers is no Grafana API but a page, such as a proxy's login"


class Grafana:
    """A Grafana server.

    Parameters
    ----------
    address
        `http(s)://host[:port][/prefix]`.
    token
        Of a service account.
    timeout_s
        How long one answer may take.
    """

    def __init__(self, address: str, token: str, *, timeout_s: float = TIMEOUT_S) -> None:
        from grafana_api.grafana_api import GrafanaAPI

        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise GrafanaError(f"{address!r} is no address like https://grafana:3000")
        prefix = parts.path.strip("/")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        self._api = GrafanaAPI(
            token,
            host=host,
            port=parts.port,
            url_path_prefix=f"{prefix}/" if prefix else "",
            protocol=parts.scheme,
            timeout=timeout_s,
        )
        self._api.s.max_redirects = 0
        self._api.s.trust_env = False  # an intranet's server is not behind the proxy of the shell
        self._timeout_s = timeout_s

    def get(self, path: str) -> Any:
        """Return what is at a path below `/api`.

        Raises
        ------
        GrafanaError
            Saying what to do.
        """
        return self._ask("GET", path)

    def find(self, path: str) -> Any | None:
        """Return what is at a path, None if nothing is there.

        Raises
        ------
        GrafanaError
            For every other failure.
        """
        try:
            return self._ask("GET", path)
        except GrafanaError as error:
            if error.status == 404:
                return None
            raise

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Send a new thing, or a board."""
        return self._ask("POST", path, body)

    def put(self, path: str, body: dict[str, Any]) -> Any:
        """Send a thing that is there already."""
        return self._ask("PUT", path, body)

    def _ask(self, verb: str, path: str, body: dict[str, Any] | None = None) -> Any:
        import requests
        from grafana_api.grafana_api import GrafanaException

        asked = f"{verb} /api{path}"
        try:
            answer = getattr(self._api, verb)(path, json=body)
        except GrafanaException as error:
            raise _refused(asked, error.status_code, error.response) from error
        except requests.TooManyRedirects:
            raise GrafanaError(
                f"{asked}: sent on to another address; name the final one in YUJING_GRAFANA"
            ) from None
        except requests.Timeout:
            raise GrafanaError(
                f"{asked}: no answer within {self._timeout_s:g} s; try again, and look at `plan` "
                "first: what was asked may have been done",
                permanent=False,
            ) from None
        except requests.ConnectionError:
            raise GrafanaError(f"{asked}: nothing answers there", permanent=False) from None
        except (ValueError, TypeError):
            # the library reads every answer as JSON, and looks for "message" in what is none
            raise GrafanaError(f"{asked}: {_NOT_OURS}") from None
        if not isinstance(answer, dict | list):
            raise GrafanaError(f"{asked}: {_NOT_OURS}")
        return answer


def _refused(asked: str, status: int, answer: object) -> GrafanaError:
    if not isinstance(answer, dict | list):
        said, is_page = "", "<" in str(answer)[:200]
    else:
        said = str(answer.get("message", "")) if isinstance(answer, dict) else ""
        is_page = False
    if status >= 500:
        mend = "Grafana failed or is starting: its log says why; try again"
    else:
        mend = _MENDS.get(status, "Grafana refuses it")
    if is_page:
        mend = f"{_NOT_OURS} ({mend})"
    words = f"{asked}: {status} {said[:200]}".strip()
    return GrafanaError(f"{words}: {mend}", status=status, permanent=status < 500)
