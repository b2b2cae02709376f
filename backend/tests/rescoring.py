"""Payments that are decided blind, and what must have become of each once the brain has been back."""

import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.amount_model import RISKY
from tests.stack import Stack, wait_until

DISK_MS = 500  # what a blind approval waits for the disk


def post_many(stack: Stack, count: int, *, workers: int = 8) -> list[dict[str, Any]]:
    """Verdicts for new transactions, each third a risky one where the amount model scores."""

    def post(number: int) -> dict[str, Any]:
        name = secrets.token_hex(6)
        return stack.post(f"t-{name}", user_id=f"user_{name}", amount=RISKY if number % 3 == 0 else 12.5)

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(post, range(count)))


def settled_once(records: Mapping[str, Mapping[str, Any]], replies: list[dict[str, Any]]) -> None:
    """Each blind verdict stands as it was given, and has exactly one amendment."""
    for reply in replies:
        record = records[reply["transaction_id"]]
        assert record["verdict"]["scored"] is reply["scored"]
        assert record["verdict"]["decision"] == reply["decision"]
        if not reply["scored"]:
            (amendment,) = record["amendments"]
            assert amendment["reason"] == reply["fallback"]["reason_code"]
            assert (amendment["old"], amendment["new"]) == (
                blind_decision(reply),
                "review" if record["amount"].to_decimal() == RISKY else "approve",
            )
            assert amendment["degraded"] == []


def blind_decision(reply: Mapping[str, Any]) -> str:
    """
    What a payment below all caps must have got: an approval.

    Or a review, where this machine's disk took more than 0.5 s to note what it spends of the caps. A gateway that has
    lost its share says the same line, but says it at once.
    """
    if reply["fallback"]["policy"] == "cap_no_share":
        assert reply["latency_ms"] >= DISK_MS, reply
        return "review"
    assert reply["fallback"]["policy"] == "fail_open", reply
    return "approve"


def wait_for_outages(stack: Stack, count: int) -> list[dict[str, Any]]:
    """So many are known."""
    wait_until(lambda: len(stack.get("/outages")["outages"]) == count, within_s=30)
    return list(stack.get("/outages")["outages"])
