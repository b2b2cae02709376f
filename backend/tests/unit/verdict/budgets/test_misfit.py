"""A model that would block more than it may is told of once an episode, and what it may not block a person sees."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from gateway.alerting import AlertKind
from gateway.domain import Budget, BudgetName, Decision
from gateway.features.budgets import snapshot
from gateway.features.budgets.snapshot import from_beats, to_beat
from gateway.verdict.budgets.misfit import MisfitAlarm
from gateway.verdict.budgets.service import Budgets
from tests.payments_scored import DAY_S, LIMITS, Shop

PROMOTED = replace(LIMITS, may_block=True, own_labels=True)


class Watched:
    """A shop, and the alerts that its gateway raises."""

    def __init__(self, *, per_day: float = 1_000) -> None:
        self.shop = Shop(PROMOTED, per_day=per_day)
        self.raised: list[tuple[str, str, Mapping[str, Any]]] = []
        self.watch()

    def watch(self) -> None:
        """From now on, as a process that has just started does."""
        self._alarm = MisfitAlarm(
            self.shop.budgets,
            lambda *alert: self.raised.append(alert),
            instance="here",
            now_s=lambda: self.shop.clock.now_s,
        )

    def pay(self, *scores: float) -> list[Decision]:
        """What becomes of payments with these scores."""
        decisions = []
        for score in scores:
            decisions.append(self.shop.pay(score).decision)
            self._alarm.look()
        return decisions

    @property
    def keys(self) -> list[str]:
        """Of the alerts: one key is one alert, whoever raises it."""
        assert {kind for kind, _, _ in self.raised} <= {AlertKind.MODEL_MISFIT}
        return [key for _, key, _ in self.raised]


def test_one_alert_says_that_model_and_traffic_do_not_fit() -> None:
    """With its figures; another one only after half of the cap was free again."""
    watched = Watched()

    assert watched.pay(*[0.99] * 5) == [Decision.BLOCK] * 5
    assert watched.raised == []
    assert watched.pay(*[0.99] * 3) == [Decision.REVIEW] * 3

    ((kind, key, data),) = watched.raised
    assert (kind, key) == (AlertKind.MODEL_MISFIT, "gbdt/1/2027-01-15")
    assert data["model"] == {"name": "gbdt", "version": "1"}
    assert (data["blocked"], data["allowed"], data["payments"]) == (5, 5, 6)
    assert (data["block_threshold"], data["block_threshold_own"]) == (0.45, 0.45)

    watched.shop.clock.now_s += DAY_S
    for _ in range(10_000):
        watched.shop.budgets.cap.payments += 1
    watched.pay(0.01, *[0.99] * 100)
    assert watched.keys == ["gbdt/1/2027-01-15", "gbdt/1/2027-01-16"]


def test_a_restart_on_another_day_and_a_second_gateway_go_on_with_the_same_alert(tmp_path: Path) -> None:
    """An episode of a fleet that lasts for days is told once."""
    first, second = Watched(), Watched()
    first.pay(*[0.99] * 7)

    first.shop.clock.now_s += DAY_S
    snapshot.write(tmp_path / "kept", snapshot.encode(first.shop.budgets))
    first.shop.budgets = Budgets(first.shop.clock)
    snapshot.read(tmp_path / "kept", first.shop.budgets)
    first.watch()
    first.pay(*[0.99] * 7)
    second.shop.clock.now_s = first.shop.clock.now_s
    second.shop.budgets.receive(*from_beats([to_beat(first.shop.budgets)]))
    second.pay(*[0.99] * 7)

    assert first.keys == ["gbdt/1/2027-01-15"] == second.keys


def test_another_model_that_does_not_fit_either_has_an_alert_of_its_own() -> None:
    """Whoever rolls a model back, or promotes another, hears of that one."""
    watched = Watched()
    watched.pay(*[0.99] * 7)

    watched.shop.version = "2"
    watched.pay(*[0.99] * 7)

    assert watched.keys == ["gbdt/1/2027-01-15", "gbdt/2/2027-01-15"]


def test_a_promoted_model_that_fits_no_longer_blocks_two_in_a_thousand() -> None:
    """From one day to the next it calls every payment fraud: of 20,000, nearly all genuine, people see the rest."""
    watched = Watched(per_day=20_000)
    watched.shop.budgets.cap.payments = 10_000  # it fitted so far

    decisions = watched.pay(*[0.99] * 20_000)

    assert (decisions.count(Decision.BLOCK), decisions.count(Decision.APPROVE)) == (40, 0)
    assert len(watched.raised) == 1


def test_an_attack_for_days_turns_into_no_approval() -> None:
    """Nine payments of ten are fraud for three days: the thresholds of a promoted model do not follow the traffic."""
    watched = Watched(per_day=5_000)
    watched.shop.sell(1)

    rulings = [ruling for _ in range(36) for ruling in watched.shop.suffer(2_000, seconds=7_200)]

    assert {ruling.decision for ruling in rulings} == {Decision.BLOCK, Decision.REVIEW}
    assert {ruling.budget for ruling in rulings} == {None, Budget(BudgetName.DECLINE_CAP, Decision.BLOCK)}
