"""Payments of any origin come in one form, in which what is unknown is marked."""

import numpy as np
import pytest

from brain.features.windows import NEVER_MS
from training.payments import ENTITIES, NO_CODE, NO_OFFSET_MIN, NO_TIME_MS, TEXTS, Payments
from training.world.simulator import Rules, simulate


def three() -> Payments:
    """Three payments that name little, not in order of time."""
    return Payments.of(
        time_ms=np.array([3_000, 1_000, 2_000]),
        amount_minor=np.array([30, 10, 20]),
        user=np.array([2, 0, 1]),
        fraud=np.array([False, True, False]),
        category=np.array([1, 0, NO_CODE]),
        categories={"category": ["travel", "grocery"]},
    )


def test_payments_are_put_in_order_of_time() -> None:
    """Nothing downstream has to sort; every column follows."""
    payments = three()

    assert payments.time_ms.tolist() == [1_000, 2_000, 3_000]
    assert payments.amount_minor.tolist() == [10, 20, 30]
    assert payments.user.tolist() == [0, 1, 2]
    assert payments.category.tolist() == [0, NO_CODE, 1]
    assert payments.fraud.tolist() == [True, False, False]


def test_what_is_not_given_is_unknown() -> None:
    """A source that knows four fields gives all columns, of the same length."""
    payments = three()

    assert all((getattr(payments, name) == NO_CODE).all() for name in (*ENTITIES[1:], *TEXTS) if name != "category")
    assert (payments.account_created_ms == NO_TIME_MS).all()
    assert (payments.utc_offset_min == NO_OFFSET_MIN).all()
    assert (payments.known_at_ms == NEVER_MS).all()
    assert (payments.weight == 1.0).all()
    assert payments.categories["category"] == ["travel", "grocery"]
    assert payments.categories["channel"] == []


def test_an_unknown_column_is_refused() -> None:
    """A misspelt name is an error, not a signal that is lost."""
    with pytest.raises(TypeError):
        Payments.of(
            time_ms=np.zeros(1, np.int64),
            amount_minor=np.zeros(1, np.int64),
            user=np.zeros(1, np.int64),
            fraud=np.zeros(1, np.bool_),
            card_number=np.zeros(1, np.int64),
        )


def test_a_part_of_the_payments_keeps_its_columns_together() -> None:
    """Rows are chosen by position or by a mask."""
    assert three().take(np.array([0, 2])).user.tolist() == [0, 2]
    assert three().take(np.array([False, True, True])).amount_minor.tolist() == [20, 30]


def test_the_handbooks_world_takes_this_form() -> None:
    """Its terminals are merchants, and a fraud is known after seven days."""
    world = simulate(21, Rules(customers=300, terminals=150, days=30, radius=12.0))
    payments = world.payments()

    assert len(payments) == world.time_ms.size
    assert np.array_equal(payments.merchant, world.terminal)
    assert np.array_equal(payments.fraud, world.fraud)
    known = payments.known_at_ms[payments.fraud] - payments.time_ms[payments.fraud]
    assert (known == 7 * 86_400_000).all()
    assert (payments.known_at_ms[~payments.fraud] == NEVER_MS).all()


def test_columns_can_be_taken_away() -> None:
    """As if a merchant did not send them: the times, amounts and labels stay."""
    payments = three()

    assert (payments.without(["category"]).category == NO_CODE).all()
    assert payments.without(["category"]).user.tolist() == [0, 1, 2]
    assert payments.only(["user"]).user.tolist() == [0, 1, 2]
    assert (payments.only(["user"]).category == NO_CODE).all()
    assert (payments.only(["category"]).user == NO_CODE).all()
    assert payments.only([]).fraud.tolist() == payments.fraud.tolist()
