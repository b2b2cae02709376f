"""The review queue over outages, and as a teacher of the brain."""

from pathlib import Path
from typing import Any

import pymongo
import pytest

from gateway.domain import Amendment, Decision, LedgerStatus, RiskLevel, Score
from gateway.errors import ReviewNotFound
from gateway.features.reviews.store import Reviews
from gateway.features.transactions.store import Filters, search
from gateway.kit import clock
from gateway.ledger.service import Ledger
from gateway.review import ReviewState, in_state, review_of_flip
from records.account import account_key
from tests.processes import MongodProcess
from tests.remembered import labels_of
from tests.review_records import a_verdict, add_reviews, ledger_of
from tests.stack import running_stack, wait_until


async def test_a_verdict_that_asks_for_a_person_waits(ledger: Ledger) -> None:
    """With its amount, from when it was decided; approve and block wait for nobody."""
    for name, level in (("high", RiskLevel.HIGH), ("low", RiskLevel.LOW), ("critical", RiskLevel.CRITICAL)):
        recorded = await ledger.record(*a_verdict(name, amount=2500, currency="JPY", level=level))
        assert recorded.ledger_status is LedgerStatus.COMMITTED

    (found,), _ = await Reviews(ledger.database).page(ReviewState.OPEN, cursor=None, limit=10)

    assert found["transaction_id"] == "high"
    assert found["review"]["since"] == found["created_at"]
    assert 1_000 < found["review"]["amount_reference_minor"] < 5_000


async def test_a_flip_waits_too(ledger: Ledger) -> None:
    """Its field goes into the update that appends the amendment; one that waited already keeps its place."""
    reviews = Reviews(ledger.database)
    await ledger.record(*a_verdict("flipped", level=RiskLevel.LOW))
    worse = amendment(Decision.APPROVE, Decision.BLOCK)

    await ledger.database["transactions"].update_one(
        {"transaction_id": "flipped"}, {"$set": {"review": review_of_flip(worse, amount_reference_minor=10_000)}}
    )

    assert (await reviews.claim("flipped", by="alice"))["review"]["reason"] == "flip"
    assert review_of_flip(amendment(Decision.BLOCK, Decision.APPROVE), amount_reference_minor=1) is None
    assert review_of_flip(amendment(Decision.APPROVE, Decision.APPROVE), amount_reference_minor=1) is None
    assert review_of_flip(amendment(Decision.REVIEW, Decision.BLOCK), amount_reference_minor=1) is None
    assert review_of_flip(amendment(Decision.APPROVE, Decision.REVIEW), amount_reference_minor=None) is not None


def amendment(old: Decision, new: Decision) -> Amendment:
    """What a later score made of a verdict."""
    return Amendment(clock.now(), "CIRCUIT_OPEN", old, new, Score(0.9, RiskLevel.CRITICAL, (), "m", "1", ()))


async def test_the_queue_is_read_from_its_index(ledger: Ledger) -> None:
    """However many records wait for nobody: neither the list nor its order looks at them."""
    await ledger.record(*a_verdict("high"))
    for state in ReviewState:
        query = {"$and": [account_key(), in_state(state, at=clock.now())]}
        order = {"review.amount_reference_minor": -1, "review.since": 1, "_id": 1}

        plan = await ledger.database.command(
            "explain", {"find": "transactions", "filter": query, "sort": order, "limit": 51}, verbosity="queryPlanner"
        )

        stages = stages_of(plan["queryPlanner"]["winningPlan"])
        assert "COLLSCAN" not in stages
        assert "SORT" not in stages


def stages_of(plan: dict[str, Any]) -> set[str]:
    """Every stage of a query plan."""
    inner = [plan[name] for name in ("inputStage", "queryPlan") if name in plan] + plan.get("inputStages", [])
    return {plan.get("stage", "")}.union(*(stages_of(stage) for stage in inner))


