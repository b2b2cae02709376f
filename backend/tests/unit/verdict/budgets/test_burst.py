"""A burst of fraud is reviewed while it lasts, and moves no threshold afterwards; a model that does not fit does."""

from copy import deepcopy
from dataclasses import replace
from functools import cache

import pytest
from msgspec import structs

from gateway.domain import BudgetName, Decision
from gateway.verdict.budgets.service import Budgets
from gateway.verdict.budgets.target import target_bin
from gateway.verdict.budgets.window import Slot, to_bin, to_score
from tests.payments_scored import LIMITS, Shop

BURST = 1_000  # payments
# a burst is a third, a tenth and a hundredth of what is sold in a day
RATES = (3_000, 10_000, pytest.param(100_000, marks=pytest.mark.slow))  # the last one is half a million payments


@cache
def _settled(per_day: float) -> Shop:
    shop = Shop(per_day=per_day)
    shop.sell(2.5)
    return shop


def settled(per_day: float, *, may_block: bool) -> Shop:
    """A shop whose threshold has followed its traffic to the end."""
    shop = deepcopy(_settled(per_day))
    shop.limits = replace(LIMITS, may_block=may_block)
    return shop


@pytest.mark.parametrize("may_block", [False, True])
@pytest.mark.parametrize("per_day", RATES)
def test_a_burst_is_not_approved_and_the_threshold_is_where_it_was_a_day_later(per_day: float, may_block: bool) -> None:
    """As shipped, and by a model that may block: 1,000 risky payments in ten minutes, whatever else is sold."""
    shop = settled(per_day, may_block=may_block)
    before = shop.review_threshold

    rulings = shop.suffer(BURST, seconds=600)
    shop.sell(1)

    assert before > 2 * LIMITS.review_threshold  # it has followed
    assert sum(ruling.decision is not Decision.APPROVE for ruling in rulings) == BURST
    assert shop.review_threshold == pytest.approx(before, rel=0.05)


@pytest.mark.parametrize("bursts_at_h", [(0.0, 12.0), (0.0, 2.0), (3.95, 10.0)])
def test_two_bursts_a_day_move_it_no_more(bursts_at_h: tuple[float, float]) -> None:
    """Also where each lies across the border of two hours."""
    shop = settled(3_000, may_block=False)
    before, begun_s = shop.review_threshold, shop.clock.now_s

    for at_h in bursts_at_h:
        shop.sell((begun_s + at_h * 3600 - shop.clock.now_s) / 86_400)
        assert all(ruling.decision is Decision.REVIEW for ruling in shop.suffer(BURST, seconds=600))
    shop.sell(1)

    assert shop.review_threshold == pytest.approx(before, rel=0.05)


def test_a_burst_at_a_small_shop_leaves_the_models_own_threshold() -> None:
    """Before there are 1,000 payments without it, a burst is no measure of what is usual."""
    shop = Shop(per_day=300)
    shop.sell(2.5)

    shop.suffer(5_000, seconds=600)
    shop.sell(0.5)

    assert shop.review_threshold == LIMITS.review_threshold


@pytest.mark.parametrize("per_day", RATES[1:])
def test_a_model_that_does_not_fit_sends_two_in_a_hundred_to_people(per_day: float) -> None:
    """Not the 17 that its own threshold would."""
    shop = settled(per_day, may_block=False)

    decisions = shop.sell(1)

    assert decisions[Decision.BLOCK] == 0
    assert 0.018 < decisions[Decision.REVIEW] / sum(decisions.values()) < 0.025


def test_what_would_be_blocked_follows_and_is_capped() -> None:
    """At most two in a thousand: the rest of it is for people, and says why."""
    shop = settled(10_000, may_block=True)

    rulings = shop.suffer(BURST, seconds=600)

    blocked = [ruling for ruling in rulings if ruling.decision is Decision.BLOCK]
    capped = [ruling.budget for ruling in rulings if ruling.decision is Decision.REVIEW]
    assert 0 < len(blocked) <= 20
    assert {(budget.name, budget.model_decision) for budget in capped if budget} == {
        (BudgetName.DECLINE_CAP, Decision.BLOCK)
    }
    assert all(budget is not None for budget in capped)


def test_the_same_score_many_times_is_reviewed_not_approved() -> None:
    """A threshold lies at such a score, and never above it."""
    slots = [(n, Slot({to_bin(0.01): 80, to_bin(0.7): 20}, payments=100)) for n in range(100)]

    assert target_bin(slots, lowest=to_bin(0.08)) == to_bin(0.7)


def test_scores_of_a_bin_are_at_or_above_its_edge() -> None:
    """So what lies in the threshold's own bin is reviewed."""
    for n in range(1, 10_000):
        score = n / 10_000
        assert score >= to_score(to_bin(score) / 64)


def test_memory_and_disk_hold_a_bounded_number_of_models() -> None:
    """A brain that names another version each time fills nothing."""
    shop = Shop(per_day=1_000)
    for version in range(100):
        shop.version = str(version)
        shop.pay(0.5)

    assert [key[1] for key in shop.budgets.models] == ["96", "97", "98", "99"]


def test_two_versions_of_a_rollout_keep_their_own_thresholds() -> None:
    """A new model starts at its own; the old one's stays, and a blind verdict has that of the one heard last."""
    shop = settled(10_000, may_block=False)
    before = shop.review_threshold

    shop.version = "2"
    shop.clock.now_s += 1
    shop.pay(0.01)

    assert shop.review_threshold == LIMITS.review_threshold
    assert shop.budgets.thresholds(None) == shop.budgets.thresholds(shop.score(0.5))
    shop.version = "1"
    assert shop.review_threshold == before


def test_a_model_trained_on_own_labels_keeps_its_own_thresholds() -> None:
    """Whatever the traffic."""
    shop = Shop(replace(LIMITS, own_labels=True), per_day=10_000)
    shop.sell(3)

    assert shop.review_threshold == LIMITS.review_threshold


def test_before_any_model_was_heard_there_is_no_threshold() -> None:
    """And a brain from before there were limits tells none."""
    budgets = Budgets(lambda: 0.0)
    score = Shop(per_day=1).score(0.99)

    assert budgets.thresholds(None) is None
    assert budgets.thresholds(structs.replace(score, limits=None)) is None
    ruling = budgets.rule(structs.replace(score, limits=None))
    assert (ruling.decision, ruling.budget and ruling.budget.name) == (Decision.REVIEW, BudgetName.MAY_BLOCK)


def test_a_word_of_the_model_about_itself_counts_at_once() -> None:
    """Blocks may be switched on, or own labels come in, without another version: its threshold starts from there."""
    shop = settled(10_000, may_block=False)
    assert shop.pay(0.99).decision is Decision.REVIEW

    shop.limits = replace(LIMITS, may_block=True)
    assert shop.pay(0.99).decision is Decision.BLOCK

    shop.limits = replace(LIMITS, own_labels=True)
    assert shop.pay(0.1).decision is Decision.REVIEW
