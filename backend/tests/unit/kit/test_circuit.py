"""The circuit admits, records and recovers as its diagram says, whatever order outcomes come in."""

import pytest

from gateway.kit.circuit import Circuit, CircuitState, ErrorKinds, Permit, Transition
from gateway.scoring.errors import (
    SCORER_ERRORS,
    CircuitRefused,
    GatewayOverloaded,
    ScorerOverloaded,
    ScorerRefusedRequest,
    ScorerUnavailable,
)
from tests.clock import Clock

RESET_S = 30.0
DOWN = ScorerUnavailable("down")


@pytest.fixture
def changes() -> list[Transition]:
    """What the circuit's listener was told."""
    return []


@pytest.fixture
def circuit(clock: Clock, changes: list[Transition]) -> Circuit:
    """Three failures open it; 30 s until a trial."""
    return Circuit(SCORER_ERRORS, fail_max=3, reset_s=RESET_S, listeners=[changes.append], clock=clock)


def trip(circuit: Circuit) -> None:
    """Three failures in a row."""
    for _ in range(3):
        circuit.admit().failed(DOWN)


def test_three_failures_in_a_row_open_it(circuit: Circuit) -> None:
    """Open means that the next call is refused, and status can say for how long."""
    trip(circuit)

    assert circuit.state is CircuitState.OPEN
    assert circuit.retry_after_s == RESET_S
    with pytest.raises(CircuitRefused):
        circuit.admit()


def test_a_success_between_failures_starts_the_count_again(circuit: Circuit) -> None:
    """Consecutive means consecutive."""
    for _ in range(5):
        circuit.admit().failed(DOWN)
        circuit.admit().failed(DOWN)
        circuit.admit().succeeded()

    assert circuit.state is CircuitState.CLOSED


def test_twenty_in_flight_failures_are_one_opening(circuit: Circuit, changes: list[Transition]) -> None:
    """pybreaker alone announced eighteen."""
    permits = [circuit.admit() for _ in range(20)]

    for permit in permits:
        permit.failed(DOWN)

    assert [(change.old, change.new) for change in changes] == [(CircuitState.CLOSED, CircuitState.OPEN)]


def test_late_failures_do_not_prolong_the_opening(circuit: Circuit, clock: Clock) -> None:
    """The time to the trial counts from the opening, not from the last straggler."""
    straggler = circuit.admit()
    trip(circuit)
    clock.now_s += 20

    straggler.failed(DOWN)

    assert circuit.retry_after_s == pytest.approx(10.0)


def test_half_open_admits_exactly_one_of_two_hundred(circuit: Circuit, clock: Clock) -> None:
    """A recovering scorer meets one trial, not everybody who waited."""
    trip(circuit)
    clock.now_s += RESET_S

    admitted = [permit for permit in (try_to_enter(circuit) for _ in range(200)) if permit]

    assert len(admitted) == 1
    assert circuit.state is CircuitState.HALF_OPEN


def test_a_successful_trial_closes_it(circuit: Circuit, clock: Clock) -> None:
    """And traffic flows again."""
    trip(circuit)
    clock.now_s += RESET_S

    circuit.admit().succeeded()

    assert circuit.state is CircuitState.CLOSED
    assert circuit.failures == 0
    assert try_to_enter(circuit)


def test_a_failed_trial_opens_it_for_another_full_period(circuit: Circuit, clock: Clock) -> None:
    """One failure is enough while half-open."""
    trip(circuit)
    clock.now_s += RESET_S

    circuit.admit().failed(DOWN)

    assert circuit.state is CircuitState.OPEN
    assert circuit.retry_after_s == RESET_S


def test_a_cancelled_trial_gives_its_place_to_the_next(circuit: Circuit, clock: Clock) -> None:
    """It neither closes the circuit nor leaves it half-open for ever."""
    trip(circuit)
    clock.now_s += RESET_S

    circuit.admit().abandoned()

    assert circuit.state is CircuitState.HALF_OPEN
    assert try_to_enter(circuit)


