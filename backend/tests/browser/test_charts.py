"""Charts are read, not only seen: by name, by key, and as a table. No automatic check judges that."""

import re
import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.inspecting import Inspector
from tests.stack import Stack

OpenTab = Callable[..., Page]
_ABOVE_ZERO = re.compile("[1-9]")


@pytest.fixture
def page(lived_in: Stack, open_tab: OpenTab) -> Page:
    """The overview of a gateway that has just decided something."""
    for _ in range(20):
        lived_in.post(f"t-{secrets.token_hex(6)}")
    tab = open_tab(lived_in)
    expect(tab.get_by_text("Live", exact=True)).to_be_visible()
    return tab


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("Verdicts per second", ["Approve", "Review", "Block", "Unscored"]),
        ("Gateway latency", ["p50", "p95", "p99"]),
    ],
)
def test_a_trend_has_a_name_that_tells_it_and_a_table_with_every_figure(
    page: Page, inspect: Inspector, name: str, columns: list[str]
) -> None:
    """The image's name says what it shows and how it is now; the table has a row for each of the 120 buckets."""
    card = page.get_by_role("region", name=name, exact=True)
    expect(card.get_by_role("img", name="over the last four minutes; of the last 10 s")).to_have_count(1)

    card.get_by_role("button", name=f"Show as table: {name}").click()
    table = card.get_by_role("region", name=f"{name}, table").get_by_role("table")

    heads = table.get_by_role("columnheader").all_inner_texts()
    assert heads[1 : 1 + len(columns)] == columns  # and one for events, where there was any
    expect(table.get_by_role("row")).to_have_count(121)
    expect(table.get_by_role("cell").filter(has_text=_ABOVE_ZERO).first).to_be_visible()  # once the bucket is closed
    inspect(page, f"table-{name.lower().replace(' ', '-')}")


def test_arrow_keys_read_a_trend_point_by_point(page: Page) -> None:
    """Each press says the time and every line's value there, by a slider: screen readers pass its keys on."""
    card = page.get_by_role("region", name="Verdicts per second", exact=True)
    slider = card.get_by_role("slider")
    slider.focus()

    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    first = slider.get_attribute("aria-valuetext")
    page.keyboard.press("ArrowLeft")

    assert first is not None
    assert "Approve" in first
    assert slider.get_attribute("aria-valuetext") != first
    expect(card.get_by_role("figure").get_by_text(slider.get_attribute("aria-valuetext") or "none")).to_be_visible()


def test_reasons_of_a_score_are_bars_with_a_name_and_a_table(lived_in: Stack, open_tab: OpenTab) -> None:
    """What raised the score and what lowered it, in log-odds."""
    lived_in.post("explained", amount="480.00", user_id="somebody-new")
    page = open_tab(lived_in, "/dashboard/transactions/?tx=explained")
    reasons = lived_in.get("/transactions/explained")["reasons"]
    window = page.get_by_role("dialog")

    expect(window.get_by_role("img", name="raise")).to_have_count(1)
    window.get_by_role("button", name="Show as table").first.click()

    expect(window.get_by_role("table").get_by_role("row")).to_have_count(
        len(reasons) + 3  # the head, what the reasons start from, and the score that all add up to
    )
    expect(window.get_by_role("table")).to_contain_text(reasons[0]["message"], ignore_case=True)
