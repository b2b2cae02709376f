"""A machine whose clock is set wrong keeps the threshold that it had: the ledger's clock goes on, read or not."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.domain import Decision
from gateway.features.budgets import snapshot
from gateway.kit.clock import LedgerClock
from gateway.verdict.budgets.service import Budgets
from tests.payments_scored import DAY_S, LIMITS, Shop


class Machine:
    """It has read the ledger's time; its own clock is ahead of that by `ahead_s`."""

    def __init__(self) -> None:
        self.ahead_s = 0.0
        self.shop = Shop(replace(LIMITS, may_block=True), per_day=10_000)
        self.restart()
        self.read()

    def restart(self) -> None:
        """It knows nothing, and has not read the time."""
        self.clock = LedgerClock(lambda: self.shop.clock.now_s + self.ahead_s, self.shop.clock)
        self.shop.budgets = Budgets(self.clock.best_s)

    def read(self) -> None:
        """The ledger says what time it is."""
        self.clock.update(datetime.fromtimestamp(self.shop.clock.now_s, UTC), asked_s=self.shop.clock.now_s)


@pytest.mark.parametrize("days", [2, 61, -2])
def test_a_clock_that_is_set_wrong_moves_no_threshold(days: int) -> None:
    """Two days ahead it would be at its target at once, and 61 days ahead everything that was counted forgotten."""
    machine = Machine()
    shop = machine.shop
    shop.sell(0.4)
    before = shop.review_threshold
    assert before > 1.2 * LIMITS.review_threshold  # on its way up

    machine.ahead_s = days * DAY_S
    assert shop.review_threshold == pytest.approx(before, rel=1e-6)
    assert shop.pay(1.2 * before).decision is Decision.REVIEW
    shop.sell(0.01)
    machine.ahead_s = 0.0
    shop.sell(0.01)

    assert shop.review_threshold == pytest.approx(before, rel=0.05)


def test_a_machine_that_starts_with_a_wrong_clock_is_right_once_it_has_heard_the_time(tmp_path: Path) -> None:
    """What its file says is taken for a way that has gone on for two days: only until then."""
    machine = Machine()
    shop, path = machine.shop, tmp_path / "budgets-0.json"
    shop.sell(0.4)
    before = shop.review_threshold
    snapshot.write(path, snapshot.encode(shop.budgets))

    machine.ahead_s = 2 * DAY_S
    machine.restart()
    snapshot.read(path, shop.budgets)
    assert shop.review_threshold > 2 * before

    machine.read()

    assert shop.review_threshold == pytest.approx(before, rel=0.05)
