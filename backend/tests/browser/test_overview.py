"""An operator keeps the overview open during an incident: it tells the story as it happens, in words."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.browser.inspecting import Inspector
from tests.callers import caller
from tests.processes import MongodProcess
from tests.stack import Stack, running_stack, wait_until

OpenTab = Callable[..., Page]
# 2 s are promised on a machine that does nothing else; `-s` prints what it took here (docs/dashboard.md)
TOLD_WITHIN_MS = 30_000
PAUSE_S = 0.25  # between two payments of the checkout: the newest 20 then span two polls of the page
AMOUNTS = ("12.50", "48.90", "199.00", "205.00", "950.00")  # scored: mostly approved, some reviewed, some blocked


def card(page: Page, title: str) -> Locator:
    """One named part of the page."""
    return page.get_by_role("region", name=title, exact=True)


def banner(page: Page) -> Locator:
    """What says that nobody answers."""
    return page.get_by_role("alert").filter(has_text="Cannot reach the gateway.")


def fact(page: Page, title: str, name: str) -> Locator:
    """One name and its figure, in one part."""
    return card(page, title).get_by_text(name, exact=True).locator("xpath=..")


def told(what: str, within: Locator, *, since_s: float) -> None:
    """The page shows it soon after; prints after how long."""
    expect(within).to_be_visible(timeout=TOLD_WITHIN_MS)
    print(f"told after {time.monotonic() - since_s:.2f} s: {what}")  # noqa: T201


@contextmanager
def checkout(stack: Stack) -> Iterator[None]:
    """A merchant whose customers pay all the time, whatever is broken."""
    is_over = threading.Event()

    def pay() -> None:
        with caller(stack.gateway.url) as client:
            n = 0
            while not is_over.wait(PAUSE_S):
                n += 1
                request = {
                    "transaction_id": f"order-{secrets.token_hex(5)}",
                    "amount": AMOUNTS[n % len(AMOUNTS)],
                    "currency": "USD",
                    "user_id": f"customer-{n % 7}",
                    "merchant_id": f"shop-{n % 3}",
                }
                try:
                    client.post("/transaction", json=request)
                except httpx.TransportError:
                    is_over.wait(0.2)  # the gateway is away

    thread = threading.Thread(target=pay, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def test_an_empty_sentinel_says_that_it_waits_for_the_first_transaction(
    stack: Stack, open_tab: OpenTab, inspect: Inspector
) -> None:
    """Nothing happened yet: rates are zero and percentiles none, which is not the same as not known."""
    page = open_tab(stack)

    expect(page.get_by_text("No transactions yet. Send one to the gateway and it appears here.")).to_be_visible()
    expect(card(page, "Verdicts")).to_contain_text("0.0/s")
    expect(card(page, "Latency")).to_contain_text("none")
    expect(card(page, "Circuit to scorer")).to_contain_text("Closed")
    inspect(page, "overview-empty")


def test_figures_live(stack: Stack, open_tab: OpenTab, inspect: Inspector) -> None:
    """What merchants send appears without a reload: rates, latency, records, and the ledger's count."""
    page = open_tab(stack)
    with checkout(stack):
        expect(card(page, "Recent transactions").get_by_role("row").nth(5)).to_be_visible()
        expect(card(page, "Verdicts")).not_to_contain_text("Scored0.0/s")
        expect(card(page, "Latency").get_by_text("ms").first).to_be_visible()
        posted_s = time.monotonic()
        stack.post("order-of-mine", amount="31.25")

        told("a transaction", page.get_by_role("link", name="order-of-mine"), since_s=posted_s)
        inspect(page, "overview-live")
    committed = stack.get("/ledger/status")["committed"]
    expect(card(page, "Ledger")).to_contain_text(f"{committed:,}")


def test_a_dead_brain_is_told_and_so_is_its_return(stack: Stack, open_tab: OpenTab, inspect: Inspector) -> None:
    """The circuit opens: verdicts go on, unscored, and a countdown says when it is tried again; then all is scored."""
    page = open_tab(stack)
    circuit = card(page, "Circuit to scorer")
    with checkout(stack):
        expect(circuit).to_contain_text("Closed")

        killed_s = time.monotonic()
        stack.brain.kill()

        told("the circuit is open", circuit.get_by_text("Open", exact=True), since_s=killed_s)
        expect(page.get_by_role("status")).to_contain_text("Circuit open")
        expect(circuit.get_by_role("timer")).to_be_visible()
        expect(card(page, "Recent transactions").get_by_text("Unscored").first).to_be_visible()
        inspect(page, "overview-brain-down")

        stack.brain.start()

        wait_until(lambda: stack.get("/circuit/status")["state"] == "closed")  # at its next trial, each 5 s
        told("the circuit is closed", circuit.get_by_text("Closed", exact=True), since_s=time.monotonic())
        expect(card(page, "Circuit, last 10 minutes").get_by_text("Half-open").first).to_be_visible()
        expect(fact(page, "Ledger", "Still to be scored")).to_have_text("Still to be scored0")
        expect(page.get_by_role("status").first).to_contain_text("Nothing is wrong.", timeout=40_000)
        expect(card(page, "Verdicts")).not_to_contain_text("% unscored")
        inspect(page, "overview-recovered")


