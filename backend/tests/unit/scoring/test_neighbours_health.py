"""Whether the brain and the ledger are healthy is said in one place each, from weak answers to strong ones."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from structlog.testing import capture_logs

from gateway.kit.circuit import Circuit
from gateway.ledger.health import LEDGER_ERRORS, LedgerHealth
from gateway.scoring.errors import SCORER_ERRORS, ScorerUnavailable
from gateway.scoring.health import ScorerHealth
from gateway.scoring.monitor import ScoreMonitor
from tests.clock import Clock


def answers(health: ScorerHealth) -> list[bool]:
    """From weak to strong."""
    return [health.is_reachable(), health.is_healthy(), health.is_proven(), health.is_steady()]


def test_each_answer_on_the_brain_needs_more_than_the_one_before(clock: Clock) -> None:
    """An open stream, a closed circuit, a canary that passed since; and customers who get their scores."""
    circuit = Circuit(SCORER_ERRORS, fail_max=1, reset_s=30, clock=clock)
    monitor = ScoreMonitor(blind_after_s=30.0, now_s=clock, now=lambda: datetime.now(UTC))
    brains = SimpleNamespace(is_reachable=True)
    health = ScorerHealth(circuit, brains, monitor)

    new = answers(health)
    monitor.canary_passed()
    passed = answers(health)
    monitor.suspected(True)
    suspected = answers(health)
    monitor.suspected(False)
    monitor.circuit_closed()
    back = answers(health)
    circuit.admit().failed(ScorerUnavailable("down"))
    open_ = answers(health)
    brains.is_reachable = False
    gone = answers(health)

    assert new == [True, True, False, True]
    assert passed == [True, True, True, True]
    assert suspected == back == new
    assert open_ == [True, False, False, False]
    assert gone == [False, False, False, False]


def test_a_closed_circuit_is_not_steady_while_customers_get_no_scores(clock: Clock) -> None:
    """One in twenty of the last minute is enough: an overloaded brain opens no circuit."""
    monitor = ScoreMonitor(blind_after_s=30.0, now_s=clock, now=lambda: datetime.now(UTC))
    circuit = Circuit(SCORER_ERRORS, fail_max=3, reset_s=30, clock=clock)
    health = ScorerHealth(circuit, SimpleNamespace(is_reachable=True), monitor)

    monitor.unscored(is_live=True)
    for _ in range(19):
        monitor.scored(is_live=True)
    at_a_twentieth = health.is_steady()
    monitor.scored(is_live=True)

    assert (at_a_twentieth, health.is_steady(), health.is_healthy()) == (False, True, True)


def test_the_ledger_is_up_by_its_heartbeat_and_well_by_its_writes() -> None:
    """Neither before it is prepared. Each change is logged once."""
    circuit = Circuit(LEDGER_ERRORS, fail_max=1, reset_s=1.0)
    health = LedgerHealth(circuit)
    unprepared = health.is_up(), health.is_healthy()
    health.is_ready.set()
    prepared = health.is_up(), health.is_healthy()

    with capture_logs() as logs:
        for is_answered in (True, False, False):
            health.answered(is_answered)
    silent = health.is_up(), health.is_healthy()
    circuit.admit().failed(TimeoutError())

    assert (unprepared, prepared, silent) == ((False, False), (True, True), (False, True))
    assert not health.is_healthy()
    assert [log["event"] for log in logs] == ["ledger.up", "ledger.down"]


def test_a_ledger_is_down_once_it_is_known_to_be() -> None:
    """While it is looked for, or its collections are made, nobody is alarmed; a heartbeat in vain is known at once."""
    health = LedgerHealth()
    began_at = health.changed_at

    new = health.is_down()
    health.changed_at = began_at - timedelta(seconds=6)
    never_found = health.is_down()
    health.answered(True)
    being_prepared = health.is_down()
    health.answered(False)
    silent = health.is_down()
    health.answered(True)
    health.is_ready.set()

    assert (new, never_found, being_prepared, silent, health.is_down()) == (False, True, False, True, False)
