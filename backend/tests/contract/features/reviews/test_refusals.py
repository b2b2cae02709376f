"""What a REST client is told that asks wrongly about reviews: the place of the mistake, and nothing happens."""

from collections.abc import Callable

import pytest

from gateway.domain import RiskLevel
from tests.problems import problem_of
from tests.review_steps import step
from tests.stack import Stack


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
    assert pointer in [error.pointer for error in problem_of(response).errors or ()]
    assert stack.get(f"/reviews/{txn}")["review"]["history"] == []


@pytest.mark.parametrize(
    "query",
    [
        "state=lost",
        "limit=0",
        "limit=101",
        "cursor=x",
        "cursor=WzEsMSwieCJd",
        "cursor=WzEwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMCwxLCIwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1NjciXQ==",
        "cursor=W10=",
        "q=1",
    ],
)
def test_a_wrong_question_is_a_clear_422(stack: Stack, query: str) -> None:
    """It names the parameter."""
    response = stack.client.get(f"/reviews?{query}")

    assert response.status_code == 422
    assert [error.pointer for error in problem_of(response).errors or ()] == [f"?{query.split('=', maxsplit=1)[0]}"]
