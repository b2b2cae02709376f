"""A gateway hears the time from a real MongoDB."""

from datetime import timedelta
from time import monotonic, time

import pytest

from gateway.alerting import AlertKind
from gateway.features.alerts.alert import Alert
from gateway.features.alerts.delivery import Receiver, Signer
from gateway.features.fleet.service import Fleet
from gateway.features.traffic.service import Traffic
from gateway.kit import clock
from gateway.kit.circuit import Circuit
from gateway.ledger.service import Ledger
from gateway.scoring.errors import SCORER_ERRORS
from gateway.verdict.budgets.service import Budgets
from tests.stack import Stack
from tests.waiting import eventually
from tests.webhooks import SECRET, WebhookServer


async def test_a_machine_that_is_10_minutes_slow_knows_it_after_its_first_heartbeat(ledger: Ledger) -> None:
    """And the right time, whatever its own clock says."""
    known = clock.LedgerClock(lambda: time() - 600)
    fleet = Fleet(
        ledger.database,
        Circuit(SCORER_ERRORS, fail_max=3, reset_s=30),
        ledger.journal,
        list,
        traffic=Traffic(time, monotonic),
        budgets=Budgets(time),
        ledger_health=ledger.health,
        ledger_clock=known,
    )

    await fleet.start()
    await eventually(lambda: known.skew is not None)
    await fleet.close()

    assert known.skew is not None
    assert abs(known.skew + timedelta(minutes=10)) < timedelta(seconds=5)
    assert known.is_wrong
    assert abs(known.best() - clock.now()) < timedelta(seconds=5)


async def test_receivers_take_the_webhooks_of_a_machine_that_is_10_minutes_slow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They refuse what was signed more than 5 minutes ago: no alert of such a machine would ever come."""
    true_time, slow = clock.now(), clock.now() - timedelta(minutes=10)
    known = clock.LedgerClock(slow.timestamp)
    known.update(true_time, asked_s=monotonic())
    monkeypatch.setattr(clock, "now", lambda: slow)
    monkeypatch.setattr(clock, "LEDGER", known)

    with WebhookServer() as server:
        receiver = Receiver(server.url, Signer([SECRET]))
        await receiver.deliver(Alert("msg_1", AlertKind.SCORER_BLIND, "key", {}, slow))
        await receiver.close()

    assert [hook.is_genuine for hook in server.hooks] == [True]


def test_a_gateway_says_how_far_its_clock_is_from_mongodbs(stack: Stack) -> None:
    """Both are this machine's, so nothing is wrong."""
    told = stack.get("/health")["clock"]

    assert told["is_wrong"] is False
    assert abs(told["skew_ms"]) < 5000