def test_a_ledger_that_is_away_is_told_and_so_is_its_return(
    own_mongod: MongodProcess,
    tmp_path: Path,
    dashboard_environment: dict[str, str],
    open_tab: OpenTab,
    inspect: Inspector,
) -> None:
    """Verdicts wait in the journal: the page counts them, and says when they have arrived."""
    environment = dashboard_environment | {"GATEWAY_LEDGER_BUDGET_MS": "150"}
    with running_stack(tmp_path, own_mongod.url, environment, with_worker=True) as stack:
        page = open_tab(stack)
        ledger = card(page, "Ledger")
        with checkout(stack):
            expect(ledger.get_by_text("Up", exact=True)).to_be_visible()

            killed_s = time.monotonic()
            own_mongod.kill()

            told("the ledger is down", ledger.get_by_text("Down", exact=True), since_s=killed_s)
            told("not all is well", page.get_by_text("Scores are made without history").first, since_s=killed_s)
            expect(page.get_by_role("status").first).to_contain_text("MongoDB does not answer")
            expect(page.get_by_role("banner").get_by_text("Degraded", exact=True)).to_be_visible()
            expect(page.get_by_text("every request")).to_have_count(0)
            expect(card(page, "Verdicts per second").get_by_text("Scored without history")).to_be_visible()
            pending = fact(page, "Ledger", "Pending")
            expect(pending).not_to_have_text("Pending0")
            # what comes out of the ledger fails alone, and says with what
            expect(card(page, "Alerts")).to_contain_text("Not available. The gateway answered 503")
            expect(card(page, "Verdicts")).not_to_contain_text("Not available")
            expect(card(page, "Verdicts")).to_contain_text("% no history")
            inspect(page, "overview-ledger-down")

            own_mongod.start()

            expect(ledger.get_by_text("Up", exact=True)).to_be_visible()
        expect(pending).to_have_text("Pending0")


def test_a_gateway_that_is_away_gets_a_banner_and_comes_back_without_a_reload(
    stack: Stack, open_tab: OpenTab, inspect: Inspector
) -> None:
    """The figures stay, grey and said to be of the past, also while somebody pauses updates to read them."""
    page = open_tab(stack)
    stack.post("before-the-end")
    expect(page.get_by_role("link", name="before-the-end")).to_be_visible()
    killed_s = time.monotonic()

    stack.gateway.kill()

    told("the gateway is away", banner(page), since_s=killed_s)
    expect(banner(page).get_by_role("button", name="Try now")).to_be_visible()
    expect(banner(page)).to_contain_text("The figures below are from")
    expect(card(page, "Circuit to scorer")).to_contain_text("Was closed")
    inspect(page, "overview-gateway-down")
    page.get_by_role("button", name="Pause updates").click()
    expect(card(page, "Circuit to scorer")).to_contain_text("Was closed")
    page.get_by_role("button", name="Resume updates").click()

    stack.gateway.start()

    expect(banner(page)).to_be_hidden()
    expect(card(page, "Circuit to scorer").get_by_text("Closed", exact=True)).to_be_visible()
    # its charts have a gap over what it does not know, and a mark; never a row of zeros
    expect(page.get_by_role("img", name="The gateway started at")).to_have_count(2)
    page.get_by_role("button", name="Show as table: Verdicts per second").click()
    table = page.get_by_role("region", name="Verdicts per second, table")
    expect(table.get_by_role("row").last).to_contain_text("not known")
    expect(table.get_by_role("row").filter(has_text="Started")).to_have_count(1)


def test_a_gateway_that_is_frozen_is_no_better_than_a_dead_one(stack: Stack, open_tab: OpenTab) -> None:
    """It accepts connections and says nothing: no refusal tells, only the time that passes."""
    page = open_tab(stack)
    expect(card(page, "Circuit to scorer").get_by_text("Closed", exact=True)).to_be_visible()
    frozen_s = time.monotonic()

    stack.gateway.freeze()

    told("the gateway is frozen", banner(page), since_s=frozen_s)
    stack.gateway.thaw()
    expect(banner(page)).to_be_hidden()


def test_a_page_that_never_heard_of_its_gateway_says_so(stack: Stack, open_tab: OpenTab, inspect: Inspector) -> None:
    """Nothing is shown as if it were known; the first answer brings the page to life."""
    page = open_tab(stack, "about:blank")
    page.route(lambda url: "/dashboard/" not in url, lambda route: route.abort())
    page.goto("/dashboard/")

    expect(banner(page)).to_contain_text("No data has arrived yet.")
    expect(card(page, "Ledger")).to_contain_text("Not known yet")
    inspect(page, "overview-without-data")

    page.unroute_all()
    expect(banner(page)).to_be_hidden()
    expect(card(page, "Circuit to scorer").get_by_text("Closed", exact=True)).to_be_visible()


def test_paused_updates_ask_for_nothing_and_call_nothing_stale(
    lived_in: Stack, open_tab: OpenTab, inspect: Inspector
) -> None:
    """Somebody reads figures that must not move: they stay, and are not blamed for their age."""
    page = open_tab(lived_in)
    lived_in.post("before-the-pause")
    expect(page.get_by_role("link", name="before-the-pause")).to_be_visible()

    page.get_by_role("button", name="Pause updates").click()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    lived_in.post("during-the-pause")
    page.wait_for_timeout(5_000)

    assert asked == []
    expect(page.get_by_text("Updates paused", exact=True)).to_be_visible()
    expect(card(page, "Circuit to scorer")).not_to_contain_text("Was closed")
    expect(page.get_by_role("status").filter(has_text="Updates paused.")).to_contain_text("the circuit was closed")
    inspect(page, "overview-paused")

    page.get_by_role("button", name="Resume updates").click()
    expect(page.get_by_role("link", name="during-the-pause")).to_be_visible()