def test_cancelled_calls_count_as_nothing_while_closed(circuit: Circuit) -> None:
    """pybreaker alone opens after three of them."""
    for _ in range(10):
        circuit.admit().abandoned()

    assert (circuit.state, circuit.failures) == (CircuitState.CLOSED, 0)


def test_a_success_from_before_the_opening_cannot_close_it(circuit: Circuit, clock: Clock) -> None:
    """Only the trial of this half-open period decides."""
    before = circuit.admit()
    trip(circuit)
    clock.now_s += RESET_S
    circuit.admit()

    before.succeeded()

    assert circuit.state is CircuitState.HALF_OPEN


def test_a_failure_from_before_the_recovery_counts_nothing_afterwards(circuit: Circuit, clock: Clock) -> None:
    """A healthy scorer starts with a clean count."""
    before = circuit.admit()
    trip(circuit)
    clock.now_s += RESET_S
    circuit.admit().succeeded()

    before.failed(DOWN)

    assert circuit.failures == 0


def test_a_request_that_the_scorer_refuses_shows_that_it_is_well(circuit: Circuit, clock: Clock) -> None:
    """A caller's mistake never opens the circuit, and as a trial it closes it."""
    for _ in range(10):
        circuit.admit().failed(ScorerRefusedRequest("unknown currency"))
    assert circuit.state is CircuitState.CLOSED
    trip(circuit)
    clock.now_s += RESET_S

    circuit.admit().failed(ScorerRefusedRequest("unknown currency"))

    assert circuit.state is CircuitState.CLOSED


def test_our_own_full_queue_says_nothing_of_the_scorer(circuit: Circuit) -> None:
    """Overload of the gateway must not look like an outage of the brain."""
    for _ in range(10):
        circuit.admit().failed(GatewayOverloaded("full"))

    assert (circuit.state, circuit.failures) == (CircuitState.CLOSED, 0)


def test_a_brain_that_has_too_much_to_do_is_not_cut_off(circuit: Circuit) -> None:
    """It answers at once, and it is well: half a minute without any score would help nobody."""
    for _ in range(10):
        circuit.admit().failed(ScorerOverloaded("too many attempts wait for the model"))

    assert (circuit.state, circuit.failures) == (CircuitState.CLOSED, 0)


def test_a_listener_that_raises_does_not_keep_it_closed(clock: Clock) -> None:
    """pybreaker alone would never open: it stores the state after telling the listeners."""

    def broken(_change: Transition) -> None:
        raise RuntimeError("listener")

    circuit = Circuit(SCORER_ERRORS, fail_max=3, reset_s=RESET_S, listeners=[broken], clock=clock)

    trip(circuit)

    assert circuit.state is CircuitState.OPEN


def test_it_remembers_its_last_failure_and_its_changes(circuit: Circuit) -> None:
    """That is what an operator reads first."""
    trip(circuit)

    assert circuit.last_failure is not None
    assert circuit.last_failure.reason == "SCORER_UNAVAILABLE"
    assert [change.new for change in circuit.changes] == [CircuitState.OPEN]


def try_to_enter(circuit: Circuit) -> Permit | None:
    """A permit, or None when refused."""
    try:
        return circuit.admit()
    except CircuitRefused:
        return None


def test_what_counts_as_a_failure_is_for_the_neighbour_to_say(clock: Clock) -> None:
    """The same error opens one circuit, proves to another that all is well, and tells a third nothing."""
    kinds = [
        ErrorKinds(refusal=ConnectionError),
        ErrorKinds(refusal=ConnectionError, excluded=(KeyError,)),
        ErrorKinds(refusal=ConnectionError, neutral=(KeyError,)),
    ]
    opening, excluding, ignoring = (Circuit(errors, fail_max=2, reset_s=RESET_S, clock=clock) for errors in kinds)

    for circuit in (opening, excluding, ignoring):
        circuit.admit().failed(ValueError())
        circuit.admit().failed(KeyError())

    assert [opening.state, excluding.failures, ignoring.failures] == [CircuitState.OPEN, 0, 1]
    with pytest.raises(ConnectionError):
        opening.admit()
