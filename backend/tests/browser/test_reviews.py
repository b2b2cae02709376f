"""The review queue: a person works through it with single keys, and two persons do not do the same work."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.inspecting import Inspector
from tests.stack import Stack

OpenTab = Callable[..., Page]


@pytest.fixture
def queued(stack: Stack) -> Stack:
    """Three blind verdicts above the cap of a payment wait for a person: the larger the amount, the earlier."""
    stack.brain.kill()
    for name, amount in (("small", "2100.00"), ("large", "9000.00"), ("middle", "4000.00")):
        assert stack.post(name, amount=amount)["decision"] == "review"
    return stack


def test_the_queue_is_worked_through_with_single_keys(queued: Stack, open_tab: OpenTab, inspect: Inspector) -> None:
    """Claim, block with a note, approve the next: the largest amount first, and the focus goes along."""
    page = open_tab(queued, "/dashboard/reviews/")
    me = queued.get("/me")["name"]
    expect(page.get_by_text(f"You decide as {me}.")).to_be_visible()
    items = page.get_by_role("region", name="Queue").get_by_role("listitem")
    expect(items).to_have_count(3)
    inspect(page, "reviews")

    page.get_by_role("region", name="Queue").focus()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="large", exact=True)).to_be_focused()
    page.keyboard.press("c")
    expect(items.first).to_contain_text("Yours until")
    page.keyboard.press("b")
    dialog = page.get_by_role("dialog", name="Block large?")
    expect(dialog.get_by_role("textbox")).to_be_focused()
    page.keyboard.type("no such address")
    inspect(page, "reviews-decide")
    page.keyboard.press("Enter")

    expect(items).to_have_count(2)
    expect(page.get_by_role("link", name="middle", exact=True)).to_be_focused()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(items).to_have_count(1)

    review = queued.get("/reviews/large")["review"]
    assert (review["decision"], review["note"], review["decided_by"]) == ("block", "no such address", me)
    assert queued.get("/reviews/middle")["review"]["decision"] == "approve"
    page.get_by_role("link", name="Decided").click()
    expect(page.get_by_text("no such address")).to_be_visible()
    inspect(page, "reviews-decided")


def test_keys_are_letters_where_somebody_types_and_can_be_switched_off(queued: Stack, open_tab: OpenTab) -> None:
    """WCAG 2.1.4: a note with an `a` in it approves nothing, and who speaks to the machine switches them off."""
    page = open_tab(queued, "/dashboard/reviews/")
    page.get_by_role("button", name="Block large").click()
    note = page.get_by_role("dialog").get_by_role("textbox")
    page.keyboard.type("barbara")
    expect(note).to_have_value("barbara")
    expect(page.get_by_role("dialog")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.get_by_role("button", name="Single keys: on").click()
    page.get_by_role("link", name="large", exact=True).focus()
    page.keyboard.press("b")

    expect(page.get_by_role("dialog")).to_have_count(0)


def test_who_comes_second_is_told_who_has_it(queued: Stack, open_tab: OpenTab, inspect: Inspector) -> None:
    """The other's claim is no error of the page: it says who, and until when."""
    page = open_tab(queued, "/dashboard/reviews/")
    page.get_by_role("button", name="Pause updates").click()
    assert queued.client.post("/reviews/large/claim", json={"by": "bob"}).status_code == 200

    page.get_by_role("button", name="Claim large").click()

    expect(page.get_by_role("region", name="Queue").get_by_text("bob has it until").first).to_be_visible()
    inspect(page, "reviews-taken")
