"""The record of all transactions: found, paged, opened, exported and labelled, with hands off the mouse."""

import csv
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.inspecting import Inspector
from tests.stack import Stack, wait_until

OpenTab = Callable[..., Page]
BATCH = 500
PAGE_ROWS = 50


def record(stack: Stack, count: int) -> None:
    """So many transactions of 20 users, in batches, each tenth of a card that is on the deny list."""
    denied = "/lists/deny/card/tok_stolen"
    wait_until(lambda: stack.client.put(denied, json={"reason": "stolen"}).status_code == 200)
    for start in range(0, count, BATCH):
        items = [
            {
                "transaction_id": f"order-{n:05}",
                "amount": f"{10 + n % 60}.50",
                "currency": "USD",
                "user_id": f"user-{n % 20}",
                "merchant_id": f"shop-{n % 5}",
                "card": {"token": "tok_stolen" if n % 10 == 0 else f"tok_{n}"},
            }
            for n in range(start, min(start + BATCH, count))
        ]
        reply = stack.client.post("/transactions", json={"transactions": items}, timeout=60)
        assert {result["status"] for result in reply.json()["results"]} == {200}


def blocked(stack: Stack) -> list[str]:
    """Ids of all that was blocked, newest first, by the API itself."""
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        page = stack.get(f"/transactions?decision=block&limit=500&cursor={cursor}".removesuffix("&cursor="))
        found += [record["transaction_id"] for record in page["transactions"]]
        cursor = page["next_cursor"]
    assert len(found) >= 1_000
    return found


def rows(page: Page, count: int) -> None:
    """The table has so many, beside its head."""
    expect(page.get_by_role("region", name="List of transactions").get_by_role("row")).to_have_count(count + 1)


def test_somebody_finds_and_opens_a_transaction_with_the_keyboard_alone(
    stack: Stack, open_tab: OpenTab, inspect: Inspector
) -> None:
    """Filter, walk to the record, open it, read it, close it: the focus is where it was."""
    record(stack, 60)
    page = open_tab(stack, "/dashboard/transactions/")
    rows(page, PAGE_ROWS)

    page.get_by_label("Search ids").focus()
    page.keyboard.type("order-00010")
    rows(page, 1)
    assert "order-00010" in page.url

    link = page.get_by_role("link", name="order-00010")
    for _ in range(40):  # two of the fields are dates, of seven stops each
        page.keyboard.press("Tab")
        if link.evaluate("element => element === document.activeElement"):
            break
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    window = page.get_by_role("dialog")
    expect(window).to_contain_text("order-00010")
    expect(window).to_contain_text("sentinel-gbdt")
    assert "tx=order-00010" in page.url
    inspect(page, "transaction")

    page.keyboard.press("Escape")
    expect(window).to_have_count(0)
    expect(link).to_be_focused()


def test_filters_are_in_the_address_and_can_be_taken_off(stack: Stack, open_tab: OpenTab, inspect: Inspector) -> None:
    """What one operator found, another opens from the link."""
    record(stack, 60)
    page = open_tab(stack, "/dashboard/transactions/?decision=block&user_id=user-10")
    rows(page, 3)
    expect(page.get_by_label("Verdict")).to_have_value("block")

    page.get_by_label("Amount from").fill("9999")
    expect(page.get_by_text("No transaction matches.")).to_be_visible()
    inspect(page, "transactions-no-match")
    page.get_by_label("Amount from").fill("not money")
    expect(page.get_by_label("Amount from")).to_have_attribute("aria-invalid", "true")
    inspect(page, "transactions-bad-filter")

    page.get_by_role("button", name="Clear all").click()
    rows(page, PAGE_ROWS)
    assert "decision" not in page.url


def test_ten_thousand_transactions_are_paged_and_exported(
    stack: Stack, open_tab: OpenTab, inspect: Inspector, tmp_path: Path
) -> None:
    """A page shows 50 of them and stays quick; a file holds all that match, each once, under one head."""
    record(stack, 10_000)
    page = open_tab(stack, "/dashboard/transactions/")
    rows(page, PAGE_ROWS)
    expect(page.get_by_role("link", name="order-09999")).to_be_visible()
    inspect(page, "transactions-many")

    for _ in range(3):
        first = page.get_by_role("region", name="List of transactions").get_by_role("link").first.inner_text()
        page.get_by_role("button", name="Older").click()
        expect(page.get_by_role("link", name=first)).to_have_count(0)
        rows(page, PAGE_ROWS)
    page.go_back()
    rows(page, PAGE_ROWS)
    page.reload()
    rows(page, PAGE_ROWS)

    page.goto("/dashboard/transactions/?decision=block")
    rows(page, PAGE_ROWS)
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name="Export CSV").click()
    saved = tmp_path / "export.csv"
    download.value.save_as(saved)
    lines = list(csv.DictReader(saved.read_text().splitlines()))
    assert [line["transaction_id"] for line in lines] == blocked(stack)
    assert {line["decision"] for line in lines} == {"block"}


def test_an_unscored_verdict_looks_like_none_other_and_tells_what_was_found_later(
    stack: Stack, open_tab: OpenTab, inspect: Inspector
) -> None:
    """Approved while blind; scored once the brain is back; the record says both, and that nothing was rewritten."""
    stack.brain.kill()
    stack.post("while-blind", amount="900.00")
    page = open_tab(stack, "/dashboard/transactions/?tx=while-blind")
    window = page.get_by_role("dialog")
    expect(window.get_by_text("Unscored").first).to_be_visible()
    expect(window).to_contain_text("Decided by the blind policy")
    inspect(page, "transaction-unscored")

    stack.brain.start()
    wait_until(lambda: bool(stack.get("/transactions/while-blind")["amendments"]), within_s=40)

    expect(window).to_contain_text("would have gone to review")
    inspect(page, "transaction-amended")
    assert stack.get("/transactions/while-blind")["decision"] == "approve"


def test_a_label_is_set_and_corrected(stack: Stack, open_tab: OpenTab, inspect: Inspector) -> None:
    """What a chargeback tells reaches the ledger, once it is confirmed elsewhere; a correction is another revision."""
    stack.post("disputed")
    page = open_tab(stack, "/dashboard/transactions/?tx=disputed")
    form = page.get_by_role("dialog").get_by_role("form", name="Label")

    form.get_by_label("Fraud").check()
    form.get_by_label("Who says so").select_option("chargeback")
    form.get_by_role("button", name="Set label").dblclick()
    form.get_by_role("button", name="Set label").press("Enter")
    expect(form.get_by_role("button", name="Cancel")).to_be_visible()
    assert stack.get("/transactions/disputed")["label"] is None
    inspect(page, "transaction-label")
    form.get_by_role("button", name="Yes, label it fraud").click()
    expect(form.get_by_role("button", name="Correct label")).to_be_visible()
    label = stack.get("/transactions/disputed")["label"]
    assert (label["is_fraud"], label["source"], label["revision"]) == (True, "chargeback", 1)

    form.get_by_label("Genuine").check()
    form.get_by_role("button", name="Correct label").click()
    form.get_by_role("button", name="Yes, label it genuine").click()
    wait_until(lambda: stack.get("/transactions/disputed")["label"]["revision"] == 2)
    assert stack.get("/transactions/disputed")["label"]["is_fraud"] is False
