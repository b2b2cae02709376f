"""A brain that cannot read its history answers as fast as ever: the pages say what its scores are worth."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.inspecting import Inspector
from tests.browser.test_overview import OpenTab, card, checkout, told
from tests.callers import caller
from tests.processes import BrainProcess, GatewayProcess, MongodProcess, WorkerProcess
from tests.stack import Stack, wait_until


@pytest.fixture
def stack(
    mongod_url: str, own_mongod: MongodProcess, tmp_path: Path, dashboard_environment: dict[str, str]
) -> Iterator[Stack]:
    """A Sentinel whose brain reads its history from `own_mongod`, where none is."""
    environment = dashboard_environment
    with (
        BrainProcess(tmp_path, mongodb_url=own_mongod.url, environment=environment) as brain,
        GatewayProcess(tmp_path, mongodb_url=mongod_url, brain_port=brain.port, environment=environment) as gateway,
        WorkerProcess(tmp_path, mongodb_url=mongod_url, brain_port=brain.port, environment=environment),
        caller(gateway.url) as client,
    ):
        yield Stack(brain, gateway, client)


def test_scores_without_history_are_told_on_every_page_and_are_an_outage(
    stack: Stack, own_mongod: MongodProcess, open_tab: OpenTab, inspect: Inspector
) -> None:
    """Ledger, circuit and brain are up, and nothing is green that rests on half the facts; the outage is on record."""
    page = open_tab(stack)
    with checkout(stack):
        expect(page.get_by_role("status").first).to_contain_text("Nothing is wrong.")
        expect(card(page, "Latency").get_by_text("ms").first).to_be_visible()

        killed_s = time.monotonic()
        own_mongod.kill()

        # the brain uses what it has read, and says after 10 s that it had no news
        told("history is not read", page.get_by_role("status").filter(has_text="history"), since_s=killed_s)
        expect(page.get_by_role("banner").get_by_text("Degraded", exact=True)).to_be_visible()
        expect(card(page, "Circuit to scorer")).to_contain_text("Scores are made without history.")
        expect(card(page, "Verdicts")).to_contain_text("% no history")
        wait_until(lambda: stack.get("/outages")["outages"] != [])
        if inspect.takes_pictures:
            page.wait_for_timeout(6_000)  # for a line of some length
        inspect(page, "overview-history-unread")
        page.get_by_role("link", name="Outages").click()
        expect(page.get_by_role("table")).to_contain_text("History not read")
        expect(page.get_by_role("status").first).to_contain_text("Scores are made without history")
        own_mongod.start()
        page.get_by_role("table").get_by_role("link").first.click()
        expect(page.get_by_text("were scored without history.")).to_be_visible()
        expect(page.get_by_role("banner").get_by_text("Live", exact=True)).to_be_visible(timeout=60_000)
    wait_until(lambda: bool(stack.get("/outages")["outages"][0]["is_settled"]), within_s=60)
    expect(page.get_by_text("These figures are final.")).to_be_visible()
    inspect(page, "outage-history-unread")
