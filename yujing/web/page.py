"""The way of every request to a page: who asks, may they, is the form ours, and errors as one line.

A page is a plain function from an `Ask` to a response. It runs in a thread, so it may read stores.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, quote

import structlog
from jinja2 import Environment
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from yujing.access.access import Visitor
from yujing.access.roles import RIGHTS, ROLES_ZH, Right, Role
from yujing.access.scope import allows, require
from yujing.errors import (
    AccessDeniedError,
    DependencyError,
    TransitionError,
    UsageError,
    YujingError,
)
from yujing.web.notices import notices
from yujing.web.security import Cookies, address_of, form_token, is_own_form
from yujing.web.services import Services
from yujing.web.words import today

MOST_FORM_BYTES = 64 * 1024
MOST_FIELDS = 100
HOMES = {
    Role.WORKER: "/queue",
    Role.SUPERVISOR: "/township",
    Role.LEADER: "/county",
    Role.DATA_TEAM: "/county",
    Role.DEPARTMENT: "/import",
    Role.OPERATOR: "/sources",
}
_LINKS = (
    (Right.CARDS, "/queue", "今天"),
    (Right.SUPERVISE, "/township", "乡镇"),
    (Right.BOARD, "/county", "全县"),
    (Right.BOARD, "/boards", "看板"),
    (Right.IMPORT, "/import", "报送表格"),
    (Right.SOURCES, "/sources", "数据来源"),
    (Right.QUALITY, "/quality", "待核数据"),
    (Right.QUALITY, "/differences", "比对"),
    (Right.SUPERVISE, "/doubles", "疑似重复"),
)


class FormTooLargeError(UsageError):
    """More was sent than any form of ours holds."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request that was let in."""

    request: Request
    visitor: Visitor
    now: datetime
    form: Mapping[str, str]
    form_token: str

    @property
    def today(self) -> date:
        """The county's day."""
        return today(self.now)

    @property
    def path(self) -> Mapping[str, str]:
        """Parts of the address."""
        return self.request.path_params

    @property
    def query(self) -> Mapping[str, str]:
        """What stands behind the question mark."""
        return self.request.query_params

    def may(self, right: Right, region: int | None = None) -> bool:
        """Tell whether the visitor may do something."""
        account = self.visitor.account
        return allows(account.role, account.scope, right, region)

    def require(self, right: Right, region: int | None = None) -> None:
        """Refuse what the visitor may not do.

        Raises
        ------
        AccessDeniedError
            Shown as "not found", so that it does not tell whether the thing exists.
        """
        account = self.visitor.account
        require(account.role, account.scope, right, region)


Handler = Callable[[Ask], Response]
BodyHandler = Callable[[Ask], Awaitable[Response]]


