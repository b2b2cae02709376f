"""What a REST client is promised about the review queue, asked of a running gateway."""

import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import httpx
import pymongo
import pytest

from gateway.api.replies import PageOut, Problem, RecordOut, ReviewOut, ReviewsOut
from gateway.domain import RiskLevel
from tests.review_records import RATES, a_verdict, add_reviews, ledger_of
from tests.stack import Stack


@pytest.fixture
def add(stack: Stack, mongod_url: str) -> Callable[..., str]:
    """Makes a record that waits, and gives its id."""

    def make(*, rates: Mapping[str, Decimal] = RATES, **what: Any) -> str:
        transaction_id = f"txn-{secrets.token_hex(6)}"
        add_reviews(stack, mongod_url, a_verdict(transaction_id, **what), rates=rates)
        return transaction_id

    return make


@pytest.fixture
def txn(add: Callable[..., str]) -> str:
    """One that waits."""
    return add()


def step(stack: Stack, transaction_id: str, name: str, **body: Any) -> httpx.Response:
    """A step of a review, whatever becomes of it."""
    return stack.client.post(f"/reviews/{transaction_id}/{name}", json=body)


def done(stack: Stack, transaction_id: str, name: str, **body: Any) -> dict[str, Any]:
    """A step of a review; it must succeed."""
    response = step(stack, transaction_id, name, **body)
    assert response.status_code == 200, response.text
    ReviewOut.model_validate(response.json())
    return dict(response.json())


def problem_of(response: httpx.Response) -> Problem:
    """An error in the one form."""
    assert response.headers["content-type"] == "application/problem+json"
    return Problem.model_validate(response.json())


def all_of(stack: Stack, state: str, *, limit: int = 2) -> list[str]:
    """Every page of one state, by id."""
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        page = stack.get(f"/reviews?state={state}&limit={limit}{f'&cursor={cursor}' if cursor else ''}")
        ReviewsOut.model_validate(page)
        found += [record["transaction_id"] for record in page["reviews"]]
        cursor = page["next_cursor"]
    assert len(found) == len(set(found))
    return found


def test_what_is_at_stake_comes_first(stack: Stack, add: Callable[..., str]) -> None:
    """In one currency; of equals the one that waits longest; what has no rate comes last. A page at a time."""
    small, no_rate, large, also_small, yen = (
        add(amount=10),
        add(amount=10**6, rates={}),
        add(amount=10**5),
        add(amount=10),
        add(amount=1000, currency="JPY"),
    )

    found = [name for name in all_of(stack, "open") if name in {small, no_rate, large, also_small, yen}]

    assert found == [large, small, also_small, yen, no_rate]
    assert stack.get(f"/reviews/{large}")["review"]["at_stake_minor"] == 10**7
    assert stack.get(f"/reviews/{no_rate}")["review"]["at_stake_minor"] is None


def test_a_review_is_part_of_the_record(stack: Stack, txn: str) -> None:
    """And a record that waits for nobody says null."""
    stack.post(approved := f"txn-{secrets.token_hex(6)}")

    record = stack.get(f"/transactions/{txn}")

    RecordOut.model_validate(record)
    assert (record["decision"], record["review"]["state"], record["review"]["reason"]) == ("review", "open", "verdict")
    assert record["review"]["since"] == record["created_at"]
    assert stack.get(f"/transactions/{approved}")["review"] is None
    assert stack.get(f"/reviews/{txn}") == record


def test_searches_find_what_waits(stack: Stack, add: Callable[..., str]) -> None:
    """Together with other filters, over pages."""
    waiting = [add(amount=777) for _ in range(3)]
    done(stack, waiting[1], "decision", by="alice", decision="approve")
    query = "/transactions?review=open&user_id=user_9&amount_min=777&amount_max=777&limit=1"

    first = stack.get(query)
    second = stack.get(f"{query}&cursor={first['next_cursor']}")

    PageOut.model_validate(first)
    found = [page["transactions"][0]["transaction_id"] for page in (first, second)]
    assert found == [waiting[2], waiting[0]]
    assert second["next_cursor"] is None


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


def test_a_decision_stands_beside_the_verdict_and_is_a_label(stack: Stack, txn: str) -> None:
    """The verdict is as it was given; the label says who decided what it turned out to be."""
    before = stack.get(f"/transactions/{txn}")
    done(stack, txn, "claim", by="alice")

    decided = done(stack, txn, "decision", by="alice", decision="block", note="the card was stolen: sie wußte es")

    record = stack.get(f"/transactions/{txn}")
    assert (decided["state"], decided["decision"], decided["decided_by"]) == ("decided", "block", "alice")
    assert decided["claimed_by"] is None
    assert decided["history"][-1] == {
        "at": decided["decided_at"], "by": "alice", "action": "decided", "decision": "block", "note": decided["note"],
    }  # fmt: skip
    assert {name: record[name] for name in before.keys() - {"review", "label"}} == {
        name: before[name] for name in before.keys() - {"review", "label"}
    }
    assert (record["label"]["is_fraud"], record["label"]["source"]) == (True, "review")
    assert txn in all_of(stack, "decided")
    assert txn not in all_of(stack, "open")


def test_what_nobody_holds_can_be_decided_at_once(stack: Stack, txn: str) -> None:
    """Without a claim before it; to approve is a label as well."""
    done(stack, txn, "decision", by="alice", decision="approve")

    assert stack.get(f"/transactions/{txn}")["label"]["is_fraud"] is False


