"""The gate before history: three failures shut it, one trial a second, one success opens it."""

import pytest

from brain.history.gate import FAILURES_MAX, SHUT_S, ReadGate
from tests.clock import Clock


@pytest.fixture
def shut_gate(clock: Clock) -> ReadGate:
    """A gate that has just been shut."""
    gate = ReadGate(clock)
    for _ in range(FAILURES_MAX):
        gate.failed()
    return gate


def test_failures_in_a_row_shut_it(clock: Clock) -> None:
    """Only the third one does, and it alone is reported as the change."""
    gate = ReadGate(clock)

    changes = [gate.failed() for _ in range(4)]

    assert changes == [False, False, True, False]
    assert not gate.admits()


def test_a_success_between_failures_forgets_them(clock: Clock) -> None:
    """Two late reads, a good one, two late ones: still open, and nothing to report."""
    gate = ReadGate(clock)

    changes = [gate.failed(), gate.failed(), gate.succeeded(), gate.failed(), gate.failed()]

    assert not any(changes)
    assert gate.admits()


def test_after_a_second_one_trial_is_admitted(shut_gate: ReadGate, clock: Clock) -> None:
    """Not before; and a failed trial shuts it for another second."""
    clock.now_s += SHUT_S - 0.01
    assert not shut_gate.admits()

    clock.now_s += 0.01
    assert shut_gate.admits()
    assert not shut_gate.failed()

    assert not shut_gate.admits()


def test_a_good_trial_opens_it(shut_gate: ReadGate, clock: Clock) -> None:
    """The recovery is reported once."""
    clock.now_s += SHUT_S

    changes = [shut_gate.succeeded(), shut_gate.succeeded()]

    assert changes == [True, False]
    assert shut_gate.admits()
