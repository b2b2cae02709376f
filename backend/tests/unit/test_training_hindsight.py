"""A ceiling estimated in hindsight is that of the truth, on worlds whose truth is known."""

from dataclasses import replace

import numpy as np
import pytest

from training.ceiling import oracle_scores
from training.hindsight import world_of
from training.metrics import figures, mean
from training.payments import Payments
from training.protocol import TEST_DAYS, judged_rows
from training.runs import Runs
from training.simulate import CUSTOMER, DAY_MS, GENUINE, LARGE_AMOUNT, START_MS, TERMINAL, Rules, World, simulate

RULES = Rules(customers=2_000, terminals=4_000, days=93)
FIRST_DAY = 72  # so that three weeks are judged


def payments_of(world: World) -> Payments:
    """What a file of this world would hold."""
    return Payments(world.time_ms, world.user, world.terminal, world.amount_minor, world.fraud)


def few_payments(*rows: tuple[float, int, int, float, bool]) -> Payments:
    """Payments by hand: day, customer, terminal, amount, fraud; in order of time."""
    day, user, terminal, amount, fraud = zip(*rows, strict=True)
    return Payments(
        np.array([START_MS + round(one * DAY_MS) for one in day], dtype=np.int64),
        np.array(user),
        np.array(terminal),
        np.array([round(one * 100) for one in amount]),
        np.array(fraud),
    )


@pytest.mark.parametrize(
    "rules",
    [
        RULES,
        replace(RULES, multiplier=3),
        replace(RULES, terminal_compromise_days=14),
        replace(RULES, customers=3_000, terminals=2_000),
    ],
    ids=["the book's", "multiplier 3", "14 days", "other mix"],
)
def test_the_estimated_ceiling_is_the_true_one(rules: Rules) -> None:
    """Within 0.005 of AP, mean of three weeks, for the book's rules and each drift."""
    world = simulate(81, rules)
    estimated = world_of(payments_of(world))

    true, found = [], []
    for first_day in range(FIRST_DAY, rules.days, TEST_DAYS):
        rows = judged_rows(world, first_day)
        week = (world.day[rows], world.user[rows])
        true.append(figures(world.fraud[rows], oracle_scores(world, rows), *week))
        found.append(figures(world.fraud[rows], oracle_scores(estimated, rows), *week))

    assert mean(found).ap == pytest.approx(mean(true).ap, abs=0.005)
    assert mean(found).auc == pytest.approx(mean(true).auc, abs=0.005)


def test_what_the_rules_leave_open_is_found_again() -> None:
    """Lengths, multiplier, means, and what made each payment what it was."""
    world = simulate(82, replace(RULES, terminal_compromise_days=20, multiplier=4))

    found = world_of(payments_of(world))

    seen = np.unique(world.user)
    off = found.truth.user_mean_minor[seen] / world.truth.user_mean_minor[seen] - 1
    assert found.rules.terminal_compromise_days == 20
    assert found.rules.multiplier == 4
    assert found.rules.customer_compromise_days in range(13, 17)
    assert abs(np.median(off)) < 0.01
    assert np.median(np.abs(off)) < 0.04
    for scenario, share in ((GENUINE, 1.0), (TERMINAL, 0.98), (CUSTOMER, 0.94), (LARGE_AMOUNT, 0.85)):
        assert (found.scenario[world.scenario == scenario] == scenario).mean() >= share


def test_what_is_given_is_not_estimated() -> None:
    """An operator may know better."""
    world = simulate(83, replace(RULES, days=60))

    found = world_of(
        payments_of(world), {"multiplier": 7, "terminal_compromise_days": 9, "customer_compromise_days": 5}
    )

    assert (found.rules.multiplier, found.rules.terminal_compromise_days) == (7, 9)
    assert found.rules.customer_compromise_days == 5


def test_runs_lie_between_genuine_payments() -> None:
    """Two runs at terminal 0, one at terminal 1, whose bounds are the genuine payments next to them."""
    payments = few_payments(
        (1, 0, 0, 10, False),
        (3, 0, 0, 10, True),
        (4, 1, 1, 10, True),
        (5, 1, 0, 10, True),
        (9, 0, 0, 10, False),
        (10, 0, 0, 10, True),
    )

    runs = Runs.of(payments)

    assert runs.terminal.tolist() == [0, 0, 1]
    assert runs.frauds.tolist() == [2, 1, 1]
    assert runs.days_min.tolist() == [3, 1, 1]
    assert runs.days_max[0] == 7
    assert (runs.days_max[1:] > 1000).all()
    assert runs.members(np.array([True, False, True])).tolist() == [False, True, True, True, False, False]


def test_a_compromise_does_not_reach_over_a_genuine_payment() -> None:
    """Frauds of ordinary amounts are a terminal's where its days fit, and nobody's compromise where they do not."""
    habit = [(day, 0, 9, 20.0 + day % 3, False) for day in range(1, 40)]
    there = [(40.2, 0, 1, 20.0, True), (41.2, 0, 1, 22.0, True), (42.2, 0, 1, 21.0, True)]
    clean = [(38.5, 0, 1, 20.0, False), (45.5, 0, 1, 20.0, False)]

    fits = world_of(few_payments(*sorted(habit + there + clean)), {"terminal_compromise_days": 5})
    does_not = world_of(few_payments(*sorted(habit + there + clean)), {"terminal_compromise_days": 14})

    assert fits.truth.terminals.tolist() == [1]
    assert 39 <= fits.truth.terminal_first_day[0] <= 40
    assert does_not.truth.terminals.size == 0


def test_a_run_longer_than_a_compromise_is_several() -> None:
    """Two that touch: together they cover every fraud."""
    habit = [(day / 2, 0, 9, 20.0 + day % 3, False) for day in range(2, 120)]
    there = [(day + 0.2, 0, 1, 21.0, True) for day in range(20, 40)]

    found = world_of(few_payments(*sorted(habit + there)), {"terminal_compromise_days": 14})

    days = found.truth.terminal_first_day
    assert found.truth.terminals.tolist() == [1, 1]
    assert all(((days <= day) & (day < days + 14)).any() for day in range(20, 40))


def test_payments_of_any_years_have_a_world() -> None:
    """Days before 2018-04-01 count backwards, and nobody needs frauds to have a mean."""
    habit = [(day - 700, 0, 0, 20.0, False) for day in range(60)]

    found = world_of(few_payments(*habit, (-600.0, 1, 0, 50.0, True)))

    assert found.day[0] == -700
    assert found.truth.user_mean_minor[0] == pytest.approx(2 * (np.sqrt(2) - 1) * 2_000)
    assert found.truth.user_mean_minor[1] > 0
