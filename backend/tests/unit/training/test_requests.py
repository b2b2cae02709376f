"""The requests of simulated payments are requests that the gateway takes, and say what the payments say."""

import msgspec
import numpy as np

from gateway.verdict.intake.schemas import TransactionIn
from training.payments import NO_CODE, Payments
from training.requests import Requests
from training.world.town.rules import Rules
from training.world.town.simulator import simulate_town

RUN = "0123abcd"


def test_the_requests_of_a_town_are_taken_by_the_gateway() -> None:
    """Hundreds of them, of all channels, through the gateway's own schema."""
    payments = simulate_town(3, Rules(users=100, merchants=170, days=30)).payments
    requests = Requests(payments, RUN)

    for row in range(0, len(payments), 3):
        taken = TransactionIn.model_validate_json(msgspec.json.encode(requests[row]))
        assert taken.timestamp is not None
        assert round(taken.timestamp.timestamp() * 1000) == payments.time_ms[row]
        assert (taken.device is None) == (payments.device[row] == payments.address[row] == NO_CODE)
        assert taken.merchant is not None
        assert taken.merchant.category == payments.categories["category"][payments.category[row]]


def test_what_is_unknown_is_left_out() -> None:
    """Four fields and the time: no empty object, no null."""
    payments = Payments.of(
        time_ms=np.array([1_700_000_000_000]),
        amount_minor=np.array([1250]),
        user=np.array([7]),
        fraud=np.zeros(1, np.bool_),
    )

    assert Requests(payments, RUN)[0] == {
        "transaction_id": "0123abcd-0",
        "amount": "12.50",
        "currency": "USD",
        "user_id": "0123abcd-u7",
        "timestamp": "2023-11-14T22:13:20.000+00:00",
    }
