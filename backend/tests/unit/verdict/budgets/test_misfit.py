"""A model that would block more than it may is told of once an episode."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gateway.alerting import AlertKind
from gateway.domain import Decision
from gateway.verdict.budgets.misfit import MisfitAlarm
from tests.payments_scored import LIMITS, Shop


def test_one_alert_says_that_model_and_traffic_do_not_fit() -> None:
    """With its figures; another one only after half of the cap was free again."""
    shop = Shop(replace(LIMITS, may_block=True), per_day=1_000)
    raised: list[tuple[str, str, Mapping[str, Any]]] = []
    alarm = MisfitAlarm(
        shop.budgets, lambda *alert: raised.append(alert), instance="here", now_s=lambda: shop.clock.now_s
    )

    blocked = [shop.pay(0.99).decision is Decision.BLOCK for _ in range(5)]
    alarm.look()
    assert (blocked, raised) == ([True] * 5, [])

    for _ in range(3):
        assert shop.pay(0.99).decision is Decision.REVIEW
        alarm.look()

    ((kind, key, data),) = raised
    assert (kind, key) == (AlertKind.MODEL_MISFIT, "gbdt/1/2027-01-15")
    assert data["model"] == {"name": "gbdt", "version": "1"}
    assert (data["blocked"], data["allowed"], data["payments"]) == (5, 5, 6)
    assert (data["block_threshold"], data["block_threshold_own"]) == (0.45, 0.45)

    for _ in range(10_000):
        shop.budgets.cap.count()
    alarm.look()
    for _ in range(100):
        shop.pay(0.99)
    alarm.look()
    assert [alert[0] for alert in raised] == [AlertKind.MODEL_MISFIT] * 2
