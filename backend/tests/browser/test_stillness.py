"""Pages hold still under the hand: no row slips away from the pointer or the focus, and nothing moves by itself."""

import itertools
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.shifts import SHIFT_MAX, WATCH_SHIFTS, shifts_of
from tests.callers import caller
from tests.stack import Stack, wait_until

OpenTab = Callable[..., Page]
PER_S = 12
WATCHED_MS = 4_000  # two polls of the newest records
# a merchant's day: short and long ids, amounts of all lengths, some cards that are on the deny list
_KINDS = itertools.cycle(
    [("7.50", 5, None), ("1234567.89", 60, None), ("60.00", 12, "tok_stolen"), ("950.00", 30, None)]
)


@contextmanager
def payments(stack: Stack) -> Iterator[None]:
    """So many a second, until the block ends."""
    stop = threading.Event()
    stack.client.put("/lists/deny/card/tok_stolen", json={"reason": "stolen"})

    def pay() -> None:
        with caller(stack.gateway.url, timeout_s=10) as client:
            for n in itertools.count():
                amount, length, token = next(_KINDS)
                body = {"amount": amount, "currency": "USD", "user_id": f"user-{n % 7}-{'x' * (n % 40)}"}
                body |= {"transaction_id": f"p{n:05}-{'y' * length}"[:64], "merchant_id": f"shop-{n % 5}"}
                client.post("/transaction", json=body | ({"card": {"token": token}} if token else {}))
                if stop.wait(1 / PER_S):
                    return

    thread = threading.Thread(target=pay)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_nothing_moves_by_itself_on_any_page(stack: Stack, open_tab: OpenTab) -> None:
    """
    Layout shift, by the browser's own measure, from the first paint on: under traffic, and while faults come and go.

    From an empty ledger: lists that fill up move most.
    """
    stack.post("known")
    with payments(stack):
        for width, names in (
            (1280, ("", "transactions/", "reviews/", "chaos/")),
            (1280, ("outages/", "model/", "transactions/?tx=known", "nope/")),
            (360, ("", "reviews/", "chaos/")),
        ):
            pages = {name: open_watched(open_tab, stack, name, width) for name in names}
            pages[names[0]].wait_for_timeout(WATCHED_MS)
            assert moved(pages) == {}, "calm"
            assert stack.client.put("/faults", json={"error_rate": 1.0}).status_code == 200
            wait_until(lambda: stack.get("/circuit/status")["state"] != "closed")
            pages[names[0]].wait_for_timeout(WATCHED_MS / 2)
            assert stack.client.put("/faults", json={"error_rate": 0.0}).status_code == 200
            wait_until(lambda: stack.get("/circuit/status")["state"] == "closed", within_s=30)
            pages[names[0]].wait_for_timeout(WATCHED_MS / 2)
            assert moved(pages) == {}, "faults"
            for page in pages.values():
                page.close()


def open_watched(open_tab: OpenTab, stack: Stack, name: str, width: int) -> Page:
    """A page whose shifts are counted, once it has its data."""
    page = open_tab(stack, "about:blank", width=width)
    page.add_init_script(WATCH_SHIFTS)
    page.goto(f"/dashboard/{name}", timeout=30_000)
    expect(page.locator("[class$=_loading]")).to_have_count(0, timeout=30_000)
    return page


def moved(pages: dict[str, Page]) -> dict[str, object]:
    """What shifted on those of them that did not hold still."""
    largest = "window.shifted.sort((one, other) => other[1] - one[1]).slice(0, 3)"
    return {name: page.evaluate(largest) for name, page in pages.items() if shifts_of(page) >= SHIFT_MAX}


def test_a_click_opens_the_payment_that_was_pointed_at(lived_in: Stack, open_tab: OpenTab) -> None:
    """However long the pointer rests on it; the new ones wait, are counted, and come when they are asked for."""
    with payments(lived_in):
        page = open_tab(lived_in, "/dashboard/transactions/")
        rows = page.get_by_role("region", name="List of transactions").get_by_role("row")
        expect(rows).to_have_count(51)
        for n in (1, 4, 9):
            rows.nth(n).hover()
            wanted = rows.nth(n).get_by_role("link").inner_text()
            expect(page.get_by_role("button", name=re.compile(r"^\d+( or more)? new$"))).to_be_visible()
            page.wait_for_timeout(2_000)
            page.mouse.down()
            page.mouse.up()
            expect(page.get_by_role("dialog")).to_contain_text(wanted)
            page.keyboard.press("Escape")
            page.mouse.move(5, 5)
            page.get_by_role("main").evaluate("() => document.activeElement.blur()")
            expect(rows.nth(1).get_by_role("link")).not_to_have_text(wanted)  # it goes on when nobody is there


