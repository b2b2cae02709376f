"""The simulated world is the one that the book describes."""

import numpy as np
import pytest

from training.simulate import CUSTOMER, LARGE_AMOUNT, LARGE_AMOUNT_MINOR, TERMINAL, Rules, World, simulate

SMALL = Rules(customers=300, terminals=150, days=60, radius=12.0)


@pytest.fixture(scope="module")
def book() -> World:
    """A world of the book's size."""
    return simulate(20)


@pytest.fixture(scope="module")
def small() -> World:
    """A small world with the same habits, and more fraud."""
    return simulate(21, SMALL)


def test_a_world_of_the_books_size_has_the_books_proportions(book: World) -> None:
    """1,754,155 payments and 14,681 frauds of 973, 9,077 and 4,631 by scenario; another seed is near."""
    by_scenario = np.bincount(book.scenario, minlength=4)

    assert book.time_ms.size == pytest.approx(1_754_155, rel=0.03)
    assert book.fraud.sum() == pytest.approx(14_681, rel=0.10)
    assert by_scenario[LARGE_AMOUNT] == pytest.approx(973, rel=0.20)
    assert by_scenario[TERMINAL] == pytest.approx(9_077, rel=0.10)
    assert by_scenario[CUSTOMER] == pytest.approx(4_631, rel=0.15)


def test_the_same_seed_makes_the_same_world(small: World) -> None:
    """Whoever repeats an evaluation judges the same payments."""
    again, other = simulate(21, SMALL), simulate(22, SMALL)

    assert np.array_equal(small.time_ms, again.time_ms)
    assert np.array_equal(small.amount_minor, again.amount_minor)
    assert np.array_equal(small.scenario, again.scenario)
    assert small.time_ms.size != other.time_ms.size


def test_payments_come_in_order_of_time_and_within_the_days(small: World) -> None:
    """Nothing downstream has to sort, and no payment falls outside its world."""
    assert (np.diff(small.time_ms) >= 0).all()
    assert small.day.min() == 0
    assert small.day.max() == SMALL.days - 1


def test_every_large_amount_is_fraud_and_nothing_genuine_is_large(book: World) -> None:
    """Scenario 1: the limit is exact."""
    assert book.fraud[book.amount_minor > LARGE_AMOUNT_MINOR].all()


def test_every_payment_at_a_compromised_terminal_is_fraud(small: World) -> None:
    """Scenario 2: each compromise holds for its 28 days and ends with them, unless another one follows."""
    calendar = np.zeros((SMALL.terminals, SMALL.days), dtype=np.bool_)
    for terminal, first in zip(small.truth.terminals, small.truth.terminal_first_day, strict=True):
        calendar[terminal, first : first + 28] = True
    compromised = calendar[small.terminal, small.day]

    assert small.fraud[compromised].all()
    assert (compromised[small.scenario == TERMINAL]).all()


def test_a_shorter_compromise_and_a_smaller_multiplier_drift_the_world() -> None:
    """The options that the drift figures of the model card need do what their names say."""
    drifted = simulate(21, Rules(customers=300, terminals=150, days=60, radius=12.0, multiplier=3))
    brief = simulate(21, Rules(customers=300, terminals=150, days=60, radius=12.0, terminal_compromise_days=14))
    usual = simulate(21, SMALL)

    stolen = usual.scenario == CUSTOMER
    assert np.array_equal(drifted.amount_minor[stolen] * 5, usual.amount_minor[stolen] * 3)
    assert (brief.scenario == TERMINAL).sum() < 0.7 * (usual.scenario == TERMINAL).sum()