async def test_a_pending_record_comes_into_the_queue_with_the_ledger(ledger: Ledger) -> None:
    """Before it, it cannot be claimed; searches by review find it afterwards."""
    transaction, verdict = a_verdict("high")
    reviews = Reviews(ledger.database)
    with pytest.raises(ReviewNotFound):
        await reviews.claim("high", by="alice")

    await ledger.record(transaction, verdict)

    assert (await reviews.claim("high", by="alice"))["review"]["claimed_by"] == "alice"
    page = await search(ledger.database, Filters(review=ReviewState.CLAIMED), cursor=None, limit=10)
    assert [document["transaction_id"] for document in page.documents] == ["high"]


def test_a_decision_teaches_the_brain(mongod_url: str, tmp_path: Path, fresh_databases: dict[str, str]) -> None:
    """It is a label in the history that later payments of the user are scored with."""
    with running_stack(tmp_path, mongod_url, fresh_databases) as stack:
        add_reviews(stack, mongod_url, a_verdict("t1"), a_verdict("t2"))
        stack.brain.kill()  # no gateway's run has these records: only a brain that starts reads them
        stack.brain.start()
        for name, decision in (("t1", "block"), ("t2", "approve")):
            body = {"by": "alice", "decision": decision}
            assert stack.client.post(f"/reviews/{name}/decision", json=body).status_code == 200

        wait_until(lambda: labels_of(stack.brain, ["t1", "t2"]) == {"t1": True, "t2": False}, within_s=30)


def test_a_decision_whose_label_was_never_written_is_labelled_later(
    mongod_url: str, tmp_path: Path, fresh_databases: dict[str, str]
) -> None:
    """As after a kill between the two; what somebody learnt meanwhile is newer, and stands."""
    with running_stack(tmp_path, mongod_url, fresh_databases, with_worker=True) as stack:
        add_reviews(stack, mongod_url, a_verdict("t1"), a_verdict("t2"))
        with pymongo.MongoClient[dict[str, Any]](mongod_url) as client:
            decided = {"state": "decided", "decision": "approve", "decided_by": "alice", "label_pending": True}
            ledger_of(stack, client)["transactions"].update_many(
                {"transaction_id": {"$in": ["t1", "t2"]}},
                [
                    {
                        "$set": {
                            **{f"review.{name}": value for name, value in decided.items()},
                            "review.decided_at": {"$subtract": ["$$NOW", 60_000]},
                        }
                    }
                ],
            )
        learnt = stack.client.put("/transactions/t2/label", json={"is_fraud": True, "source": "chargeback"})
        assert learnt.status_code == 200

        wait_until(lambda: stack.get("/transactions/t1")["label"] is not None, within_s=30)
        assert stack.get("/transactions/t1")["label"]["source"] == "review"
        with pymongo.MongoClient[dict[str, Any]](mongod_url) as client:
            transactions = ledger_of(stack, client)["transactions"]
            wait_until(lambda: transactions.count_documents({"review.label_pending": True}) == 0, within_s=30)
        assert stack.get("/transactions/t2")["label"]["source"] == "chargeback"


def test_without_a_ledger_no_step_is_taken(
    own_mongod: MongodProcess, tmp_path: Path, fresh_databases: dict[str, str]
) -> None:
    """503 that says so; the same request is taken once it is back."""
    with running_stack(tmp_path, own_mongod.url, fresh_databases) as stack:
        add_reviews(stack, own_mongod.url, a_verdict("t1"))
        own_mongod.kill()
        body = {"by": "alice", "decision": "block"}

        refused = stack.client.post("/reviews/t1/decision", json=body)
        unread = stack.client.get("/reviews")

        own_mongod.start()
        wait_until(lambda: stack.client.post("/reviews/t1/decision", json=body).status_code == 200, within_s=30)
    assert (refused.status_code, refused.json()["code"]) == (503, "REVIEW_UNCONFIRMED")
    assert (unread.status_code, unread.json()["code"]) == (503, "LEDGER_UNREADABLE")
