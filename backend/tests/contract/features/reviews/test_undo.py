"""What a REST client is promised about a decision that may be taken back: for as long as it asked, by who made it."""

import time

import pytest

from tests.problems import problem_of
from tests.review_steps import all_of, done, step
from tests.stack import Stack, wait_until

LONG_S = 30  # the longest that may be asked for: it does not run out in a test


def test_a_decision_is_undone_by_who_made_it(stack: Stack, txn: str) -> None:
    """It waits again as it did before, both steps are in its history, and nothing was ever learnt from it."""
    decided = done(stack, txn, "decision", by="alice", decision="approve", note="oops", undo_s=LONG_S)
    assert stack.get(f"/transactions/{txn}")["label"] is None

    undone = done(stack, txn, "undo", by="alice")

    assert decided["undo_until"] > decided["decided_at"]
    named = ("state", "decision", "note", "decided_by", "decided_at", "claimed_by", "undo_until")
    assert [undone[name] for name in named] == ["open", None, None, None, None, None, None]
    assert [one["action"] for one in undone["history"]] == ["decided", "undone"]
    assert txn in all_of(stack, "open")
    assert stack.get(f"/transactions/{txn}")["label"] is None
    assert done(stack, txn, "decision", by="bob", decision="block")["decided_by"] == "bob"
    assert stack.get(f"/transactions/{txn}")["label"]["is_fraud"] is True


def test_what_was_claimed_before_its_decision_is_claimed_after_its_undo(stack: Stack, txn: str) -> None:
    """Until the same time: nobody else takes it between."""
    claimed = done(stack, txn, "claim", by="alice")
    done(stack, txn, "decision", by="alice", decision="block", undo_s=LONG_S)

    undone = done(stack, txn, "undo", by="alice")

    kept = ("state", "claimed_by", "claimed_at", "claim_until")
    assert [undone[name] for name in kept] == [claimed[name] for name in kept]


def test_an_undo_that_is_sent_twice_is_one(stack: Stack, txn: str) -> None:
    """A lost reply may be asked for again, until somebody takes another step."""
    done(stack, txn, "decision", by="alice", decision="block", undo_s=LONG_S)
    first = done(stack, txn, "undo", by="alice")

    assert done(stack, txn, "undo", by="alice") == first

    done(stack, txn, "claim", by="bob")
    refused = step(stack, txn, "undo", by="alice")
    assert (refused.status_code, problem_of(refused).code) == (409, "NOTHING_TO_UNDO")


def test_nobody_else_undoes_it_and_nobody_undoes_what_stands(stack: Stack, txn: str) -> None:
    """409 that names who decided; a decision that did not ask for an undo stands at once."""
    done(stack, txn, "decision", by="alice", decision="block", undo_s=LONG_S)
    by_other = step(stack, txn, "undo", by="bob")
    done(stack, txn, "undo", by="alice")
    done(stack, txn, "decision", by="alice", decision="block")
    for_good = step(stack, txn, "undo", by="alice")

    for refused in (by_other, for_good):
        assert (refused.status_code, problem_of(refused).code) == (409, "REVIEW_DECIDED")
        assert "alice decided block" in problem_of(refused).detail


@pytest.mark.slow  # the sweep comes every ten seconds
def test_what_can_no_longer_be_undone_is_a_label(stack: Stack, txn: str) -> None:
    """The sweep of the labels brings it, whatever became of who decided."""
    done(stack, txn, "decision", by="alice", decision="block", undo_s=1)
    time.sleep(1.1)

    refused = step(stack, txn, "undo", by="alice")

    assert (refused.status_code, problem_of(refused).code) == (409, "REVIEW_DECIDED")
    wait_until(lambda: stack.get(f"/transactions/{txn}")["label"] is not None, within_s=30)
    assert stack.get(f"/transactions/{txn}")["label"]["source"] == "review"


def test_how_long_it_may_be_undone_is_bounded(stack: Stack, txn: str) -> None:
    """Later payments are scored without the label for so long."""
    for wrong in (-1, 31, 1.5, "10", True):
        refused = step(stack, txn, "decision", by="alice", decision="block", undo_s=wrong)
        assert refused.status_code == 422
        assert [error.pointer for error in problem_of(refused).errors or ()] == ["/undo_s"]
