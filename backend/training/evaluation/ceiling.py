"""
Computes the ceiling: how well an oracle ranks that knows every rule and parameter of the world, but no recent label.

It knows what each customer usually pays, the price level of each terminal and the spread of amounts there, and the
rates and lengths of compromises. It knows a compromised terminal as soon as one fraud of that compromise has its label,
and then also when the compromise ends. For the rest it uses the posterior. A model that ranks better has seen a label
too early.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from brain.domain import LABEL_DELAY_MS
from brain.features.windows import NEVER_MS
from training.evaluation.windows import CHUNK_ROWS, Ledger
from training.world.amounts import density
from training.world.simulator import DAY_MS, START_MS, World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_DENSITY_MIN = 1e-15
_LOG_ODDS_MAX = 50.0
_PARTS = 1_000_000  # of one unit of log-odds, so that evidence fits into the column of amounts


def oracle_scores(world: World, rows: Ints) -> Floats:
    """Compute the probability of fraud of these payments (rows,), given all but labels younger than seven days."""
    genuine, multiplied = _densities(world)
    share = world.rules.multiplied_share
    # How much likelier an amount is for a compromised customer than for another one. A ledger with these instead of
    # amounts gives each customer's evidence as a window.
    evidence = np.log((1 - share) + share * multiplied / genuine)
    users = Ledger.of_users(replace(world, amount_minor=np.rint((evidence + _LOG_ODDS_MAX) * _PARTS).astype(np.int64)))
    terminals = Ledger.of_terminals(world)
    known = _terminal_known(world)
    parts = []
    for start in range(0, rows.size, CHUNK_ROWS):
        chunk = rows[start : start + CHUNK_ROWS]
        by_terminal = np.where(known[chunk], 1.0, _terminal_unseen(world, terminals, chunk))
        by_customer = _stolen(world, users, chunk, genuine[chunk], multiplied[chunk])
        parts.append(1 - (1 - by_terminal) * (1 - by_customer))
    return np.concatenate(parts)


def _terminal_known(world: World) -> Bools:
    """Find the payments (payments,) at terminals whose compromise has had a fraud with a known label by then."""
    certain = np.zeros(world.time_ms.size, dtype=np.bool_)
    order = np.argsort(world.terminal, kind="stable")
    bounds = np.searchsorted(world.terminal[order], [world.hidden.terminals, world.hidden.terminals + 1])
    starts_ms = START_MS + world.hidden.terminal_first_day * DAY_MS
    for first, last, start_ms in zip(*bounds, starts_ms, strict=True):
        there = order[first:last]
        time_ms = world.time_ms[there]
        end_ms = start_ms + world.rules.terminal_compromise_days * DAY_MS
        running = there[(time_ms >= start_ms) & (time_ms < end_ms)]
        if running.size:
            certain[running[world.time_ms[running] >= world.time_ms[running[0]] + LABEL_DELAY_MS]] = True
    return certain


def _terminal_unseen(world: World, terminals: Ledger, rows: Ints) -> Floats:
    """Compute the probability that a compromise began after the last payment there with a known label."""
    time_ms = world.time_ms[rows]
    window = terminals.window(world.terminal[rows], time_ms)
    known_age_ms = np.where(window.known, window.age_ms, NEVER_MS).min(axis=1, initial=NEVER_MS)
    # A compromise begins at midnight, so the whole day of that payment was clean.
    days = time_ms // DAY_MS - (time_ms - known_age_ms) // DAY_MS
    days = np.clip(days, 0, world.rules.terminal_compromise_days)
    hazard_per_day = world.rules.terminals_compromised_per_day / world.rules.terminals
    return np.asarray(days * hazard_per_day)


def _stolen(world: World, users: Ledger, rows: Ints, genuine: Floats, multiplied: Floats) -> Floats:
    """Compute the probability that each payment is a multiplied one of a compromised customer."""
    rules = world.rules
    user, time_ms = world.user[rows], world.time_ms[rows]
    window = users.window(user, time_ms)
    evidence = np.where(window.age_ms < NEVER_MS, window.amount_minor / _PARTS - _LOG_ODDS_MAX, 0.0)
    evidence = np.where(window.known & ~window.fraud, np.log1p(-rules.multiplied_share), evidence)

    since = np.zeros((rows.size, window.age_ms.shape[1] + 1))
    np.cumsum(evidence, axis=1, out=since[:, 1:])
    event_day = (time_ms[:, None] - window.age_ms) // DAY_MS
    odds = np.zeros(rows.size)
    for days_ago in range(rules.customer_compromise_days):
        payments = np.count_nonzero(event_day >= (time_ms // DAY_MS - days_ago)[:, None], axis=1)
        odds += np.exp(np.clip(since[np.arange(rows.size), payments], -_LOG_ODDS_MAX, _LOG_ODDS_MAX))
    odds *= rules.customers_compromised_per_day / rules.customers

    fraud = odds * rules.multiplied_share * multiplied
    return fraud / (fraud + odds * (1 - rules.multiplied_share) * genuine + genuine)


def _densities(world: World) -> tuple[Floats, Floats]:
    """Compute the density of each amount (payments,), if genuine and if multiplied by a fraudster."""
    hidden, terminal = world.hidden, world.terminal
    times = world.amount_minor / (hidden.user_median_minor[world.user] * hidden.terminal_times[terminal])
    spread = hidden.terminal_spreads[terminal]
    genuine, multiplied = (density(times / factor, spread) for factor in (1, world.rules.multiplier))
    return np.maximum(genuine, _DENSITY_MIN), np.maximum(multiplied, _DENSITY_MIN)
