"""What the page does not know, or cannot load, takes nothing else with it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import Complaints, open_page
from tests.browser.inspecting import Inspector
from tests.callers import HEADERS
from tests.stack import Stack

OpenTab = Callable[[Stack, str], Page]


@pytest.fixture
def open_tab(browser: Browser) -> Iterator[OpenTab]:
    """Tabs that may complain, since something breaks in them, and that keep no file: what is gone is gone."""
    contexts = []

    def open_one(stack: Stack, path: str) -> Page:
        context = browser.new_context(
            base_url=stack.gateway.url,
            viewport={"width": 1280, "height": 900},
            service_workers="block",
            extra_http_headers=HEADERS,
        )
        contexts.append(context)
        page = open_page(context, Complaints())
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()


def _answer(page: Page, address: str, body: dict[str, Any]) -> None:
    page.route(address, lambda route: route.fulfill(json=body))


def test_a_window_whose_script_is_gone_says_so_and_can_be_closed(
    lived_in: Stack, open_tab: OpenTab, inspect: Inspector
) -> None:
    """A tab that was open while a new build came: the list behind it goes on."""
    page = open_tab(lived_in, "/dashboard/transactions/")
    link = page.get_by_role("link", name="blind-0")
    expect(link).to_be_visible()
    page.route("**/_next/static/**", lambda route: route.fulfill(status=404))

    link.click()

    window = page.get_by_role("dialog")
    expect(window.get_by_role("alert")).to_contain_text("This part cannot be shown.")
    expect(window.get_by_role("button", name="Reload")).to_be_visible()
    inspect(page, "broken-window")
    window.get_by_role("button", name="Close").click()
    expect(window).to_have_count(0)
    expect(link).to_be_visible()


def test_a_page_that_breaks_leaves_the_head_and_comes_back(
    lived_in: Stack, open_tab: OpenTab, inspect: Inspector
) -> None:
    """An answer of another shape breaks the page; the head still tells how things stand, and other pages open."""
    page = open_tab(lived_in, "/dashboard/outages/")
    _answer(page, "**/transactions?*", {"transactions": None, "next_cursor": None})

    page.get_by_role("link", name="Transactions").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("This page cannot be shown")
    expect(page.get_by_role("banner").get_by_text("Live", exact=True)).to_be_visible()
    inspect(page, "broken-page")
    page.unroute("**/transactions?*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("link", name="blind-0")).to_be_visible()


def test_a_part_that_breaks_leaves_the_page(lived_in: Stack, open_tab: OpenTab) -> None:
    """Its heading and its neighbours stay, and the part comes back with the next answer that can be shown."""
    page = open_tab(lived_in, "/dashboard/outages/")
    expect(page.get_by_role("link", name="Model")).to_be_visible()
    _answer(page, "**/stats", {"models": {}})

    page.get_by_role("link", name="Model").click()

    expect(page.get_by_role("alert").filter(has_text="This part cannot be shown.")).to_be_visible()
    expect(page.get_by_role("heading", level=1, name="Model")).to_be_visible()
    page.unroute("**/stats")
    expect(page.get_by_text("No second model runs along.")).to_be_visible()
