"""The status keeps beginnings, does not flicker, and never says more than is known."""

from datetime import timedelta

import pytest

from gateway.features.health.conditions import Facts, LackFacts
from gateway.features.health.service import StatusBoard
from gateway.kit.circuit import CircuitState
from gateway.scoring.monitor import Lack
from tests.clock import Clock
from tests.unit.features.health.facts import NOON, WHOLE, facts, injecting, short


class Gateway:
    """Facts that change when told."""

    def __init__(self, clock: Clock) -> None:
        self.facts: Facts = facts()
        now = lambda: NOON + timedelta(seconds=clock.now_s - 1000.0)  # noqa: E731
        self.board = StatusBoard(lambda: self.facts, now_s=clock, now=now)


@pytest.fixture
def gateway(clock: Clock) -> Gateway:
    """One that is well."""
    return Gateway(clock)


@pytest.mark.parametrize(
    ("unscored", "degraded", "summary"),
    [
        (WHOLE, WHOLE, "All 442 verdicts of the last minute were scored, with history."),
        (LackFacts(Lack(0, 0, None)), LackFacts(Lack(0, 0, None)), "No payment came in the last minute."),
        (
            LackFacts(Lack(1, 442, NOON)),
            LackFacts(Lack(3, 441, NOON)),
            "Of 442 verdicts of the last minute 1 had no score and 3 were scored without history.",
        ),
    ],
)
def test_what_is_well_says_how_much_it_rests_on(
    gateway: Gateway, unscored: LackFacts, degraded: LackFacts, summary: str
) -> None:
    """Never "every request": a few that lacked something are told, and so is that nobody asked."""
    gateway.facts = facts(unscored=unscored, degraded=degraded)

    status = gateway.board.current()

    assert (status.word, status.summary) == ("healthy", f"No fault is known. {summary}")


def test_a_condition_keeps_its_beginning_and_tells_new_figures(gateway: Gateway, clock: Clock) -> None:
    """Since when it was first seen, with the numbers of now."""
    gateway.facts = facts(pending=2, oldest_pending_s=6.0)
    gateway.board.current()
    clock.now_s += 10
    gateway.facts = facts(pending=9, oldest_pending_s=16.0)

    (condition,) = gateway.board.current().conditions

    assert (condition.since, condition.figures["pending"]) == (NOON, 9)


def test_a_beginning_that_is_known_is_told(gateway: Gateway, clock: Clock) -> None:
    """The first verdict that lacked history, however late anybody asked."""
    clock.now_s += 100
    gateway.facts = facts(degraded=short(40))

    (condition,) = gateway.board.current().conditions

    assert condition.since == NOON


def test_what_is_gone_for_a_moment_is_not_over(gateway: Gateway, clock: Clock) -> None:
    """A trial of the circuit, or a heartbeat that was late, does not make the page flicker."""
    gateway.facts = facts(circuit=CircuitState.OPEN)
    gateway.board.current()
    gateway.facts = facts()
    clock.now_s += 0.9
    assert gateway.board.current().word == "degraded"
    gateway.facts = facts(circuit=CircuitState.OPEN)
    clock.now_s += 0.9

    (condition,) = gateway.board.current().conditions

    assert condition.since == NOON
    gateway.facts = facts()
    clock.now_s += 1.1
    assert gateway.board.current().word == "healthy"


def test_a_notice_is_not_well(gateway: Gateway) -> None:
    """The demo's faults cost nothing, and still nothing says that all is well."""
    gateway.facts = facts(faults=injecting(latency_rate=0.1))

    status = gateway.board.current()

    assert status.word == "degraded"
    assert status.summary == (
        "Faults are injected on purpose: 10 % of the attempts to score take 2 s longer. "
        "Other attempts overtake the slow ones."
    )


def test_the_summary_begins_with_the_worst(gateway: Gateway, clock: Clock) -> None:
    """Also where the notice was there first."""
    gateway.facts = facts(faults=injecting(latency_rate=0.1))
    gateway.board.current()
    clock.now_s += 1
    gateway.facts = facts(faults=injecting(latency_rate=0.1), ledger_is_up=False)

    assert gateway.board.current().summary.startswith("MongoDB does not answer")
    gateway.facts = facts(faults=injecting(latency_rate=0.1), ledger_is_up=False, degraded=short(40))
    codes = [condition.code.value for condition in gateway.board.current().conditions]
    assert codes == ["DEGRADED_VERDICTS", "LEDGER_DOWN", "INJECTED_FAULTS"]
