"""The pages about oneself: logging in and out, the password, the list of sessions."""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from yujing.access.access import Visitor
from yujing.errors import UsageError, YujingError
from yujing.web.page import HOMES, Ask, FormTooLargeError, Pages, own_path, read_form, redirect
from yujing.web.render import environment
from yujing.web.security import address_of, form_token, is_own_form, new_visit
from yujing.web.services import Services

VISIT_S = 3600


def routes(services: Services[Any]) -> list[Route]:
    """Return /, /login, /logout, /password and /sessions."""
    pages = Pages(services, environment())
    own = AccountPages(pages)
    return [
        pages.route("/", own.home),
        Route("/login", own.login, methods=["GET", "POST"], name="login"),
        pages.route("/logout", own.log_out, methods=("POST",)),
        pages.route("/password", own.password, methods=("GET", "POST")),
        pages.route("/sessions", own.sessions),
        pages.route("/sessions/end", own.end, methods=("POST",)),
    ]


class AccountPages:
    """Pages that every role has."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._services: Services[Any] = pages.services

    def home(self, ask: Ask) -> Response:
        """Send somebody to the first page of their role."""
        return redirect(HOMES.get(ask.visitor.account.role, "/sessions"))

    async def login(self, request: Request) -> Response:
        """Show the login form, or try a password."""
        try:
            form = await read_form(request) if request.method == "POST" else {}
        except FormTooLargeError as error:
            return self._pages.problem(request, 413, str(error))
        try:
            return await run_in_threadpool(self._login, request, form)
        except YujingError as error:
            return self._pages.failed(request, error)

    def _login(self, request: Request, form: dict[str, str]) -> Response:
        onward = own_path(form.get("next") or request.query_params.get("next"))
        if request.method == "GET":
            return self._login_form(request, onward=onward)
        visit = request.cookies.get(self._pages.cookies.visit)
        username = form.get("username", "").strip()
        if not is_own_form(request, visit, form.get("form_token", "")):
            line = "页面放得太久，请再登录一次。"
            return self._login_form(request, line, username, onward, status=403)
        outcome = self._services.access.log_in(
            username,
            form.get("password", ""),
            at=self._services.clock.now(),
            address=address_of(request),
            browser=request.headers.get("user-agent", ""),
        )
        if outcome.wait_s:
            line = f"试的次数太多，请等 {_span(outcome.wait_s)}再登录。"
            return self._login_form(request, line, username, onward, status=429)
        if outcome.token is None or outcome.account is None:
            line = "账号或密码不对，请再试一次；忘记密码请找乡镇或县里的管理员重置。"
            return self._login_form(request, line, username, onward, status=401)
        home = HOMES.get(outcome.account.role, "/sessions")
        response = redirect("/password" if outcome.account.must_change else onward or home)
        limits = self._services.access.sessions.limits
        self._pages.cookies.set(
            response,
            self._pages.cookies.session,
            outcome.token,
            int(limits.absolute.total_seconds()),
        )
        self._pages.cookies.drop(response, self._pages.cookies.visit)
        return response

    def _login_form(
        self,
        request: Request,
        line: str = "",
        username: str = "",
        onward: str | None = None,
        *,
        status: int = 200,
    ) -> Response:
        visit = request.cookies.get(self._pages.cookies.visit) or new_visit()
        response = self._pages.page(
            "web/login.html", status=status, line=line, username=username,
            onward=onward or "", form_token=form_token(visit), here="/login",
        )  # fmt: skip
        self._pages.cookies.set(response, self._pages.cookies.visit, visit, VISIT_S)
        return response

    def log_out(self, ask: Ask) -> Response:
        """End this session, or all of them."""
        visitor = ask.visitor
        sessions = self._services.access.sessions
        if ask.form.get("everywhere"):
            sessions.end_all(visitor.account.username, at=ask.now)
        else:
            sessions.end(visitor.account.username, visitor.session.public_id, at=ask.now)
        response = redirect("/login")
        self._pages.cookies.drop(response, self._pages.cookies.session)
        return response

    def password(self, ask: Ask) -> Response:
        """Show the form for a new password, or set it."""
        visitor = ask.visitor
        if ask.request.method == "GET":
            return self._password_form(ask)
        new = ask.form.get("new", "")
        try:
            if new != ask.form.get("again", ""):
                raise UsageError("两次填的新密码不一样，请再填一次。")
            self._services.access.change_password(visitor, ask.form.get("old", ""), new, at=ask.now)
        except UsageError as error:
            return self._password_form(ask, str(error), status=400)
        return redirect(_after_change(visitor))

    def _password_form(self, ask: Ask, line: str = "", *, status: int = 200) -> Response:
        first = ask.visitor.account.must_change
        return self._pages.render(ask, "web/password.html", status=status, line=line, first=first)

    def sessions(self, ask: Ask) -> Response:
        """List where one is logged in."""
        visitor = ask.visitor
        rows = self._services.access.sessions.list(visitor.account.username, at=ask.now)
        return self._pages.render(
            ask, "web/sessions.html", rows=rows, present=visitor.session.public_id,
            changed=ask.query.get("changed") == "1",
        )  # fmt: skip

    def end(self, ask: Ask) -> Response:
        """End one session of the list."""
        self._services.access.sessions.end(
            ask.visitor.account.username, ask.form.get("session", ""), at=ask.now
        )
        return redirect("/sessions")


def _after_change(visitor: Visitor) -> str:
    if visitor.account.must_change:
        return HOMES.get(visitor.account.role, "/sessions")
    return "/sessions?changed=1"


def _span(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return f"{rest} 秒"
    return f"{minutes + bool(rest)} 分钟"
