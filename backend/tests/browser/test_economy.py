"""What an open tab costs: the gateway, the network, and the eyes."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.shifts import SHIFT_MAX, WATCH_SHIFTS, shifts_of
from tests.stack import Stack

OpenTab = Callable[..., Page]
WATCHED_S = 20  # shorter, and one request more or less would decide
REQUESTS_PER_S_MAX = 3.0
FIRST_LOAD_BYTES_MAX = 195_000

_TRANSFERRED = """
() => performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))
  .filter(({ name }) => name.includes('/dashboard/'))
  .reduce((sum, { transferSize }) => sum + transferSize, 0)
"""


def _api_requests(page: Page, gateway_url: str) -> list[str]:
    asked: list[str] = []

    def note(url: str) -> None:
        path = url.removeprefix(gateway_url)
        if path != url and not path.startswith("/dashboard"):
            asked.append(path)

    page.on("request", lambda request: note(request.url))
    return asked


def test_a_tab_asks_less_than_three_times_a_second(stack: Stack, open_tab: OpenTab) -> None:
    """Watched while all is well and while the brain is down, when it asks most."""
    page = open_tab(stack)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    asked = _api_requests(page, stack.gateway.url)
    for state in ("closed", "open"):
        if state == "open":
            stack.brain.kill()
            stack.post("the-one-that-finds-out")
            page.wait_for_timeout(2_000)
        asked.clear()

        page.wait_for_timeout(WATCHED_S * 1_000)

        assert 1.0 < len(asked) / WATCHED_S <= REQUESTS_PER_S_MAX, (state, asked)


def test_a_hidden_tab_is_quiet(lived_in: Stack, open_tab: OpenTab) -> None:
    """Nobody looks, so nobody asks; when somebody looks again, it asks at once."""
    page = open_tab(lived_in)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    asked = _api_requests(page, lived_in.gateway.url)
    _be_seen(page, "hidden")
    page.wait_for_timeout(2_000)  # what was under way may end
    asked.clear()

    page.wait_for_timeout(8_000)
    assert asked == []

    _be_seen(page, "visible")
    page.wait_for_timeout(1_500)
    assert asked


def _be_seen(page: Page, state: str) -> None:
    """Headless Chromium never hides a tab by itself: tell the page what a browser would tell it."""
    page.evaluate(
        """(state) => {
          Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
          Object.defineProperty(document, 'hidden', { configurable: true, get: () => state === 'hidden' });
          document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
        }""",
        state,
    )


def test_the_first_load_is_small_and_nothing_moves(lived_in: Stack, open_tab: OpenTab) -> None:
    """Bytes as they came over the wire, compressed; shifts over the first seconds, with figures coming in."""
    lived_in.post("the-newest")
    page = open_tab(lived_in, "about:blank")
    page.add_init_script(WATCH_SHIFTS)
    page.goto("/dashboard/")
    expect(page.get_by_role("link", name="the-newest")).to_be_visible()
    page.wait_for_timeout(4_000)

    transferred = page.evaluate(_TRANSFERRED)
    assert 100_000 < transferred <= FIRST_LOAD_BYTES_MAX
    assert shifts_of(page) < SHIFT_MAX


def test_pages_run_under_a_policy_without_inline_scripts(lived_in: Stack, open_tab: OpenTab) -> None:
    """The policy comes with every page, and allows no inline script but those that the build hashed."""
    page = open_tab(lived_in)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()  # so the scripts that Next inlines did run

    for path in ("/dashboard/", "/dashboard/transactions/", "/dashboard/no-such-page/"):
        policy = lived_in.client.get(path).headers["content-security-policy"]
        scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
        assert "'unsafe-inline'" not in scripts
        assert "'unsafe-eval'" not in scripts
