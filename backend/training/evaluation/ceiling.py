"""
The ceiling: how well an oracle ranks that knows every rule and parameter of the world, but no young label.

It knows what each customer usually pays, how dear each terminal is and how far amounts there are spread, the rates of
compromise and their lengths. A compromised terminal it knows as soon as one fraud of that compromise has its label, and
then also when the compromise ends. For the rest it holds the honest posterior. A model that ranks better has seen a
label too early.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from brain.features.columns import NEVER_MS
from brain.features.windows import LABEL_DELAY_MS
from training.examples.histories import CHUNK_ROWS, Ledger
from training.world.amounts import density
from training.world.simulator import DAY_MS, START_MS, World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_DENSITY_MIN = 1e-15
_LOG_ODDS_MAX = 50.0
_PARTS = 1_000_000  # of one unit of log-odds, so that evidence fits where amounts stand


def oracle_scores(world: World, rows: Ints) -> Floats:
    """(rows,) probability of fraud of these payments, given all but the labels younger than seven days."""
    genuine, multiplied = _densities(world)
    share = world.rules.multiplied_share
    # How much likelier an amount is under a compromised customer than under a well one. A ledger of these in place of
    # the amounts gives each customer's evidence as a window.
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


def _stolen(world: World, users: Ledger, rows: Ints, genuine: Floats, multiplied: Floats) -> Floats:
    """Probability that this payment is one of a compromised customer's multiplied ones."""
    rules = world.rules
    user, time_ms = world.user[rows], world.time_ms[rows]
    window = users.window(user, world.terminal[rows], time_ms)
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
    """(payments,) how likely each amount is as its customer's own, and as a stolen card's."""
    truth, terminal = world.truth, world.terminal
    times = world.amount_minor / (truth.user_median_minor[world.user] * truth.terminal_times[terminal])
    spread = truth.terminal_spreads[terminal]
    genuine, multiplied = (density(times / factor, spread) for factor in (1, world.rules.multiplier))
    return np.maximum(genuine, _DENSITY_MIN), np.maximum(multiplied, _DENSITY_MIN)
