"""
Ordinary payments are approved by the shipped model, by its own levels and however little it knows: no harm done.

"Approved" is below the level "high", as shipped and with `may_block`; what is below "critical" is blocked with neither.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product

import numpy as np
import pytest

from brain.domain import Event, Query
from brain.model.artifact import Model
from brain.wire import read_transaction
from money.currencies import EXPONENTS, load_rates
from protos import fraud_pb2
from tests.histories import features_of
from tests.model_worlds import NOW_MS, a_fraud, a_query, an_event
from training.train import ARTIFACTS

MINUTE = 1 / 1440  # days
AMOUNTS: tuple[str | int, ...] = ("0.5", 1, 5, 20, 50, 99, 150, 219, 221, 300, 500, 900, 1_500, 2_500, 5_000, 10_000)
CURRENCIES = ("USD", "EUR", "GBP", "KWD", "JPY", "INR", "CHF", "BRL")
RATES = load_rates()

Histories = tuple[Sequence[Event] | None, Sequence[Event] | None]


@pytest.fixture(scope="module")
def model() -> Model:
    """The shipped model."""
    return Model.load(ARTIFACTS)


def score(model: Model, query: Query, user: Sequence[Event] | None, shop: Sequence[Event] | None = None) -> float:
    """Risk score of one payment."""
    return float(model.predict(features_of([query], [user], [shop])).risk_scores[0])


def of_shop(events: Sequence[Event], user: str = "u1") -> list[Event]:
    """The same events as the history of the merchant at which all of them were."""
    return [replace(event, counterparty=user) for event in events]


def skewed(median: float, spread: float, count: int, seed: int = 1) -> list[float]:
    """Lognormal amounts, in cents."""
    rng = np.random.default_rng(seed)
    return [round(amount, 2) for amount in (median * np.exp(rng.normal(0, spread, count))).tolist()]


@pytest.mark.parametrize(
    ("merchant", "histories"),
    [
        (None, ([], None)),
        (None, (None, None)),
        ("m1", ([], [])),
        ("m1", (None, None)),
        ("m1", ([], None)),
        ("m1", (None, [])),
    ],
    ids=["new user, no merchant", "unreadable, no merchant", "all new", "nothing readable", "no shop", "no user"],
)
def test_no_amount_is_blocked_or_reviewed_for_want_of_a_history(
    model: Model, merchant: str | None, histories: Histories
) -> None:
    """From 0.5 to 10,000 in eight currencies, the strongest among them: all approved, none critical."""
    sent = [
        fraud_pb2.Transaction(
            transaction_id="now",
            amount=fraud_pb2.Money(minor_units=int(Decimal(amount).scaleb(EXPONENTS[currency])), currency=currency),
            user_id="u1",
            merchant_id=merchant,
            event_time_ms=NOW_MS,
        )
        for amount, currency in product(AMOUNTS, CURRENCIES)
    ]
    queries = [read_transaction(one, RATES) for one in sent]
    user, shop = histories

    scores = model.predict(features_of(queries, [user] * len(queries), [shop] * len(queries))).risk_scores

    assert max(query.amount_minor or 0 for query in queries) > 30_000_00
    assert scores.max() < model.thresholds["high"]


@pytest.mark.parametrize("payments", [1, 2, 5, 25])
@pytest.mark.parametrize("jitter", [0.0, 0.1, 0.3])
def test_who_pays_the_same_at_the_same_place_each_day_is_approved(model: Model, payments: int, jitter: float) -> None:
    """For 5 to 33,000, known to nobody else, unlabelled; also a retry a minute later, a third try, twice as much."""
    for amount in (5, 10, 30, 100, 219, 221, 250, 500, 1_000, 2_500, 5_000, 33_000):
        paid = [
            amount * factor for factor in np.random.default_rng(2).uniform(1 - jitter, 1 + jitter, payments).tolist()
        ]
        days = [an_event(f"d{n}", days_ago=n + 1, amount=one) for n, one in enumerate(paid)]
        again = [an_event("again", days_ago=MINUTE, amount=amount), *days]
        third = [an_event("third", days_ago=2 * MINUTE, amount=amount), *again]
        for user, level in ((days, "medium"), (again, "medium"), (third, "high")):
            found = score(model, a_query(amount), user, of_shop(user))
            assert found < model.thresholds[level], (amount, len(user))
        assert score(model, a_query(2 * amount), days, of_shop(days)) < model.thresholds["high"]


@pytest.mark.parametrize("amount", [10, 250, 5_000])
def test_the_same_story_of_blocked_payments_is_no_reason_to_block_the_next(model: Model, amount: float) -> None:
    """Who was once blocked by mistake must not be lost for ever: blocked payments stay unknown, not suspicious."""
    days = [replace(an_event(f"d{n}", days_ago=n + 1, amount=amount), is_blocked=True) for n in range(25)]

    assert score(model, a_query(amount), days, of_shop(days)) < model.thresholds["high"]


def test_a_user_who_pays_250_at_a_merchant_of_250_is_approved(model: Model) -> None:
    """Thirty genuine payments of about 250, at a merchant whose two hundred payments are all about 250."""
    user = [an_event(f"u{n}", days_ago=n * 0.97, amount=amount) for n, amount in enumerate(skewed(250, 0.1, 30), 1)]
    shop = [
        an_event(f"s{n}", days_ago=n * 0.18, amount=amount, other=f"x{n}")
        for n, amount in enumerate(skewed(250, 0.1, 200), 1)
    ]

    assert score(model, a_query(250, merchant="m2"), user, shop) < model.thresholds["medium"]


def test_a_rent_after_groceries_is_approved(model: Model) -> None:
    """Thirty times the usual, at a landlord whom nobody has paid, one with a few tenants, and one without a name."""
    groceries = [an_event(f"g{n}", days_ago=n * 2, amount=amount) for n, amount in enumerate(skewed(40, 0.5, 14), 1)]
    tenants = [an_event(f"t{n}", days_ago=12 + n, amount=900 + 80 * n, other=f"x{n}") for n in range(5)]

    for rent, landlord in product((400, 800, 1_200, 2_000), ([], tenants, None)):
        query = a_query(rent, merchant=None if landlord is None else "landlord")
        assert score(model, query, groceries, landlord) < model.thresholds["high"]


def test_a_second_merchant_and_a_second_payment_in_a_minute_are_approved(model: Model) -> None:
    """A user of one shop tries another; somebody forgot the milk."""
    shopping = [an_event(f"g{n}", days_ago=n * 3, amount=30) for n in range(1, 9)]
    for amount in (10, 30, 60, 100, 200):
        assert score(model, a_query(amount, merchant="m2"), shopping, []) < model.thresholds["high"]
    for amount in (5, 30, 60):
        twice = [an_event("before", days_ago=MINUTE, amount=30), *shopping]
        assert score(model, a_query(amount), twice, of_shop(twice)) < model.thresholds["high"]


def test_a_subscription_is_approved_every_month(model: Model) -> None:
    """One payment in the window, of the very same amount, at the very same place, for one or for ten thousand."""
    for amount, others in product((1, 5, 12.99, 49, 500, 10_000), (0, 40)):
        last = [an_event("last", days_ago=29.9, amount=amount)]
        shop = of_shop(last) + [an_event(f"o{n}", days_ago=n + 1, amount=amount, other=f"x{n}") for n in range(others)]
        assert score(model, a_query(amount), last, shop) < model.thresholds["medium"]


def test_weekly_shopping_of_skewed_amounts_is_approved_nearly_always(model: Model) -> None:
    """Of two hundred weeks at a shop like others none is blocked, and at most four are looked at."""
    shop = [
        an_event(f"s{n}", days_ago=n * 0.4, amount=amount, other=f"x{n}")
        for n, amount in enumerate(skewed(60, 0.9, 90), 1)
    ]
    scores = [
        score(
            model,
            a_query(amounts[0]),
            [an_event(f"w{n}", days_ago=7 * n, amount=amount) for n, amount in enumerate(amounts[1:], 1)],
            shop,
        )
        for amounts in (skewed(60, 0.9, 5, seed) for seed in range(200))
    ]

    assert max(scores) < model.thresholds["critical"]
    assert np.count_nonzero(np.array(scores) >= model.thresholds["high"]) <= 4


def test_the_first_customers_of_a_small_merchant_are_approved(model: Model) -> None:
    """Three payments of 30 are no price list: up to ten times that, by somebody new or known, is not even looked at."""
    few = [an_event(f"f{n}", days_ago=1 + 3 * n, amount=30, other=f"x{n}") for n in range(3)]
    habit = [
        an_event(f"h{n}", days_ago=0.3 + n, amount=amount, other=f"m{n % 9 + 2}")
        for n, amount in enumerate(skewed(30, 0.8, 29))
    ]
    for amount, user in product((5, 20, 60, 100, 200, 300), ([], habit, None)):
        assert score(model, a_query(amount), user, few) < model.thresholds["high"]


def test_one_chargeback_does_not_condemn_a_merchant(model: Model) -> None:
    """The newest known payment of a busy shop was fraud, the sixty before it were not: its customers are approved."""
    shop = [a_fraud("f", days_ago=7.5, amount=30)]
    shop += [an_event(f"s{n}", days_ago=7.6 + n * 0.4, amount=20 + n % 20, other=f"x{n}") for n in range(60)]
    user = [an_event(f"h{n}", days_ago=n, amount=25, other="m2") for n in range(1, 20)]

    for amount in (10, 25, 60):
        assert score(model, a_query(amount), user, shop) < model.thresholds["high"]


def test_harmlessness_is_no_blindness(model: Model) -> None:
    """The tests above would all pass for a constant: a merchant whose known payments were frauds stands out."""
    shop = [a_fraud(f"f{n}", days_ago=8 + n / 2, amount=20 + n) for n in range(8)]
    shop += [an_event(f"s{n}", days_ago=14 + n, amount=20 + n % 9, other=f"x{n}") for n in range(20)]
    user = [an_event(f"h{n}", days_ago=n, amount=25, other="m2") for n in range(1, 20)]

    assert score(model, a_query(25), user, shop) >= model.thresholds["critical"]
