"""Many payments are drawn from: nothing that is rare goes, and what stays counts for all."""

import numpy as np

from brain.domain import DAY_MS
from training.own.payments import OwnPayments
from training.own.sampling import draw
from training.own.splitting import split
from training.payments import Payments

N = 4_000


def own_payments() -> OwnPayments:
    """Two hundred days, a fraud in fifty; every seventh payment stands for three."""
    at = np.arange(N)
    time_ms = 20_000 * DAY_MS + at * (DAY_MS // 20)
    payments = Payments.of(
        time_ms=time_ms, amount_minor=np.full(N, 100), user=at % 90, fraud=at % 50 == 0,
        known_at_ms=time_ms + DAY_MS, weight=np.where(at % 7 == 0, 3.0, 1.0),
    )  # fmt: skip
    return OwnPayments(payments, {}, np.arange(N).astype(object), 5, "given", {})


def test_frauds_stay_and_the_others_count_for_those_that_go() -> None:
    """Of 2,900 payments to learn from and 1,000 of the test, 500 each; the same ones each time."""
    own = own_payments()
    before = split(own, test_days=50)
    drawn, after = draw(own, before, rows_max=500)

    for rows, all_rows in ((after.train, before.train), (after.test, before.test)):
        assert rows.size == 500
        assert drawn.is_fraud[rows].sum() == own.is_fraud[all_rows].sum()
        genuine, all_genuine = rows[~own.is_fraud[rows]], all_rows[~own.is_fraud[all_rows]]
        assert np.isclose(drawn.payments.weight[genuine].sum(), own.payments.weight[all_genuine].sum(), rtol=0.1)
    assert own.day[after.train[after.warm_up]] >= own.day[before.train[before.warm_up]]
    assert own.day[after.train[after.warm_up - 1]] < own.day[before.train[before.warm_up]]
    assert sum("drawn by lot" in note for note in after.notes) == 2
    assert np.array_equal(draw(own, before, rows_max=500)[1].train, after.train)


def test_few_payments_are_all_taken() -> None:
    """Nothing is drawn."""
    own = own_payments()
    parts = split(own, test_days=50)

    assert draw(own, parts) == (own, parts)
