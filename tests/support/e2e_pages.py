"""Pages in a real browser: opening one, signing in."""

from playwright.sync_api import Browser, Page

from tests.support.pages import PASSWORD

TEMPORARY = "k7mp-3wxt-9d2f"
WAIT_MS = 15_000  # the machine may be busy


def new_page(
    chromium: Browser, address: str, *, width: int = 360, height: int = 740, dark: bool = False,
    scripts: bool = True,
) -> Page:  # fmt: skip
    """Return a page in a browser of its own, with an own jar of cookies."""
    context = chromium.new_context(
        viewport={"width": width, "height": height}, base_url=address,
        color_scheme="dark" if dark else "light", java_script_enabled=scripts, locale="zh-CN",
    )  # fmt: skip
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    page.problems = []  # type: ignore[attr-defined] # kept beside the page for the test
    page.on("console", lambda m: page.problems.append(m.text) if m.type == "error" else None)  # type: ignore[attr-defined] # see above
    return page


def sign_in(page: Page, username: str = "wang", password: str = PASSWORD) -> None:
    """Fill the login form and wait for the first page."""
    page.goto("/login")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/login" not in url)
