"""What a REST client is promised of what waits for a person: where it is listed, in what order, how it is found."""

import secrets
from collections.abc import Callable
from urllib.parse import quote

import pytest

from gateway.features.transactions.schemas import PageOut, RecordOut
from tests.review_steps import all_of, done
from tests.stack import Stack


def test_the_largest_amount_comes_first(stack: Stack, add: Callable[..., str]) -> None:
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
    assert stack.get(f"/reviews/{large}")["review"]["amount_reference_minor"] == 10**7
    assert stack.get(f"/reviews/{no_rate}")["review"]["amount_reference_minor"] is None


def test_a_review_is_part_of_the_record(stack: Stack, txn: str) -> None:
    """And a record that waits for nobody says null."""
    name = secrets.token_hex(6)
    stack.post(approved := f"txn-{name}", user_id=f"user_{name}")

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


@pytest.mark.parametrize("start", ["gid://shop/Order/1", "#1001", "x/claim", "100%?"])
def test_a_review_is_found_by_every_id(stack: Stack, add: Callable[..., str], start: str) -> None:
    """Claimed, given back and decided under the id that the caller chose."""
    transaction_id = add(start=start)
    in_path = quote(transaction_id, safe="")

    shown = stack.get(f"/reviews/{in_path}")
    steps = [
        done(stack, in_path, name, by="alice", **more)
        for name, more in [("claim", {}), ("release", {}), ("decision", {"decision": "approve"})]
    ]

    assert [each["transaction_id"] for each in [shown, *steps]] == [transaction_id] * 4
