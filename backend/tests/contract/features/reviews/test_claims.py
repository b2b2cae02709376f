"""What a REST client is promised about claims: one person has a review, for a time, or until it is released."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pymongo

from tests.problems import problem_of
from tests.review_records import ledger_of
from tests.review_steps import all_of, done, step
from tests.stack import Stack


def test_of_two_people_one_gets_it(stack: Stack, txn: str) -> None:
    """The other is told who has it, and can neither release nor decide it."""
    claimed = done(stack, txn, "claim", by="alice")

    refused = [
        step(stack, txn, "claim", by="bob"),
        step(stack, txn, "release", by="bob"),
        step(stack, txn, "decision", by="bob", decision="block"),
    ]

    assert (claimed["state"], claimed["claimed_by"]) == ("claimed", "alice")
    assert {(response.status_code, problem_of(response).code) for response in refused} == {(409, "REVIEW_TAKEN")}
    assert all(problem_of(response).detail.startswith("alice has it until 20") for response in refused)
    assert txn in all_of(stack, "claimed")
    assert txn not in all_of(stack, "open")


def test_a_claim_by_the_same_person_extends_it(stack: Stack, txn: str) -> None:
    """It is one claim in the history, from the first time on."""
    first = done(stack, txn, "claim", by="alice")

    again = done(stack, txn, "claim", by="alice")

    assert again["claim_until"] >= first["claim_until"]
    assert again["claimed_at"] == first["claimed_at"]
    assert [entry["action"] for entry in again["history"]] == ["claimed"]


def test_what_is_released_is_free(stack: Stack, txn: str) -> None:
    """For the next one; to release twice is no error."""
    done(stack, txn, "claim", by="alice")
    done(stack, txn, "release", by="alice")
    released = done(stack, txn, "release", by="alice")

    claimed = done(stack, txn, "claim", by="bob")

    assert (released["state"], released["claimed_by"]) == ("open", None)
    assert [(entry["by"], entry["action"]) for entry in claimed["history"]] == [
        ("alice", "claimed"), ("alice", "released"), ("bob", "claimed"),
    ]  # fmt: skip


def test_a_claim_that_ran_out_is_open_again(stack: Stack, txn: str, mongod_url: str) -> None:
    """Nobody's lunch blocks a payment: it is listed, and the next person gets it."""
    done(stack, txn, "claim", by="alice")
    with pymongo.MongoClient[dict[str, Any]](mongod_url) as client:
        ledger_of(stack, client)["transactions"].update_one(
            {"transaction_id": txn}, [{"$set": {"review.claim_until": {"$subtract": ["$$NOW", 1]}}}]
        )

    assert txn in all_of(stack, "open")
    assert txn not in all_of(stack, "claimed")
    assert stack.get(f"/reviews/{txn}")["review"]["claimed_by"] is None
    assert done(stack, txn, "claim", by="bob")["claimed_by"] == "bob"


def test_twenty_claims_at_once_have_one_winner(stack: Stack, txn: str) -> None:
    """Nineteen are told the same name."""
    with ThreadPoolExecutor(20) as pool:
        responses = list(pool.map(lambda n: step(stack, txn, "claim", by=f"reviewer-{n}"), range(20)))

    winners = [response.json()["claimed_by"] for response in responses if response.status_code == 200]
    losers = [problem_of(response).detail for response in responses if response.status_code == 409]
    assert (len(winners), len(losers)) == (1, 19)
    assert all(detail.startswith(f"{winners[0]} has it") for detail in losers)
    assert len(stack.get(f"/reviews/{txn}")["review"]["history"]) == 1
