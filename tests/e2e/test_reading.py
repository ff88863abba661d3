"""Everybody can read it: narrow screens, large letters, contrast in light and dark, thumbs."""

import pytest
from playwright.sync_api import Browser, Page

from tests.support.e2e_pages import new_page, sign_in
from tests.support.small_county import SmallCounty

pytestmark = [pytest.mark.browser, pytest.mark.integration]

WORKER = ("/queue", "/cards/{zhao}", "/not-sent", "/done", "/sessions", "/password")
SUPERVISOR = ("/township", "/county", "/county/list/needs", "/queue")
LEAST_CONTRAST, LEAST_TARGET_PX, LEAST_LETTERS_PX = 4.5, 44, 15

# Contrast (WCAG 2.2) of every element that holds text itself, against the first opaque ground.
CONTRAST = """() => {
  const parse = c => { const m = c.match(/[\\d.]+/g).map(Number);
    return m.length < 4 ? [...m, 1] : m; };
  const light = c => { const [r, g, b] = c.slice(0, 3).map(v => { v /= 255;
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const found = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    const box = e.getBoundingClientRect();
    if (!own || !box.width || e.closest('svg, option, .unseen, .skip')) continue;
    const style = getComputedStyle(e);
    let ground = null;
    for (let p = e; p; p = p.parentElement) {
      const c = parse(getComputedStyle(p).backgroundColor);
      if (c[3] > 0.99) { ground = c; break; }
    }
    ground = ground || [255, 255, 255, 1];
    const [a, b] = [light(parse(style.color)), light(ground)].sort((x, y) => y - x);
    const words = e.textContent.trim().slice(0, 30);
    found.push([(a + 0.05) / (b + 0.05), parseFloat(style.fontSize), words]);
  }
  return found;
}"""
TARGETS = """() => [...document.querySelectorAll('button, .button, summary, select, .bottom a,'
    + 'input:not([type=hidden]):not([type=radio]):not([type=checkbox])')]
  .filter(e => e.offsetParent !== null && !e.matches('.unseen') && e.getBoundingClientRect().width)
  .map(e => [e.getBoundingClientRect().height, e.textContent.trim().slice(0, 20)])"""


def paths(county: SmallCounty, wanted: tuple[str, ...]) -> list[str]:
    return [path.format(**county.cards) for path in wanted]


def open_all(page: Page) -> None:
    """Unfold everything, so that folded parts are measured too."""
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")


@pytest.mark.parametrize(("username", "wanted"), [("wang", WORKER), ("tang", SUPERVISOR)])
@pytest.mark.parametrize("width", [320, 360])
def test_nothing_scrolls_sideways_on_a_small_phone(
    chromium: Browser, address: str, county: SmallCounty, username: str,
    wanted: tuple[str, ...], width: int,
) -> None:  # fmt: skip
    page = new_page(chromium, address, width=width)
    sign_in(page, username)

    for path in paths(county, wanted):
        page.goto(path)
        open_all(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.context.close()


def test_nothing_scrolls_sideways_at_double_size(
    chromium: Browser, address: str, county: SmallCounty
) -> None:
    """200 % zoom of a 720 px window leaves 360 px; letters of double size are the harder case."""
    page = new_page(chromium, address, width=360)
    sign_in(page)

    for path in paths(county, WORKER):
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '212%'")
        open_all(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    page.context.close()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("username", "wanted"), [("wang", WORKER), ("tang", SUPERVISOR)])
def test_every_word_has_contrast_and_size(
    chromium: Browser, address: str, county: SmallCounty, username: str,
    wanted: tuple[str, ...], dark: bool,
) -> None:  # fmt: skip
    page = new_page(chromium, address, dark=dark)
    sign_in(page, username)

    for path in paths(county, wanted):
        page.goto(path)
        open_all(page)
        page.wait_for_timeout(300)  # the fade is over
        measured = page.evaluate(CONTRAST)
        assert len(measured) > 3
        low = [one for one in measured if one[0] < LEAST_CONTRAST]
        assert low == [], path
        assert [one for one in measured if one[1] < LEAST_LETTERS_PX] == [], path
    page.context.close()


@pytest.mark.parametrize(("username", "wanted"), [("wang", WORKER), ("tang", SUPERVISOR)])
def test_what_a_thumb_touches_is_large_enough(
    page: Page, county: SmallCounty, username: str, wanted: tuple[str, ...]
) -> None:
    sign_in(page, username)

    for path in paths(county, wanted):
        page.goto(path)
        open_all(page)
        small = [one for one in page.evaluate(TARGETS) if one[0] < LEAST_TARGET_PX - 0.5]
        assert small == [], path


def test_body_text_is_17_px_with_room_between_lines(page: Page) -> None:
    sign_in(page)

    size, height = page.evaluate(
        "(() => { const s = getComputedStyle(document.querySelector('.why'));"
        " return [parseFloat(s.fontSize), parseFloat(s.lineHeight)]; })()"
    )
    assert size >= 17
    assert height / size >= 1.5
