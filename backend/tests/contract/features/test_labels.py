"""What a REST client is promised about labels, asked of a running gateway."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.api.reply import Problem
from gateway.features.labels.api import LabelOut
from gateway.features.transactions.schemas import PageOut, RecordOut
from tests.stack import Stack


@pytest.fixture
def txn(stack: Stack) -> str:
    """A recorded transaction."""
    transaction_id = f"txn-{secrets.token_hex(6)}"
    stack.post(transaction_id, timestamp="2026-01-05T10:00:00Z")
    return transaction_id


def put(stack: Stack, transaction_id: str, **body: Any) -> dict[str, Any]:
    """A label; the reply must be one."""
    response = stack.client.put(f"/transactions/{transaction_id}/label", json=body)
    assert response.status_code == 200, response.text
    LabelOut.model_validate(response.json())
    return dict(response.json())


def test_a_label_is_part_of_the_record(stack: Stack, txn: str) -> None:
    """In the record of one and in a search; before it, the record says null."""
    assert stack.get(f"/transactions/{txn}")["label"] is None

    label = put(stack, txn, is_fraud=True, source="chargeback")

    record = stack.get(f"/transactions/{txn}")
    (found,) = [r for r in stack.get("/transactions?user_id=user_1&limit=500")["transactions"] if r["label"] == label]
    RecordOut.model_validate(record)
    PageOut.model_validate({"transactions": [found], "next_cursor": None})
    assert record["label"] == label
    assert (label["is_fraud"], label["source"], label["revision"]) == (True, "chargeback", 1)
    assert datetime.fromisoformat(label["known_at"]) > datetime.now(UTC) - timedelta(minutes=1)


def test_the_same_label_again_changes_nothing(stack: Stack, txn: str) -> None:
    """Also without the time that the first one got by default, and twenty times at once."""
    first = put(stack, txn, is_fraud=True, source="chargeback")

    with ThreadPoolExecutor(20) as pool:
        again = list(pool.map(lambda _: put(stack, txn, is_fraud=True, source="chargeback"), range(20)))

    assert all(label == first for label in again)
    assert put(stack, txn, is_fraud=True, source="chargeback", known_at=first["known_at"]) == first


def test_twenty_first_labels_at_once_are_one(stack: Stack, txn: str) -> None:
    """Nobody gets an error, and the revision is 1."""
    with ThreadPoolExecutor(20) as pool:
        labels = list(pool.map(lambda _: put(stack, txn, is_fraud=False, source="analyst"), range(20)))

    assert {label["revision"] for label in labels} == {1}
    assert len({label["recorded_at"] for label in labels}) == 1


def test_a_correction_is_a_higher_revision(stack: Stack, txn: str) -> None:
    """Another answer, another source or another time each replace what stood."""
    put(stack, txn, is_fraud=True, source="chargeback")
    put(stack, txn, is_fraud=False, source="chargeback")
    put(stack, txn, is_fraud=False, source="analyst")

    last = put(stack, txn, is_fraud=False, source="analyst", known_at="2026-01-06T00:00:00+01:00")

    assert last["revision"] == 4
    assert last["known_at"] == "2026-01-05T23:00:00.000Z"
    assert stack.get(f"/transactions/{txn}")["label"] == last


def test_a_label_needs_a_transaction(stack: Stack) -> None:
    """404 in the form of all errors."""
    response = stack.client.put("/transactions/nobody/label", json={"is_fraud": True, "source": "chargeback"})

    assert response.status_code == 404
    assert Problem.model_validate(response.json()).code == "TRANSACTION_NOT_FOUND"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"source": "chargeback"}, "/is_fraud"),
        ({"is_fraud": 1, "source": "chargeback"}, "/is_fraud"),
        ({"is_fraud": "true", "source": "chargeback"}, "/is_fraud"),
        ({"is_fraud": True}, "/source"),
        ({"is_fraud": True, "source": ""}, "/source"),
        ({"is_fraud": True, "source": "4111111111111111"}, "/source"),
        ({"is_fraud": True, "source": "chargeback", "known_at": 1767225600}, "/known_at"),
        ({"is_fraud": True, "source": "chargeback", "known_at": "2026-01-05T12:00:00"}, "/known_at"),
        ({"is_fraud": True, "source": "chargeback", "known_at": "2199-01-01T00:00:00Z"}, "/known_at"),
        ({"is_fraud": True, "source": "chargeback", "known_at": "2026-01-05T09:59:59Z"}, "/known_at"),
        ({"is_fraud": True, "source": "chargeback", "note": "x"}, "/note"),
        ([], ""),
    ],
)
def test_a_wrong_label_is_refused_with_its_place(stack: Stack, txn: str, body: object, pointer: str) -> None:
    """Nothing is recorded, and the reply says where and what would be right."""
    response = stack.client.put(f"/transactions/{txn}/label", json=body)

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate(response.json())
    assert pointer in [error.pointer for error in problem.errors or ()]
    assert stack.get(f"/transactions/{txn}")["label"] is None


@pytest.mark.parametrize(
    ("content", "status"), [(b"{", 400), (b"", 400), (b"\xff", 400), (b'{"source": "' + b"x" * 5000 + b'"}', 413)]
)
def test_a_body_that_is_no_label_is_a_clear_4xx(stack: Stack, txn: str, content: bytes, status: int) -> None:
    """Damaged or too large: never a 500."""
    response = stack.client.put(
        f"/transactions/{txn}/label", content=content, headers={"Content-Type": "application/json"}
    )

    assert response.status_code == status
    Problem.model_validate(response.json())
