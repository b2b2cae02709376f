"""
A world behind payments whose maker is not at hand: the book's rules, with their truth estimated in hindsight.

Hindsight sees all payments and all labels, also those after a test week. It is for the ceiling only: a customer's mean
comes from all genuine payments, a terminal's compromise from a run of frauds there that neither amounts nor thefts
explain. What the rules leave open (lengths, multiplier, rates) is estimated too, unless it is given. That the payments
follow the book's rules at all is taken for granted.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from training.ceiling import amount_density
from training.estimates import days_that_fit, multiplier, per_day, theft_spans, user_means
from training.payments import Payments
from training.runs import Runs
from training.simulate import CUSTOMER, GENUINE, LARGE_AMOUNT, LARGE_AMOUNT_MINOR, TERMINAL, Rules, Truth, World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DEFINITE_FRAUDS = 5  # in a row at one terminal: stolen cards alone hardly ever make that
_EVIDENCE_MAX = 20.0  # of one payment: no amount is so telling that ten others could not outweigh it


def world_of(payments: Payments, given: Mapping[str, int] | None = None) -> World:
    """
    The payments as a world of the book's kind.

    Args:
        payments: At least one.
        given: Fields of `Rules` that are known, and so not estimated.
    """
    given = given or {}
    mean = user_means(payments)
    runs = Runs.of(payments)
    definite = runs.frauds >= DEFINITE_FRAUDS
    in_definite = runs.members(definite)
    size = {
        "customers": mean.size,
        "terminals": int(payments.terminal.max()) + 1,
        "days": int(payments.day[-1] - payments.day[0]) + 1,
    }
    rules = replace(
        Rules(**size),
        terminal_compromise_days=days_that_fit(runs, definite),
        multiplier=multiplier(payments, mean, payments.fraud & ~in_definite),
    )
    rules = replace(rules, **given)

    evidence = _evidence(payments, mean, in_definite, rules)
    hazard_per_day = rules.terminals_compromised_per_day / rules.terminals
    explained, first_days = runs.compromises(
        evidence, days=rules.terminal_compromise_days, hazard_per_day=hazard_per_day
    )
    at_terminal = runs.members(np.isin(np.arange(runs.begin.size), explained))
    scenario = _scenarios(payments, mean, at_terminal, rules)
    thefts, theft_days = theft_spans(payments, scenario == CUSTOMER)
    rules = replace(
        rules,
        terminals_compromised_per_day=per_day(explained.size, rules.days),
        customers_compromised_per_day=per_day(thefts, rules.days),
        customer_compromise_days=theft_days,
    )
    return World(
        payments.time_ms,
        payments.user,
        payments.terminal,
        payments.amount_minor,
        payments.fraud,
        scenario,
        replace(rules, **given),
        Truth(mean, runs.terminal[explained], first_days),
    )


def _evidence(payments: Payments, mean: Floats, definite: Bools, rules: Rules) -> Floats:
    """(n,) log of how much likelier each fraud is at a compromised terminal than elsewhere; 0 where genuine."""
    evidence = np.zeros(payments.fraud.size)
    rows = np.flatnonzero(payments.fraud)
    theft, own = _explanations(payments, mean, definite, rules, rows)
    large = payments.amount_minor[rows] > LARGE_AMOUNT_MINOR
    evidence[rows] = np.log(theft + own) - np.log(theft + np.where(large, own, 0.0))
    return evidence.clip(max=_EVIDENCE_MAX)


def _explanations(payments: Payments, mean: Floats, in_runs: Bools, rules: Rules, rows: Ints) -> tuple[Floats, Floats]:
    """How likely these frauds are as a theft from their customer, and as the customer's own payments."""
    amount, owner = payments.amount_minor[rows], mean[payments.user[rows]]
    multiplied = amount_density(amount / rules.multiplier, owner) / rules.multiplier
    own = amount_density(amount, owner)

    chance = min(1.0, rules.customers_compromised_per_day / rules.customers * rules.customer_compromise_days)
    is_own = (amount > LARGE_AMOUNT_MINOR) & (own > chance * rules.multiplied_share * multiplied)
    # Who lost another payment in the same days is probably under a compromise.
    others = _has_neighbour(payments, ~in_runs[rows] & ~is_own, rows, rules.customer_compromise_days)
    stolen = np.where(others, 1.0, chance) * rules.multiplied_share
    return stolen * multiplied, (1 - stolen) * own


def _has_neighbour(payments: Payments, apart: Bools, rows: Ints, days: int) -> Bools:
    """(rows,) whether the customer has another fraud apart from runs within so many days."""
    found = np.zeros(rows.size, dtype=np.bool_)
    chosen = np.flatnonzero(apart)
    chosen = chosen[np.argsort(payments.user[rows[chosen]], kind="stable")]
    user, day = payments.user[rows[chosen]], payments.day[rows[chosen]]
    near = (np.diff(user) == 0) & (np.diff(day) < days)
    found[chosen[1:][near]] = True
    found[chosen[:-1][near]] = True
    return found


def _scenarios(payments: Payments, mean: Floats, at_terminal: Bools, rules: Rules) -> NDArray[np.int8]:
    """(n,) what most likely made each payment what it was."""
    scenario = np.where(at_terminal, TERMINAL, np.where(payments.fraud, CUSTOMER, GENUINE)).astype(np.int8)
    large = np.flatnonzero((scenario == CUSTOMER) & (payments.amount_minor > LARGE_AMOUNT_MINOR))
    theft, own = _explanations(payments, mean, at_terminal, rules, large)
    scenario[large[own > theft]] = LARGE_AMOUNT
    return scenario
