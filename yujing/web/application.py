"""Puts the pages of all rooms and other routes into one application with its middleware."""

from collections.abc import Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from yujing.web.account_pages import routes as account_routes
from yujing.web.page import Pages
from yujing.web.render import STATIC, environment, static_root
from yujing.web.security import SecurityHeaders
from yujing.web.services import Services

LASTING = b"public, max-age=31536000, immutable"
OK, NOT_FOUND = 200, 404


def application(services: Services[Any], routes: Sequence[BaseRoute]) -> Starlette:
    """Return the application.

    Parameters
    ----------
    services
        The open stores.
    routes
        Those of the rooms' pages and what is no page: the door, health, metrics. The pages about
        oneself and the static files come by themselves.
    """
    pages = Pages(services, environment())
    static = Mount(STATIC, app=GZipMiddleware(LastingFiles()), name="static")

    async def on_http_error(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        line = "没有找到这个页面。请回到首页。"
        if status != NOT_FOUND:
            line = "这个页面不能这样打开。请回到首页。"
        return pages.problem(request, status, line)

    async def on_crash(request: Request, _error: Exception) -> Response:
        line = "出了没料到的问题，已经记录，没有保存。请稍后再试，或联系管理员。"
        return pages.problem(request, 500, line)

    return Starlette(
        routes=[*account_routes(services), *routes, static],
        middleware=[Middleware(SecurityHeaders, https=services.https)],
        exception_handlers={HTTPException: on_http_error, 500: on_crash},
    )


class LastingFiles(StaticFiles):
    """Static files whose address changes with their content, so browsers keep them for a year."""

    def __init__(self) -> None:
        super().__init__(directory=str(static_root()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a file and mark it as lasting when its address carries its hash."""
        lasting = scope["type"] == "http" and scope["query_string"].startswith(b"v=")

        async def send_marked(message: Any) -> None:
            if lasting and message["type"] == "http.response.start" and message["status"] == OK:
                message["headers"] = [*message["headers"], (b"cache-control", LASTING)]
            await send(message)

        await super().__call__(scope, receive, send_marked)
