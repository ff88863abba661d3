"""What protects the pages in the browser: headers, forms that cannot be forged, cookies."""

import hashlib
import hmac
import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the small arrows inside the vendored style sheet
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}
FORM_FIELD = "form_token"
_SESSION, _VISIT = "yujing_session", "yujing_visit"


class SecurityHeaders:
    """Middleware that puts the headers on every answer and keeps pages out of caches.

    Parameters
    ----------
    app
        The application.
    https
        Whether browsers come over https, so that they may be told to stay there.
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = dict(HEADERS)
        if https:
            self._headers["strict-transport-security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add the headers to what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)


def address_of(request: Request) -> str:
    """Return the network address of a request."""
    return request.client.host if request.client else "unknown"


class Cookies:
    """The two cookies: the session's token, and a random value for forms before login.

    Parameters
    ----------
    https
        Whether they are Secure and bound to this host.
    """

    def __init__(self, *, https: bool) -> None:
        self._https = https
        self.session = f"__Host-{_SESSION}" if https else _SESSION
        self.visit = f"__Host-{_VISIT}" if https else _VISIT

    def set(self, response: Response, name: str, value: str, max_age_s: int) -> None:
        """Set a cookie that scripts cannot read and other sites cannot use in forms."""
        response.set_cookie(
            name,
            value,
            max_age=max_age_s,
            path="/",
            secure=self._https,
            httponly=True,
            samesite="lax",  # strict would show the login page to who comes by a link in a message
        )

    def drop(self, response: Response, name: str) -> None:
        """Remove a cookie."""
        response.delete_cookie(name, path="/", secure=self._https, httponly=True, samesite="lax")


def new_visit() -> str:
    """Return a random value for the forms of somebody who is not logged in yet."""
    return secrets.token_urlsafe(24)


def form_token(secret: str) -> str:
    """Return the token that every form of a session carries; it does not give the secret away."""
    return hmac.new(secret.encode(), b"yujing form", hashlib.sha256).hexdigest()


def is_own_form(request: Request, secret: str | None, sent: str) -> bool:
    """Tell whether a form was made by us for this browser.

    The token must fit, and a browser that names where the form came from must name us.
    """
    if not secret or request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        return False
    return hmac.compare_digest(form_token(secret), sent)
