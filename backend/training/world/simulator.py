"""
Simulates a world of card payments: who pays when and where, and which payments are frauds.

Follows the prose of the Fraud Detection Handbook with two changes (decision 0018): amounts are skewed
(training/world/amounts.py) where the book's are normal, and the rule that every amount over 220 is fraud is left out.

Source: Le Borgne, Siblini, Lebichot, Bontempi, "Reproducible Machine Learning for Credit Card Fraud Detection
- Practical Handbook", chapter 3. No code of the book is used. Nothing here is about real people.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from brain.domain import LABEL_DELAY_MS
from brain.features.windows import NEVER_MS
from training.payments import Payments
from training.world import amounts

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DAY_MS = 86_400_000
START_MS = int(datetime(2018, 4, 1, tzinfo=UTC).timestamp() * 1000)

GENUINE, TERMINAL, CUSTOMER = 0, 2, 3  # the numbers of the book, whose scenario 1 is not simulated
SCENARIOS = ("genuine", "large_amount", "terminal", "customer")


@dataclass(frozen=True, slots=True)
class Rules:
    """The size of a world and the behaviour of its fraudsters; the defaults are the book's."""

    customers: int = 5_000
    terminals: int = 10_000
    days: int = 183
    radius: float = 5.0  # of a square with sides of 100
    terminals_compromised_per_day: int = 2
    terminal_compromise_days: int = 28
    customers_compromised_per_day: int = 3
    customer_compromise_days: int = 14
    multiplier: int = 5
    multiplied_share: float = 1 / 3


@dataclass(frozen=True, slots=True)
class Hidden:
    """
    The hidden parameters of a world: never a feature, only the ceiling may use them.

    Attributes:
        user_median_minor: (customers,) median amount of each, hundredths.
        terminal_times: (terminals,) price level of each: the median amount there, divided by that of its customers.
        terminal_spreads: (terminals,) standard deviation of the logarithm of one customer's amounts there.
        terminals: (compromises,) the compromised terminal.
        terminal_first_day: (compromises,) first day of each compromise, counted from the start of the world.
    """

    user_median_minor: Floats
    terminal_times: Floats
    terminal_spreads: Floats
    terminals: Ints
    terminal_first_day: Ints


@dataclass(frozen=True, slots=True)
class World:
    """
    All payments of a world as columns of n rows, ascending in time.

    Attributes:
        time_ms: Event time, milliseconds since the epoch, whole seconds.
        user: Index of the customer.
        terminal: Index of the terminal.
        amount_minor: Hundredths of the currency unit.
        fraud: Whether it was fraud.
        scenario: 0 genuine, 2 terminal compromised, 3 customer compromised.
        rules: The rules that the world was made by.
        hidden: Parameters that only the simulator and the ceiling know.
    """

    time_ms: Ints
    user: Ints
    terminal: Ints
    amount_minor: Ints
    fraud: Bools
    scenario: NDArray[np.int8]
    rules: Rules
    hidden: Hidden

    @property
    def day(self) -> Ints:
        """(n,) day of each payment, counted from the start of the world."""
        return (self.time_ms - START_MS) // DAY_MS

    def payments(self) -> Payments:
        """Return them in the form of all payments: a fraud is known after 7 days, and no other label comes."""
        return Payments.of(
            time_ms=self.time_ms,
            amount_minor=self.amount_minor,
            user=self.user,
            merchant=self.terminal,
            fraud=self.fraud,
            known_at_ms=np.where(self.fraud, self.time_ms + LABEL_DELAY_MS, NEVER_MS),
        )


def simulate(seed: int, rules: Rules | None = None) -> World:
    """Simulate the world of this seed: the same seed and rules make the same world, in a few seconds."""
    rules = rules or Rules()
    rng = np.random.default_rng(seed)
    median = amounts.user_medians(rng, rules.customers)
    times, spread = amounts.terminal_times(rng, rules.terminals), amounts.terminal_spreads(rng, rules.terminals)
    time_ms, user, terminal = _visits(rng, rules)
    amount = amounts.draw(rng, median[user] * times[terminal], spread[terminal])

    order = np.argsort(time_ms, kind="stable")
    time_ms, user, terminal, amount = time_ms[order], user[order], terminal[order], amount[order]
    day = (time_ms - START_MS) // DAY_MS

    scenario = np.full(amount.size, GENUINE, dtype=np.int8)
    bad_terminals, first_days = _compromises(rng, rules.terminals, rules.terminals_compromised_per_day, rules)
    scenario[_is_compromised(bad_terminals, first_days, rules.terminal_compromise_days, terminal, day)] = TERMINAL
    bad_users, from_days = _compromises(rng, rules.customers, rules.customers_compromised_per_day, rules)
    stolen = _is_compromised(bad_users, from_days, rules.customer_compromise_days, user, day)
    stolen &= rng.random(stolen.size) < rules.multiplied_share
    amount[stolen] *= rules.multiplier
    scenario[stolen] = CUSTOMER

    hidden = Hidden(median * 100, times, spread, bad_terminals, first_days)
    return World(time_ms, user, terminal, amount, scenario != GENUINE, scenario, rules, hidden)


def _visits(rng: np.random.Generator, rules: Rules) -> tuple[Ints, Ints, Ints]:
    """Draw who pays when and where, unordered; customers without a terminal in reach never pay."""
    reach = _reachable(rng, rules)
    in_reach = np.array([near.size for near in reach])
    pays_a_day = rng.uniform(0.0, 4.0, rules.customers)
    payments = rng.poisson(pays_a_day[:, None], (rules.customers, rules.days)) * (in_reach > 0)[:, None]

    user = np.repeat(np.arange(rules.customers), payments.sum(axis=1))
    day = np.repeat(np.tile(np.arange(rules.days), rules.customers), payments.ravel())
    second = rng.normal(43_200, 20_000, user.size).astype(np.int64)
    kept = (second > 0) & (second < 86_400)
    user, day, second = user[kept], day[kept], second[kept]

    starts = np.cumsum(in_reach) - in_reach
    choice = (rng.random(user.size) * in_reach[user]).astype(np.int64)
    terminal = np.concatenate(reach)[starts[user] + choice]
    return START_MS + day * DAY_MS + second * 1000, user, terminal


def _reachable(rng: np.random.Generator, rules: Rules) -> list[Ints]:
    """Find the terminals within the radius of each customer."""
    homes = rng.uniform(0.0, 100.0, (rules.customers, 2))
    shops = rng.uniform(0.0, 100.0, (rules.terminals, 2))
    return [np.flatnonzero(((shops - home) ** 2).sum(axis=1) < rules.radius**2) for home in homes]


def _compromises(rng: np.random.Generator, population: int, per_day: int, rules: Rules) -> tuple[Ints, Ints]:
    """Draw the members that are compromised each day, `per_day` different ones a day."""
    victims = [rng.choice(population, per_day, replace=False) for _ in range(rules.days)]
    return np.concatenate(victims), np.repeat(np.arange(rules.days), per_day)


def _is_compromised(members: Ints, first_days: Ints, length_days: int, member: Ints, day: Ints) -> Bools:
    """Return whether each `member` is compromised on its `day` (n,)."""
    days = int(day.max(initial=0)) + 1
    calendar = np.zeros((int(max(members.max(initial=0), member.max(initial=0))) + 1, days), dtype=np.bool_)
    for offset in range(length_days):
        running = first_days + offset < days
        calendar[members[running], first_days[running] + offset] = True
    return calendar[member, day]