class Pages:
    """Makes routes and answers for the pages of one county.

    Parameters
    ----------
    services
        The open stores.
    templates
        Template environment.
    """

    def __init__(self, services: Services[Any], templates: Environment) -> None:
        self.services = services
        self.templates = templates
        self.cookies = Cookies(https=services.https)
        self._log = structlog.get_logger("pages")

    def route(
        self,
        path: str,
        handler: Handler,
        *,
        right: Right | None = None,
        methods: tuple[str, ...] = ("GET",),
    ) -> Route:
        """Return a route to a page for people who are logged in and hold `right`."""

        async def endpoint(request: Request) -> Response:
            form: dict[str, str] = {}
            try:
                if request.method == "POST":
                    form = await read_form(request)
                return await run_in_threadpool(self._answer, request, handler, right, form)
            except FormTooLargeError as error:
                return self.problem(request, 413, str(error))

        return Route(path, endpoint, methods=list(methods), name=f"{methods[0]} {path}")

    def body_route(self, path: str, handler: BodyHandler, *, right: Right) -> Route:
        """Return a route for a POST whose body is larger than a form: the handler reads it itself.

        Who asks is known before anything is read. The handler checks the form's token, which comes
        in the body, with `own_form` before it keeps anything.
        """

        async def endpoint(request: Request) -> Response:
            let_in: list[Ask] = []

            def note(ask: Ask) -> Response:
                let_in.append(ask)
                return Response()

            refused = await run_in_threadpool(self._answer, request, note, right, {}, checked=False)
            if not let_in:
                return refused
            try:
                return await handler(let_in[0])
            except YujingError as error:
                return await run_in_threadpool(self.failed, request, error, let_in[0].visitor)

        return Route(path, endpoint, methods=["POST"], name=f"POST {path}")

    def own_form(self, ask: Ask, sent: str) -> bool:
        """Tell whether a form was made by us for this browser."""
        return is_own_form(ask.request, ask.request.cookies.get(self.cookies.session), sent)

    def _answer(
        self,
        request: Request,
        handler: Handler,
        right: Right | None,
        form: dict[str, str],
        *,
        checked: bool = True,
    ) -> Response:
        now = self.services.clock.now()
        token = request.cookies.get(self.cookies.session)
        visitor = None
        try:
            if token:
                visitor = self.services.access.visitor(token, at=now, address=address_of(request))
            if visitor is None or token is None:
                return self._to_login(request, form)
            if (
                checked
                and request.method == "POST"
                and not is_own_form(request, token, form.get("form_token", ""))
            ):
                line = "页面放得太久，没有保存。请返回上一页，刷新后再试。"
                return self.problem(request, 403, line, form=form)
            if visitor.account.must_change and request.url.path not in ("/password", "/logout"):
                return redirect("/password")
            ask = Ask(request, visitor, now, form, form_token(token))
            if right is not None:
                ask.require(right)
            return handler(ask)
        except YujingError as error:
            return self.failed(request, error, visitor, form)

    def failed(
        self,
        request: Request,
        error: YujingError,
        visitor: Visitor | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Response:
        """Answer one of our errors with one line that says what to do next."""
        if isinstance(error, AccessDeniedError):
            line = "没有找到这个页面，或者它不在您负责的范围内。请回到首页。"
            return self.problem(request, 404, line, visitor=visitor)
        if isinstance(error, TransitionError):
            return self.problem(request, 409, str(error), visitor=visitor, form=form)
        if isinstance(error, UsageError):
            return self.problem(request, 400, str(error), visitor=visitor, form=form)
        self._log.error("page_failed", path=request.url.path, error=str(error))
        again = isinstance(error, DependencyError) and not error.permanent
        line = (
            "数据暂时打不开，没有保存。请过一分钟再试。"
            if again
            else ("这个页面出了问题，已经记录。请稍后再试，或联系管理员。")
        )
        return self.problem(request, 503, line, visitor=visitor, form=form)

    def render(self, ask: Ask, template: str, *, status: int = 200, **context: object) -> Response:
        """Return a page."""
        return self.page(
            template, status=status, visitor=ask.visitor, form_token=ask.form_token,
            now=ask.now, here=ask.request.url.path, **context,
        )  # fmt: skip

    def page(
        self,
        template: str,
        *,
        status: int = 200,
        visitor: Visitor | None = None,
        form_token: str = "",
        now: datetime | None = None,
        here: str = "",
        **context: object,
    ) -> Response:
        """Return a page, also for somebody who is not logged in."""
        now = now or self.services.clock.now()
        account = visitor.account if visitor else None
        settled = account is not None and not account.must_change
        links = [
            (path, word)
            for right, path, word in _LINKS
            if account is not None and settled and right in RIGHTS[account.role]
        ]
        html = self.templates.get_template(template).render(
            account=account,
            role_zh=ROLES_ZH[account.role] if account else "",
            links=links,
            here=here,
            now=now,
            today=today(now),
            form_token=form_token,
            notices=self._notices(now) if settled else [],
            **context,
        )
        return HTMLResponse(html, status_code=status)

    def _notices(self, now: datetime) -> list[str]:
        services = self.services
        return notices(services.policy, services.calendar, services.county, today(now).year)

    def problem(
        self,
        request: Request,
        status: int,
        line: str,
        *,
        visitor: Visitor | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Response:
        """Return an error page: one line, what was typed, and a way on."""
        typed = [
            value
            for name, value in (form or {}).items()
            if name in ("note", "reason", "q") and value.strip()
        ]
        home = HOMES.get(visitor.account.role, "/sessions") if visitor else "/login"
        return self.page("web/error.html", status=status, visitor=visitor, line=line,
                         typed=typed, home=home, here=request.url.path)  # fmt: skip

    def _to_login(self, request: Request, form: Mapping[str, str]) -> Response:
        if request.method == "POST":
            line = "登录已过期，没有保存。请先登录，再填一次。"
            return self.problem(request, 401, line, form=form)
        path = request.url.path
        if request.url.query:
            path += "?" + request.url.query
        return redirect("/login" + ("" if path == "/" else "?next=" + quote(path, safe="")))


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form; of a field sent twice the last value counts.

    Raises
    ------
    FormTooLargeError
        If it is larger than any form of ours.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_FORM_BYTES:
            raise FormTooLargeError("写得太长，没有保存。请缩短后再试。")
    try:
        pairs = parse_qsl(
            body.decode("utf8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError as error:
        raise FormTooLargeError("填写的内容太多，没有保存。请减少后再试。") from error
    return dict(pairs)


def redirect(path: str) -> Response:
    """Send the browser to another page of ours with GET."""
    return RedirectResponse(path, status_code=303)


def own_path(path: str | None) -> str | None:
    r"""Return a path of this site, or None for anything that could lead elsewhere.

    Examples
    --------
    >>> own_path("/cards/7?x=1"), own_path("//evil.example"), own_path("/\\evil.example")
    ('/cards/7?x=1', None, None)
    """
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")):
        return None
    if "\\" in path or any(ord(c) < 32 for c in path):
        return None
    return path
