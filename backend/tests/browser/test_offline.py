"""A reload while the gateway is away: the page is kept in the browser, and says what is wrong."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.inspecting import Inspector
from tests.stack import Stack

OpenTab = Callable[..., Page]
# a worker is ready once it has kept every file
_KEPT = "navigator.serviceWorker.ready.then(() => caches.match('/dashboard/outages/')).then((page) => page?.status)"


def test_a_reload_without_the_gateway_shows_the_page_with_its_banner(
    stack: Stack, open_tab: OpenTab, inspect: Inspector
) -> None:
    """Whoever reloads in despair keeps the page; it comes to life when the gateway does."""
    page = open_tab(stack)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    assert page.evaluate(_KEPT) == 200

    stack.gateway.kill()
    page.reload()

    banner = page.get_by_role("alert").filter(has_text="Cannot reach the gateway.")
    expect(banner).to_be_visible()
    expect(banner).to_contain_text("No data has arrived yet.")
    page.goto("/dashboard/outages/")
    expect(page.get_by_role("heading", level=1, name="Outages")).to_be_visible()
    inspect(page, "offline")

    stack.gateway.start()
    expect(banner).to_be_hidden()


def test_the_kept_shell_never_answers_for_the_api(stack: Stack, open_tab: OpenTab) -> None:
    """An old figure under a fresh clock would be a lie: API requests always go out."""
    page = open_tab(stack)
    assert page.evaluate(_KEPT) == 200
    stack.gateway.kill()

    outcome = page.evaluate("fetch('/stats').then(() => 'answered', () => 'failed')")

    assert outcome == "failed"
