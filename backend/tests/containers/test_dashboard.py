"""The dashboard of docker-compose.yml on its port: pages, the way to the gateway, and what shows when that is gone."""

import base64
import hashlib
import json
import re
import secrets
import time

import httpx

from tests.containers import engine
from tests.containers.addresses import take_address
from tests.containers.conftest import Measured
from tests.containers.project import Project
from tests.stack import wait_until

SAID_WITHIN_S = 2.0


def test_every_file_of_the_page_comes_with_its_headers(healthy: Project) -> None:
    """Scripts and styles that are named by their content stay for a year; the page is asked about each time."""
    page = healthy.dashboard.get("/dashboard/")

    files = sorted(set(re.findall(r'(?:src|href)="(/dashboard/_next/static/[^"]+)"', page.text)))
    replies = [healthy.dashboard.get(file) for file in files]
    assert page.headers["cache-control"] == "no-cache"
    assert page.headers["content-encoding"] == "gzip"
    assert len(files) > 5
    assert {(reply.status_code, reply.headers["cache-control"]) for reply in replies} == {
        (200, "public, max-age=31536000, immutable")
    }


def test_the_policy_allows_the_scripts_of_every_page_and_no_others(healthy: Project) -> None:
    """Reckoned anew from what is served: without this a page would stay dead in a browser."""
    for path in ("/dashboard/", "/dashboard/transactions/", "/dashboard/nowhere/"):
        page = healthy.dashboard.get(path)
        policy = page.headers["content-security-policy"]
        scripts = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", page.text, re.DOTALL)

        hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
        assert scripts
        assert [value for value in hashes if f"'sha256-{value}'" not in policy] == []
        assert "script-src 'self' 'unsafe" not in policy


def test_what_the_pages_ask_comes_from_the_gateway(healthy: Project) -> None:
    """The same word by both ways; a write arrives, and the ledger has it."""
    transaction_id = f"through-{secrets.token_hex(4)}"
    healthy.post(transaction_id).raise_for_status()
    label = {"is_fraud": True, "source": "chargeback"}

    circuit = healthy.dashboard.get("/circuit/status").raise_for_status().json()
    healthy.dashboard.put(f"/transactions/{transaction_id}/label", json=label).raise_for_status()

    assert circuit["state"] == healthy.circuit()
    assert healthy.get(f"/transactions/{transaction_id}")["label"]["source"] == "chargeback"


def test_no_transaction_is_posted_through_it(healthy: Project) -> None:
    """It is a window for operators, not a second door for checkouts."""
    body = {"transaction_id": f"window-{secrets.token_hex(4)}", "amount": 1, "currency": "USD", "user_id": "user_1"}

    reply = healthy.dashboard.post("/transaction", json=body)

    assert (reply.status_code, reply.json()["code"]) == (403, "NOT_PASSED_ON")
    assert healthy.client.get(f"/transactions/{body['transaction_id']}").status_code == 404


def test_a_stopped_gateway_is_said_to_be_away_and_found_again(healthy: Project, measured: Measured) -> None:
    """Within 2 s, by a page that still loads; afterwards nginx goes on as it was, without a restart."""
    started = healthy.inspect("dashboard")["State"]["StartedAt"]
    healthy.compose("stop", "gateway")
    began_s = time.monotonic()
    away, page = healthy.dashboard.get("/circuit/status"), healthy.dashboard.get("/dashboard/")
    said_s = time.monotonic() - began_s
    healthy.compose("start", "gateway")
    back_s = wait_until(lambda: healthy.dashboard.get("/circuit/status").status_code == 200, within_s=30.0)

    measured(f"dashboard: gateway stopped is said {said_s:.2f} s after the question, back {back_s:.1f} s after `start`")
    assert (away.status_code, away.json()["code"]) == (503, "GATEWAY_UNREACHABLE")
    assert page.status_code == 200
    assert said_s < SAID_WITHIN_S
    assert healthy.inspect("dashboard")["State"]["StartedAt"] == started


def test_a_gateway_under_another_address_is_found_without_a_restart(healthy: Project) -> None:
    """As after `docker-compose up` with a new image: the name leads elsewhere."""
    before = healthy.address("gateway")
    healthy.compose("stop", "gateway")
    squatters = take_address(healthy, before)
    try:
        healthy.compose("start", "gateway")
        wait_until(lambda: is_answered(healthy.dashboard), within_s=30.0)
        after = healthy.address("gateway")
    finally:
        engine.run(["docker", "rm", "--force", *squatters])

    assert before != after


def is_answered(dashboard: httpx.Client) -> bool:
    """Whether the gateway's own word comes through."""
    return dashboard.get("/health/ready").status_code == 200


def test_its_log_says_what_failed_and_names_nobody(healthy: Project) -> None:
    """One JSON object a line, without ids and queries."""
    healthy.dashboard.get("/transactions", params={"user_id": "user_of_the_log", "limit": 0}).read()

    text = engine.run(["docker", "logs", healthy.container("dashboard")])
    entries = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    assert [entry["status"] for entry in entries if entry["resource"] == "/transactions"][-1] == "422"
    assert "user_of_the_log" not in text
