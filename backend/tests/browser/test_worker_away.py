"""Nobody catches up afterwards: every page says so, and what waits."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.inspecting import Inspector
from tests.browser.test_overview import OpenTab, fact
from tests.stack import Stack, running_stack, wait_until


@pytest.fixture
def stack(mongod_url: str, tmp_path: Path, dashboard_environment: dict[str, str]) -> Iterator[Stack]:
    """A Sentinel whose worker is not started."""
    with running_stack(tmp_path, mongod_url, dashboard_environment) as running:
        yield running


def test_a_worker_that_is_away_is_told_with_what_waits_and_so_is_its_return(
    stack: Stack, open_tab: OpenTab, inspect: Inspector
) -> None:
    """After 30 s: /health, the metrics and the overview agree, and payments are answered as ever."""
    stack.brain.kill()
    for n in range(4):
        stack.post(f"blind-{n}")
    stack.brain.start()
    page = open_tab(stack)
    status = page.get_by_role("status").filter(has_text="No worker runs")

    expect(status).to_be_visible(timeout=60_000)

    wait_until(lambda: "4 verdicts wait to be scored" in stack.get("/health")["summary"])
    assert 'sentinel_status{condition="WORKER_AWAY"} 1.0' in stack.client.get("/metrics").text
    assert stack.post("as-ever")["scored"] is True
    expect(page.get_by_role("banner").get_by_text("Degraded", exact=True)).to_be_visible()
    expect(fact(page, "Ledger", "Still to be scored")).to_have_text("Still to be scored4")
    inspect(page, "overview-worker-away")

    stack.worker.start()

    expect(fact(page, "Ledger", "Still to be scored")).to_have_text("Still to be scored0")
    expect(status).to_be_hidden()
    wait_until(lambda: stack.get("/health")["status"] == "healthy")
    expect(page.get_by_role("banner").get_by_text("Live", exact=True)).to_be_visible()
