"""An open circuit is tried out by the gateway itself, at the right time and once."""

import pytest

from gateway.kit.circuit import Circuit, CircuitState
from gateway.scoring.canary.trial import Trial
from gateway.scoring.errors import SCORER_ERRORS, CircuitRefused, ScorerUnavailable
from tests.clock import Clock

RESET_S = 30.0


class Bench:
    """A circuit, and a brain that may be there."""

    def __init__(self, clock: Clock) -> None:
        self.circuit = Circuit(SCORER_ERRORS, fail_max=1, reset_s=RESET_S, clock=clock)
        self.is_reachable = True
        self.is_healthy = True
        self.tried: list[str] = []
        self.trial = Trial(self.circuit, is_reachable=lambda: self.is_reachable, try_canary=self.try_canary)

    def open(self) -> None:
        """One failure is enough."""
        self.circuit.admit().failed(ScorerUnavailable("gone"))

    async def try_canary(self) -> None:
        """As the canary does."""
        self.tried.append("canary")
        self._call()
        if not self.is_healthy:
            raise ScorerUnavailable("gone")

    def _call(self) -> None:
        permit = self.circuit.admit()
        if self.is_healthy:
            permit.succeeded()
        else:
            permit.failed(ScorerUnavailable("gone"))


@pytest.fixture
def bench(clock: Clock) -> Bench:
    """All is well."""
    return Bench(clock)


async def test_nothing_is_tried_before_its_time(bench: Bench, clock: Clock) -> None:
    """Neither while closed, nor before the reset time has passed."""
    assert not await bench.trial.look()
    bench.open()
    clock.now_s += RESET_S - 0.1

    assert not await bench.trial.look()
    assert bench.tried == []


async def test_a_canary_is_the_trial(bench: Bench, clock: Clock) -> None:
    """It closes the circuit: nobody had to pay for it, and neither ledger nor worker has to be there."""
    bench.open()
    clock.now_s += RESET_S

    assert await bench.trial.look()

    assert bench.tried == ["canary"]
    assert bench.circuit.state is CircuitState.CLOSED


async def test_a_failed_trial_waits_for_the_next_reset(bench: Bench, clock: Clock) -> None:
    """And is not repeated four times a second."""
    bench.is_healthy = False
    bench.open()
    clock.now_s += RESET_S
    await bench.trial.look()

    again = [await bench.trial.look() for _ in range(4)]

    assert bench.tried == ["canary"]
    assert again == [False] * 4
    assert bench.circuit.state is CircuitState.OPEN


async def test_no_trial_is_wasted_on_a_dead_socket(bench: Bench, clock: Clock) -> None:
    """It would fail and cost another reset time; the moment that the brain is back it is made."""
    bench.is_reachable = False
    bench.open()
    clock.now_s += 10 * RESET_S
    assert not await bench.trial.look()

    bench.is_reachable = True

    assert await bench.trial.look()
    assert bench.circuit.state is CircuitState.CLOSED


async def test_a_customer_who_is_the_trial_is_left_alone(bench: Bench, clock: Clock) -> None:
    """One trial at a time, whoever makes it; one that was given up leaves its place."""
    bench.open()
    clock.now_s += RESET_S
    customer = bench.circuit.admit()
    assert not await bench.trial.look()
    with pytest.raises(CircuitRefused):
        bench.circuit.admit()

    customer.abandoned()

    assert await bench.trial.look()
    assert bench.circuit.state is CircuitState.CLOSED
