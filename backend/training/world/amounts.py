"""
Draws the amounts of the simulated world, which are skewed as real amounts are.

An amount is the customer's median, times the price level of the terminal, times a lognormal factor; a few are bills (a
rent, a flight, a fridge) of several times that. No amount is fraud by itself.
"""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

USER_MEDIAN, USER_SPREAD = 25.0, 0.7  # units of the currency; standard deviation of the natural logarithm
TERMINAL_SPREAD = 0.8
CHANCE_SPREAD_MIN, CHANCE_SPREAD_MAX = 0.2, 1.4  # of a terminal: one sells coffee only, another one everything
BILL_SHARE, BILL_TIMES, BILL_SPREAD = 0.03, 3.0, 1.2


def user_medians(rng: np.random.Generator, customers: int) -> Floats:
    """Draw the median amount of each customer at a terminal of average price level: (customers,) in units."""
    return np.asarray(USER_MEDIAN * np.exp(rng.normal(0.0, USER_SPREAD, customers)))


def terminal_times(rng: np.random.Generator, terminals: int) -> Floats:
    """Draw the price level of each terminal: (terminals,) factors with median 1."""
    return np.asarray(np.exp(rng.normal(0.0, TERMINAL_SPREAD, terminals)))


def terminal_spreads(rng: np.random.Generator, terminals: int) -> Floats:
    """Draw the spread of one customer's amounts at each terminal: (terminals,) standard deviations of logarithms."""
    return rng.uniform(CHANCE_SPREAD_MIN, CHANCE_SPREAD_MAX, terminals)


def draw(rng: np.random.Generator, median: Floats, spread: Floats) -> Ints:
    """Draw an amount for each median (n,) in units and spread (n,): (n,) hundredths, at least one."""
    is_bill = rng.random(median.size) < BILL_SHARE
    chance = rng.normal(0.0, 1.0, median.size)
    logs = np.where(is_bill, np.log(BILL_TIMES) + BILL_SPREAD * chance, spread * chance)
    return np.maximum(np.rint(median * np.exp(logs) * 100), 1).astype(np.int64)


def density(times: Floats, spread: Floats) -> Floats:
    """Compute the density of the logarithm of a genuine amount, bills included, that is `times` the median."""
    logs = np.log(times)
    is_bill = _normal((logs - np.log(BILL_TIMES)) / BILL_SPREAD) / BILL_SPREAD
    return (1 - BILL_SHARE) * _normal(logs / spread) / spread + BILL_SHARE * is_bill


def _normal(deviations: Floats) -> Floats:
    return np.asarray(np.exp(-0.5 * deviations * deviations) / np.sqrt(2 * np.pi))
