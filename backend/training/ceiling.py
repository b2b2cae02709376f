"""
The ceiling: how well an oracle ranks that knows every rule and parameter of the world, but no young label.

It knows each customer's true mean, the rates of compromise and their lengths. A compromised terminal it knows as
soon as one fraud of that compromise has its label, and then also when the compromise ends. For the rest it holds
the honest posterior. A model that ranks better has seen a label too early.
"""

import numpy as np
from numpy.typing import NDArray

from brain.columns import NEVER_MS
from brain.windows import LABEL_DELAY_MS
from training.histories import CHUNK_ROWS, Ledger
from training.simulate import DAY_MS, LARGE_AMOUNT_MINOR, START_MS, World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_NEGATIVE_SHARE = 0.02275  # of a normal distribution whose mean is two standard deviations
_DENSITY_MIN = 1e-15
_LOG_ODDS_MAX = 50.0


def oracle_scores(world: World, rows: Ints) -> Floats:
    """(rows,) probability of fraud of these payments, given all but the labels younger than seven days."""
    users, terminals = Ledger.of_users(world), Ledger.of_terminals(world)
    known = _terminal_known(world)
    parts = []
    for start in range(0, rows.size, CHUNK_ROWS):
        chunk = rows[start : start + CHUNK_ROWS]
        by_terminal = np.where(known[chunk], 1.0, _terminal_unseen(world, terminals, chunk))
        by_customer = _stolen(world, users, chunk)
        large = world.amount_minor[chunk] > LARGE_AMOUNT_MINOR
        parts.append(np.where(large, 1.0, 1 - (1 - by_terminal) * (1 - by_customer)))
    return np.concatenate(parts)


def _terminal_known(world: World) -> Bools:
    """(payments,) whether the terminal's running compromise has by then shown a fraud whose label is known."""
    certain = np.zeros(world.time_ms.size, dtype=np.bool_)
    order = np.argsort(world.terminal, kind="stable")
    bounds = np.searchsorted(world.terminal[order], [world.truth.terminals, world.truth.terminals + 1])
    starts_ms = START_MS + world.truth.terminal_first_day * DAY_MS
    for first, last, start_ms in zip(*bounds, starts_ms, strict=True):
        there = order[first:last]
        time_ms = world.time_ms[there]
        end_ms = start_ms + world.rules.terminal_compromise_days * DAY_MS
        running = there[(time_ms >= start_ms) & (time_ms < end_ms)]
        if running.size:
            certain[running[world.time_ms[running] >= world.time_ms[running[0]] + LABEL_DELAY_MS]] = True
    return certain


def _terminal_unseen(world: World, terminals: Ledger, rows: Ints) -> Floats:
    """Probability that a compromise began after the last payment there whose label is known."""
    time_ms = world.time_ms[rows]
    window = terminals.window(world.terminal[rows], world.user[rows], time_ms)
    known_age_ms = np.where(window.known, window.age_ms, NEVER_MS).min(axis=1, initial=NEVER_MS)
    # A compromise begins at midnight, so the whole day of that payment was clean.
    days = time_ms // DAY_MS - (time_ms - known_age_ms) // DAY_MS
    days = np.clip(days, 0, world.rules.terminal_compromise_days)
    hazard_per_day = world.rules.terminals_compromised_per_day / world.rules.terminals
    return np.asarray(days * hazard_per_day)


def _stolen(world: World, users: Ledger, rows: Ints) -> Floats:
    """Probability that this payment is one of a compromised customer's multiplied ones."""
    rules = world.rules
    user, time_ms = world.user[rows], world.time_ms[rows]
    mean = world.truth.user_mean_minor[user]
    window = users.window(user, world.terminal[rows], time_ms)
    evidence = _log_likelihood_ratio(window.amount_minor, mean[:, None], world)
    evidence = np.where(window.known & ~window.fraud, np.log1p(-rules.multiplied_share), evidence)

    since = np.zeros((rows.size, window.age_ms.shape[1] + 1))
    np.cumsum(evidence, axis=1, out=since[:, 1:])
    event_day = (time_ms[:, None] - window.age_ms) // DAY_MS
    odds = np.zeros(rows.size)
    for days_ago in range(rules.customer_compromise_days):
        payments = np.count_nonzero(event_day >= (time_ms // DAY_MS - days_ago)[:, None], axis=1)
        odds += np.exp(np.clip(since[np.arange(rows.size), payments], -_LOG_ODDS_MAX, _LOG_ODDS_MAX))
    odds *= rules.customers_compromised_per_day / rules.customers

    amount = world.amount_minor[rows]
    genuine = amount_density(amount, mean)
    multiplied = amount_density(amount / rules.multiplier, mean) / rules.multiplier
    fraud = odds * rules.multiplied_share * multiplied
    return fraud / (fraud + odds * (1 - rules.multiplied_share) * genuine + genuine)


def _log_likelihood_ratio(amount: Ints, mean: Floats, world: World) -> Floats:
    """How much more likely an amount is under a compromised customer than under a well one."""
    share, multiplier = world.rules.multiplied_share, world.rules.multiplier
    genuine = amount_density(amount, mean)
    multiplied = amount_density(amount / multiplier, mean) / multiplier
    return np.asarray(np.log((1 - share) + share * multiplied / genuine))


def amount_density(amount: Ints | Floats, mean: Floats) -> Floats:
    """Density of a genuine amount: normal with a deviation of half the mean; negatives fall in 0..2 x mean."""
    deviation = mean / 2
    normal = np.exp(-0.5 * ((amount - mean) / deviation) ** 2) / (deviation * np.sqrt(2 * np.pi))
    redrawn = np.where(np.less_equal(amount, 2 * mean), _NEGATIVE_SHARE / (2 * mean), 0.0)
    return np.asarray(np.maximum(normal + redrawn, _DENSITY_MIN))