def test_a_decision_stands(stack: Stack, txn: str) -> None:
    """The same again by the same person is the same reply; anything else gets 409 that says what was decided."""
    first = done(stack, txn, "decision", by="alice", decision="approve", note="a regular")

    again = done(stack, txn, "decision", by="alice", decision="approve", note="a regular")
    refused = [
        step(stack, txn, "decision", by="alice", decision="block", note="a regular"),
        step(stack, txn, "decision", by="alice", decision="approve"),
        step(stack, txn, "decision", by="bob", decision="approve", note="a regular"),
        step(stack, txn, "claim", by="alice"),
        step(stack, txn, "release", by="alice"),
    ]

    assert again == first
    assert {(response.status_code, problem_of(response).code) for response in refused} == {(409, "REVIEW_DECIDED")}
    assert all("alice decided approve at 20" in problem_of(response).detail for response in refused)
    assert stack.get(f"/reviews/{txn}")["review"]["decision"] == "approve"
    assert stack.get(f"/transactions/{txn}")["label"]["revision"] == 1


def test_twenty_claims_at_once_have_one_winner(stack: Stack, txn: str) -> None:
    """Nineteen are told the same name."""
    with ThreadPoolExecutor(20) as pool:
        responses = list(pool.map(lambda n: step(stack, txn, "claim", by=f"reviewer-{n}"), range(20)))

    winners = [response.json()["claimed_by"] for response in responses if response.status_code == 200]
    losers = [problem_of(response).detail for response in responses if response.status_code == 409]
    assert (len(winners), len(losers)) == (1, 19)
    assert all(detail.startswith(f"{winners[0]} has it") for detail in losers)
    assert len(stack.get(f"/reviews/{txn}")["review"]["history"]) == 1


def test_twenty_decisions_at_once_are_one(stack: Stack, txn: str) -> None:
    """Half of them approve and half block: one stands, and the label is of that one."""
    with ThreadPoolExecutor(20) as pool:
        responses = list(
            pool.map(
                lambda n: step(stack, txn, "decision", by=f"r{n}", decision=("approve", "block")[n % 2]), range(20)
            )
        )

    (winner,) = [response.json() for response in responses if response.status_code == 200]
    record = stack.get(f"/transactions/{txn}")
    assert {response.status_code for response in responses} == {200, 409}
    assert record["review"]["decided_by"] == winner["decided_by"]
    assert record["label"]["is_fraud"] is (winner["decision"] == "block")
    assert record["label"]["revision"] == 1


def test_what_waits_for_nobody_is_a_404(stack: Stack, add: Callable[..., str]) -> None:
    """An unknown id, and a verdict that was clear; for each step."""
    blocked = add(level=RiskLevel.CRITICAL)

    responses = [stack.client.get(f"/reviews/{name}") for name in ("nobody", blocked)]
    responses += [step(stack, name, "claim", by="alice") for name in ("nobody", blocked)]
    responses += [step(stack, blocked, "release", by="alice")]
    responses += [step(stack, blocked, "decision", by="alice", decision="block")]

    assert {(response.status_code, problem_of(response).code) for response in responses} == {(404, "REVIEW_NOT_FOUND")}


@pytest.mark.parametrize(
    ("name", "body", "pointer"),
    [
        ("claim", {}, "/by"),
        ("claim", {"by": ""}, "/by"),
        ("claim", {"by": "a b"}, "/by"),
        ("claim", {"by": "x" * 65}, "/by"),
        ("claim", {"by": {"$ne": None}}, "/by"),
        ("release", {"by": "alice", "why": "x"}, "/why"),
        ("decision", {"by": "alice"}, "/decision"),
        ("decision", {"by": "alice", "decision": "review"}, "/decision"),
        ("decision", {"by": "alice", "decision": "block", "note": ""}, "/note"),
        ("decision", {"by": "alice", "decision": "block", "note": "x" * 1001}, "/note"),
        ("decision", {"by": "alice", "decision": "block", "note": "4111111111111111"}, "/note"),
        ("decision", {"by": "alice", "decision": "block", "note": "a\x00b"}, "/note"),
        ("decision", [], ""),
    ],
)
def test_a_wrong_step_is_refused_with_its_place(stack: Stack, txn: str, name: str, body: object, pointer: str) -> None:
    """422, and nothing happens."""
    response = stack.client.post(f"/reviews/{txn}/{name}", json=body)

    assert response.status_code == 422
    assert pointer in [place.pointer for place in problem_of(response).errors or ()]
    assert stack.get(f"/reviews/{txn}")["review"]["history"] == []


def test_a_note_is_text_and_nothing_else(stack: Stack, txn: str) -> None:
    """What MongoDB would take for a field or an operator is kept as it was written."""
    note = '$review {"$ne": 1} $$NOW'

    assert done(stack, txn, "decision", by="alice", decision="block", note=note)["note"] == note


@pytest.mark.parametrize(
    "query", ["state=lost", "limit=0", "limit=101", "cursor=x", "cursor=WzEsMSwieCJd", "cursor=W10=", "q=1"]
)
def test_a_wrong_question_is_a_clear_422(stack: Stack, query: str) -> None:
    """It names the parameter."""
    response = stack.client.get(f"/reviews?{query}")

    assert response.status_code == 422
    assert [place.pointer for place in problem_of(response).errors or ()] == [f"?{query.split('=', maxsplit=1)[0]}"]
