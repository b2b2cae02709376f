"""Every page in every shape: narrow, dark, for the keyboard, without motion; a machine finds nothing wrong in any."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.inspecting import Inspector
from tests.stack import Stack

OpenTab = Callable[..., Page]
PAGES = ["", "transactions/", "reviews/", "outages/", "model/", "chaos/", "access/"]
_WIDER_THAN_SHOWN = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_MOVING = """
() => document.getAnimations().filter(({ playState }) => playState === 'running').length
"""
# a style sheet that the page's policy lets through, because no text of it stands in the page
_TURN_SOMETHING = """
() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('@keyframes turn { to { rotate: 1turn } } .turning { animation: turn 1s infinite }');
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  document.body.appendChild(document.createElement('i')).className = 'turning';
}
"""
_PAINTED_TWICE = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
_BLOCKS = "[class$=_loading]"  # where figures will stand


def _await_figures(page: Page) -> None:
    """Until nothing on the page is still awaited, and charts have measured their width and are drawn."""
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    expect(page.locator(_BLOCKS)).to_have_count(0)
    page.evaluate(_PAINTED_TWICE)


def test_blocks_stand_where_figures_will_until_they_come(lived_in: Stack, open_tab: OpenTab) -> None:
    """As the page is sent; nothing moves when the figures come."""
    page = open_tab(lived_in, java_script_enabled=False)

    expect(page.get_by_role("region", name="Verdicts per second", exact=True).locator(_BLOCKS)).to_have_count(1)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_320_pixels(lived_in: Stack, open_tab: OpenTab, inspect: Inspector, name: str) -> None:
    """Nobody has to scroll sideways, except within a table that says so; nothing is wrong in light or dark."""
    page = open_tab(lived_in, f"/dashboard/{name}", width=320)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    _await_figures(page)

    assert page.evaluate(_WIDER_THAN_SHOWN) == 0
    inspect(page, f"narrow-{name.strip('/') or 'overview'}", picture=name == "")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_heading_a_title_and_nothing_wrong(
    lived_in: Stack, open_tab: OpenTab, inspect: Inspector, name: str
) -> None:
    """As wide as a desk's screen, in light and dark."""
    page = open_tab(lived_in, f"/dashboard/{name}", width=1440)
    _await_figures(page)

    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert "Sentinel" in page.title()
    expect(page.get_by_role("navigation", name="Main").locator("[aria-current=page]")).to_have_count(1)
    inspect(page, f"wide-{name.strip('/') or 'overview'}", picture=False)


def test_nothing_moves_for_those_who_asked_for_that(lived_in: Stack, open_tab: OpenTab) -> None:
    """The pages animate nothing; whatever will be animated one day moves only without `prefers-reduced-motion`."""
    page = open_tab(lived_in)
    _await_figures(page)
    of_the_page = page.evaluate(_MOVING)

    page.evaluate(_TURN_SOMETHING)
    moving = page.evaluate(_MOVING)
    page.emulate_media(reduced_motion="reduce")

    assert (of_the_page, moving, page.evaluate(_MOVING)) == (0, 1, 0)


def test_the_theme_is_chosen_and_kept(lived_in: Stack, open_tab: OpenTab) -> None:
    """Dark stays dark after a reload, before anything is painted; the system's is the default."""
    page = open_tab(lived_in, color_scheme="light")
    page.get_by_label("Theme").select_option("dark")

    page.reload()

    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(11, 18, 32)"


def test_the_keyboard_reaches_content_and_pages(lived_in: Stack, open_tab: OpenTab) -> None:
    """The first stop leads past the head; every stop can be seen."""
    page = open_tab(lived_in)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    page.get_by_role("link", name="Outages", exact=True).focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"{lived_in.gateway.url}/dashboard/outages/")
