"""What a REST client is promised about a person's decision: it stands, once, beside the verdict, and is a label."""

from concurrent.futures import ThreadPoolExecutor

from tests.problems import problem_of
from tests.review_steps import all_of, done, step
from tests.stack import Stack


def test_a_decision_stands_beside_the_verdict_and_is_a_label(stack: Stack, txn: str) -> None:
    """The verdict is as it was given; the label says who decided what it turned out to be."""
    before = stack.get(f"/transactions/{txn}")
    done(stack, txn, "claim", by="alice")

    decided = done(stack, txn, "decision", by="alice", decision="block", note="the card was stolen: sie wußte es")

    record = stack.get(f"/transactions/{txn}")
    assert (decided["state"], decided["decision"], decided["decided_by"]) == ("decided", "block", "alice")
    assert decided["claimed_by"] is None
    assert decided["history"][-1] | {"via": None} == {
        "at": decided["decided_at"], "by": "alice", "via": None,
        "action": "decided", "decision": "block", "note": decided["note"],
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


def test_a_note_is_text_and_nothing_else(stack: Stack, txn: str) -> None:
    """What MongoDB would take for a field or an operator is kept as it was written."""
    note = '$review {"$ne": 1} $$NOW'

    assert done(stack, txn, "decision", by="alice", decision="block", note=note)["note"] == note
