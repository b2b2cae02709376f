"""The simulated world is the one that the book describes, with skewed amounts."""

import numpy as np
import pytest

from training.world.amounts import density, draw
from training.world.simulator import CUSTOMER, TERMINAL, Rules, World, simulate

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
    """1,754,155 payments, 9,077 frauds at terminals and 4,631 of customers; another seed is near."""
    by_scenario = np.bincount(book.scenario, minlength=4)

    assert book.time_ms.size == pytest.approx(1_754_155, rel=0.03)
    assert by_scenario[1] == 0  # the book's amounts over 220
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


def test_amounts_are_skewed_and_no_amount_is_fraud_by_itself(book: World) -> None:
    """The mean is well above the median, and of the thousand largest payments most are genuine."""
    genuine = book.amount_minor[~book.fraud]
    largest = np.argsort(book.amount_minor)[-1000:]

    assert genuine.mean() > 2 * np.median(genuine)
    assert (genuine > 220_00).mean() > 0.03
    assert book.fraud[largest].mean() < 0.5
    assert book.amount_minor.min() >= 1


def test_the_density_of_amounts_is_that_of_what_is_drawn() -> None:
    """The ceiling rests on it: shares of drawn amounts between limits are those under the curve."""
    rng, n = np.random.default_rng(3), 400_000
    times = draw(rng, np.full(n, 1e4), np.full(n, 0.6)) / 1e6

    for low, high in ((-1.5, -0.5), (-0.5, 0.5), (0.5, 1.5), (1.5, 4.0)):
        logs = np.linspace(low, high, 2001)
        under = np.trapezoid(density(np.exp(logs), np.full(2001, 0.6)), logs)
        assert ((np.log(times) >= low) & (np.log(times) < high)).mean() == pytest.approx(under, abs=0.003)


def test_every_payment_at_a_compromised_terminal_is_fraud(small: World) -> None:
    """Scenario 2: each compromise holds for its 28 days and ends with them, unless another one follows."""
    calendar = np.zeros((SMALL.terminals, SMALL.days), dtype=np.bool_)
    for terminal, first in zip(small.hidden.terminals, small.hidden.terminal_first_day, strict=True):
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
