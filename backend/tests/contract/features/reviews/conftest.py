"""What tests of reviews share: records that wait for a person."""

import secrets
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest

from tests.review_records import RATES, a_verdict, add_reviews
from tests.stack import Stack


@pytest.fixture
def add(stack: Stack, mongod_url: str) -> Callable[..., str]:
    """Makes a record that waits, and gives its id."""

    def make(*, start: str = "txn", rates: Mapping[str, Decimal] = RATES, **what: Any) -> str:
        transaction_id = f"{start}-{secrets.token_hex(6)}"
        add_reviews(stack, mongod_url, a_verdict(transaction_id, **what), rates=rates)
        return transaction_id

    return make


@pytest.fixture
def txn(add: Callable[..., str]) -> str:
    """One that waits."""
    return add()
