"""Outages told afterwards, the model looked at, and trouble made on purpose."""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.amount_model import CLEAN, RISKY
from tests.browser.inspecting import Inspector
from tests.fleet_scores import share_scores
from tests.promoted import an_artifact, promotions
from tests.scores import CONTROLLED, SHIPPED_MODEL, score_all, score_as_the_model_does
from tests.stack import Stack, running_stack, wait_until

OpenTab = Callable[..., Page]


def test_an_outage_is_told_from_its_list_to_its_report(stack: Stack, open_tab: OpenTab, inspect: Inspector) -> None:
    """When, how long, how many were taken blind, what was exposed, and what a later score made of it; on paper, too."""
    page = open_tab(stack, "/dashboard/outages/")
    expect(page.get_by_text("No outage is on record.")).to_be_visible()
    inspect(page, "outages-none")

    stack.brain.kill()
    for n in range(6):
        stack.post(f"blind-{n}", amount="20.00" if n else "750.00")
    expect(page.get_by_role("region", name="On record").get_by_role("row")).to_have_count(2)
    stack.brain.start()
    wait_until(lambda: any(outage["is_settled"] for outage in stack.get("/outages")["outages"]), within_s=60)
    page.get_by_role("region", name="On record").get_by_role("link").first.click()

    story = page.get_by_role("region", name="What happened")
    expect(story).to_contain_text("6 verdicts were given without a score")
    expect(story).to_contain_text("worth 850.00 USD")
    expect(story).to_contain_text("1 would have been decided otherwise, worth 750.00 USD")
    inspect(page, "outage")
    flipped = page.get_by_role("region", name="Table of transactions that would have been decided otherwise")
    expect(flipped.get_by_role("link")).to_have_text(["blind-0"])
    page.emulate_media(media="print")
    expect(page.get_by_text("Sentinel, fraud gateway operations · printed ")).to_be_visible()
    expect(flipped).to_be_visible()
    assert len(re.findall(rb"/Type /Page\b", page.pdf(format="A4"))) == 1  # none of it half empty
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(story).to_be_visible()


def test_an_unknown_outage_is_said_to_be_unknown(lived_in: Stack, open_tab: OpenTab, inspect: Inspector) -> None:
    """A link that was cut off leads to a sentence, not to an empty page."""
    page = open_tab(lived_in, "/dashboard/outages/?id=0123")

    expect(page.get_by_text("No outage has the id in this address.")).to_be_visible()
    inspect(page, "outage-unknown")


def test_the_model_page_tells_what_the_brain_told(stack: Stack, open_tab: OpenTab, inspect: Inspector) -> None:
    """Name and version of the model that answers, and the spread of what it scored lately."""
    for n in range(40):
        stack.post(f"t-{n}", amount=str(5 + n * 9))
    page = open_tab(stack, "/dashboard/model/")
    model = stack.get("/stats")["models"]["in_service"][0]

    expect(page.get_by_role("main")).to_contain_text(f"{model['name']} {model['version']}")
    expect(page.get_by_text("Nothing has a label yet.")).to_be_visible()
    expect(page.get_by_text("No second model runs along.")).to_be_visible()
    inspect(page, "model")


BACKTEST = {
    "period": ["2026-08-06", "2026-09-30"],
    "rows": 41_207,
    "frauds": 402,
    "models": {
        "candidate": {"genuine_declined": 0.0009, "genuine_reviewed": 0.0041, "fraud_caught": 0.781, "ap": 0.812},
        "present": {"genuine_declined": 0.0, "genuine_reviewed": 0.0096, "fraud_caught": 0.192, "ap": 0.112},
        "amount alone": {"genuine_declined": 0.001, "genuine_reviewed": 0.005, "fraud_caught": 0.064, "ap": 0.208},
    },
}


def test_labels_tell_what_a_model_would_turn_away_wrongly(
    stack: Stack,
    open_tab: OpenTab,
    inspect: Inspector,
    mongod_url: str,
    dashboard_environment: dict[str, str],
) -> None:
    """
    Of 25 payments that it would block 20 were frauds, and small amounts were none: with what that rests on.

    And how the next model did on past payments, and who brought it.
    """
    with promotions(mongod_url, dashboard_environment) as models:
        models.shadow(an_artifact("3", backtest=BACKTEST, ripe_frauds=1_207, own_labels=True, may_block=True))
    for n in range(45):
        is_risky = n < 25
        stack.post(f"t-{n}", user_id=f"user-{n}", amount=str(RISKY if is_risky else CLEAN))
        label = stack.client.put(f"/transactions/t-{n}/label", json={"is_fraud": n < 20, "source": "chargeback"})
        label.raise_for_status()

    page = open_tab(stack, "/dashboard/model/", width=320)
    declines = page.get_by_role("region", name="False declines", exact=True)
    expect(declines).to_contain_text("None now. If it might block, about 20.0 % of the genuine payments (")
    expect(declines).to_contain_text("5 were genuine: 5 of 25 that people looked at instead.")
    expect(page.get_by_role("region", name="Budgets")).to_contain_text(
        "Of the last 45 payments it would have blocked 25"
    )
    rows = page.get_by_role("region", name=re.compile("^Table of the calibration")).get_by_role("row")
    expect(rows.nth(2)).to_contain_text("Less fraud")
    tested = page.get_by_role("region", name="Table of the test on past payments").get_by_role("row")
    expect(tested.nth(1)).to_contain_text("0.09 %")
    expect(page.get_by_role("region", name="Table of changes of models")).to_contain_text("Put in shadow")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    inspect(page, "model-labels", picture=False)
    page.set_viewport_size({"width": 1280, "height": 1400})
    declines.scroll_into_view_if_needed()
    inspect(page, "model-labels")
    page.get_by_role("region", name="Last candidate", exact=True).scroll_into_view_if_needed()
    inspect(page, "model-history")


