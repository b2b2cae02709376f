"""What browser tests may ask for: a running Sentinel with its dashboard, and a tab that looks at it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.chromium import Complaints, launched, needed, open_page
from tests.browser.inspecting import Inspector
from tests.callers import HEADERS
from tests.stack import PATIENT, Stack, running_stack, wait_until

expect.set_options(timeout=30_000)  # a test machine has slow moments; what has to be quick says so itself
RESET_S = 5.0  # 30 in production: long enough to see the countdown, short enough to wait for


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, for this package only: an event loop runs as long as it does, and no asyncio test can beside it."""
    binary, _ = needed()
    with launched(binary) as started:
        yield started


@pytest.fixture(scope="package")
def inspect() -> Inspector:
    """
    Looks at a page in light and dark: `inspect(page, "overview-empty")`.

    SENTINEL_SCREENSHOTS names a folder for pictures.
    """
    return Inspector(os.environ.get("SENTINEL_SCREENSHOTS"))


@pytest.fixture
def dashboard_environment(fresh_databases: dict[str, str], amount_model: dict[str, str]) -> dict[str, str]:
    """Environment of a gateway and a brain whose dashboard is the one that was built."""
    return fresh_databases | amount_model | _with_dashboard()


def _with_dashboard() -> dict[str, str]:
    _, build = needed()
    return PATIENT | {
        "GATEWAY_DASHBOARD_DIR": str(build),
        "GATEWAY_CIRCUIT_RESET_S": str(RESET_S),
        "GATEWAY_FAULT_CONTROL": "true",
        "BRAIN_FAULT_CONTROL": "true",
    }


@pytest.fixture
def stack(mongod_url: str, tmp_path: Path, dashboard_environment: dict[str, str]) -> Iterator[Stack]:
    """A Sentinel of this test alone, with an empty ledger."""
    with running_stack(tmp_path, mongod_url, dashboard_environment, with_worker=True) as running:
        yield running


@pytest.fixture(scope="package")
def lived_in(
    mongod_url: str, tmp_path_factory: pytest.TempPathFactory, amount_model: dict[str, str]
) -> Iterator[Stack]:
    """
    A Sentinel with some of everything, for tests that only look: never kill a part of it.

    Ids are as long as they may be; payments were approved, blocked by a list and sent to people, an outage is over.
    """
    databases = {"GATEWAY_LEDGER_DATABASE": "lived_in_ledger", "BRAIN_LEDGER_DATABASE": "lived_in_ledger"}
    environment = databases | amount_model | _with_dashboard()
    with running_stack(tmp_path_factory.mktemp("lived-in"), mongod_url, environment, with_worker=True) as running:
        denied = "/lists/deny/card/tok_stolen"
        wait_until(lambda: running.client.put(denied, json={"reason": "stolen"}).status_code == 200)
        for n in range(30):
            card = {"token": "tok_stolen" if n % 10 == 9 else f"tok_{n}"}
            ids = {"user_id": f"{n:02}{'u' * 126}", "merchant_id": "m" * 128, "card": card}
            running.post(f"{n:02}-{'long' * 15}", **ids, amount=str(15 + n * 25))
        running.client.put(f"/transactions/03-{'long' * 15}/label", json={"is_fraud": True, "source": "chargeback"})
        running.brain.kill()
        for n in range(5):  # more than the circuit takes before it opens
            running.post(f"blind-{n}", amount=f"{1 + n}000.00")
        running.brain.start()
        wait_until(lambda: any(outage["is_settled"] for outage in running.get("/outages")["outages"]), within_s=60)
        yield running


@pytest.fixture
def open_tab(browser: Browser) -> Iterator[Callable[..., Page]]:
    """
    Opens tabs, each in a browser of its own: `open_tab(stack, "/dashboard/", width=320, color_scheme="dark")`.

    At the end no tab may have complained: of an error in a script, or of the content security policy.
    """
    contexts = list[BrowserContext]()
    complaints = Complaints()

    def open_one(stack: Stack, path: str = "/dashboard/", *, width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(
            base_url=stack.gateway.url,
            viewport={"width": width, "height": 900},
            timezone_id="UTC",
            **{"extra_http_headers": HEADERS, **options},
        )
        contexts.append(context)
        page = open_page(context, complaints)
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints.said == []