def test_new_rows_wait_while_a_row_has_the_focus_and_come_when_asked_for(lived_in: Stack, open_tab: OpenTab) -> None:
    """By keyboard alone."""
    page = open_tab(lived_in, "/dashboard/transactions/")
    links = page.get_by_role("region", name="List of transactions").get_by_role("link")
    links.first.focus()
    had = links.first.inner_text()
    for n in range(3):
        lived_in.post(f"waits-{n}-{had[:8]}")

    fresh = page.get_by_role("button", name="3 new")
    expect(fresh).to_be_visible()
    expect(links.first).to_have_text(had)
    expect(links.first).to_be_focused()
    fresh.press("Enter")

    expect(links.first).to_have_text(f"waits-2-{had[:8]}")


def test_the_overview_holds_its_rows_too(lived_in: Stack, open_tab: OpenTab) -> None:
    """The same list in short, the same promise."""
    page = open_tab(lived_in)
    links = page.get_by_role("region", name="Recent transactions, table").get_by_role("link")
    links.nth(3).hover()
    wanted = links.nth(3).inner_text()
    lived_in.post(f"newer-than-{wanted[:20]}")

    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    expect(links.nth(3)).to_have_text(wanted)
    links.nth(3).click()
    expect(page.get_by_role("dialog")).to_contain_text(wanted)


@pytest.fixture
def queued(stack: Stack) -> Stack:
    """Three that wait for a person, because no brain scored them: the larger the amount, the earlier."""
    stack.brain.kill()
    for name, amount in (("small", "2100.00"), ("large", "9000.00"), ("middle", "4000.00")):
        assert stack.post(name, amount=amount)["decision"] == "review"
    return stack


def items_of(page: Page) -> Locator:
    """Of the review queue."""
    return page.get_by_role("region", name="Queue").get_by_role("listitem")


def test_the_focus_stays_on_a_review_that_somebody_else_took(queued: Stack, open_tab: OpenTab) -> None:
    """It says who; `a` and Enter decide neither it nor its neighbour. Single keys work from the start."""
    page = open_tab(queued, "/dashboard/reviews/")
    page.reload()
    expect(items_of(page)).to_have_count(3)
    page.keyboard.press("j")
    large = page.get_by_role("link", name="large", exact=True)
    expect(large).to_be_focused()

    assert queued.client.post("/reviews/large/claim", json={"by": "bob"}).status_code == 200

    expect(items_of(page).first).to_contain_text("bob has it until")
    expect(items_of(page)).to_have_count(3)
    expect(large).to_be_focused()
    page.keyboard.press("a")
    page.keyboard.press("Enter")  # opens what has the focus, and decides nothing
    expect(page.get_by_role("dialog")).to_be_visible()
    assert queued.get("/reviews?state=decided")["reviews"] == []
    page.keyboard.press("Escape")
    expect(large).to_be_focused()

    body = {"by": "bob", "decision": "block"}
    assert queued.client.post("/reviews/large/decision", json=body).status_code == 200
    expect(items_of(page).first).to_contain_text("Blocked by bob")
    expect(large).to_be_focused()
    page.get_by_role("button", name="Show keys").focus()
    expect(items_of(page)).to_have_count(2)  # nobody looks at it any more


def test_a_decision_is_undone_with_a_key_and_with_the_pointer(queued: Stack, open_tab: OpenTab) -> None:
    """For ten seconds; what is undone waits again, and was no label meanwhile."""
    page = open_tab(queued, "/dashboard/reviews/")
    expect(items_of(page)).to_have_count(3)
    page.get_by_role("heading", level=1).click()

    for by_key in (True, False):
        page.keyboard.press("j")
        page.get_by_role("link", name="large", exact=True).focus()
        page.keyboard.press("a")
        page.keyboard.press("Enter")
        expect(items_of(page)).to_have_count(2)
        assert queued.get("/reviews/large")["review"]["decision"] == "approve"
        if by_key:
            page.keyboard.press("u")
        else:
            page.get_by_role("button", name="Undo large").click()
        expect(items_of(page)).to_have_count(3)
        expect(page.get_by_role("link", name="large", exact=True)).to_be_focused()
        assert queued.get("/reviews/large")["review"]["state"] == "open"

    page.keyboard.press("b")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Undo large")).to_be_visible()
    page.close(run_before_unload=True)  # a decision is at the gateway, whatever becomes of the tab
    wait_until(lambda: queued.get("/transactions/large")["label"] is not None, within_s=40)
    assert queued.get("/transactions/large")["label"]["is_fraud"] is True