def test_what_holds_a_model_back_is_told_on_its_page_and_on_the_record(
    mongod_url: str, tmp_path: Path, dashboard_environment: dict[str, str], open_tab: OpenTab, inspect: Inspector
) -> None:
    """Thresholds that followed the traffic, beside the model's own; and why a person looks at what it would block."""
    environment = dashboard_environment | CONTROLLED | {"BRAIN_MODEL_DIR": str(SHIPPED_MODEL)}
    with running_stack(tmp_path, mongod_url, environment, with_worker=True) as stack:
        stack.post("first")
        (model,) = stack.get("/stats")["budgets"]["models"]
        with ThreadPoolExecutor(1) as beside:  # the browser's own event loop runs in this thread
            beside.submit(asyncio.run, share_scores(mongod_url, dashboard_environment, model)).result()
        wait_until(lambda: stack.get("/stats")["budgets"]["models"][0]["follows"], within_s=30)
        score_all(stack, 0.99)
        stack.post("order-7")
        score_as_the_model_does(stack)

        page = open_tab(stack, "/dashboard/model/")
        budgets = page.get_by_role("region", name="Budgets")
        expect(budgets).to_contain_text("by the model itself")
        expect(budgets).to_contain_text("The last 4,800 payments older than an hour")
        expect(budgets).to_contain_text("No: what it would block goes to a person")
        inspect(page, "model-budgets")

        page.goto("/dashboard/transactions/?tx=order-7")
        window = page.get_by_role("dialog")
        expect(window).to_contain_text("The model would block: its blocks are not switched on, so a person looks.")
        expect(window).to_contain_text("would be blocked: review")
        inspect(page, "transaction-budget")


def test_faults_are_switched_on_after_a_warning_seen_on_every_page_and_stopped(
    stack: Stack, open_tab: OpenTab, inspect: Inspector
) -> None:
    """Every answer fails: verdicts turn blind. Stopped, the circuit closes by itself."""
    page = open_tab(stack, "/dashboard/chaos/")
    page.get_by_role("button", name="Every answer fails").click()
    expect(page.get_by_role("dialog")).to_contain_text("every payment")
    inspect(page, "chaos-confirm")
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("region", name="On now")).to_contain_text("Every answer fails")

    replies = [stack.post(f"t-{n}") for n in range(4)]
    assert [reply["scored"] for reply in replies] == [False] * 4
    inspect(page, "chaos-on")
    page.get_by_role("link", name="Overview").click()
    expect(page.get_by_text("Faults are injected on purpose: all of the attempts fail.").first).to_be_visible()
    expect(page.get_by_role("banner").get_by_text("Degraded", exact=True)).to_be_visible()
    expect(page.get_by_text("Nothing is wrong")).to_have_count(0)
    inspect(page, "overview-faults")

    page.get_by_role("link", name="Chaos").click()
    page.get_by_role("button", name="Stop all faults").click()
    expect(page.get_by_role("region", name="On now")).to_contain_text("No fault is on.")
    wait_until(lambda: stack.get("/circuit/status")["state"] == "closed", within_s=20)


def test_where_faults_may_not_be_switched_there_is_no_way_to_them(
    mongod_url: str, tmp_path: Path, dashboard_environment: dict[str, str], open_tab: OpenTab, inspect: Inspector
) -> None:
    """A gateway in production says how it would be allowed, and offers nothing."""
    environment = dashboard_environment | {"GATEWAY_FAULT_CONTROL": "false"}
    with running_stack(tmp_path, mongod_url, environment, with_worker=True) as stack:
        page = open_tab(stack, "/dashboard/chaos/")

        expect(page.get_by_text("Faults cannot be switched through this gateway.")).to_be_visible()
        expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Chaos")).to_have_count(0)
        expect(page.get_by_role("button", name="Every answer fails")).to_have_count(0)
        inspect(page, "chaos-off")
