"""The circuit agrees with a reference model under every order of calls, outcomes and time."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.kit.circuit import Circuit, Permit
from gateway.scoring.errors import SCORER_ERRORS, CircuitRefused, ScorerUnavailable

FAIL_MAX = 3
RESET_S = 30.0


class CircuitAgainstModel(RuleBasedStateMachine):
    """The model is the diagram, written down without pybreaker."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self.circuit = Circuit(SCORER_ERRORS, fail_max=FAIL_MAX, reset_s=RESET_S, clock=lambda: self.now_s)
        self.state, self.failures, self.period = "closed", 0, 0
        self.opened_at_s, self.trial_is_out = 0.0, False
        self.calls: list[tuple[Permit, int]] = []

    def _move(self, state: str) -> None:
        self.state, self.period, self.trial_is_out = state, self.period + 1, False
        if state == "open":
            self.opened_at_s = self.now_s
        if state == "closed":
            self.failures = 0

    @rule()
    def begin(self) -> None:
        """Somebody wants to call."""
        if self.state == "open" and self.now_s >= self.opened_at_s + RESET_S:
            self._move("half-open")
        expected = self.state == "closed" or (self.state == "half-open" and not self.trial_is_out)
        try:
            permit = self.circuit.admit()
        except CircuitRefused:
            assert not expected
            return
        assert expected
        self.trial_is_out = self.state == "half-open"
        self.calls.append((permit, self.period))

    @precondition(lambda self: self.calls)
    @rule(data=st.data(), outcome=st.sampled_from(["succeeded", "failed", "abandoned"]))
    def finish(self, data: st.DataObject, outcome: str) -> None:
        """Some call ends: not the oldest one first."""
        permit, period = self.calls.pop(data.draw(st.integers(0, len(self.calls) - 1)))
        if outcome == "failed":
            permit.failed(ScorerUnavailable("down"))
        elif outcome == "succeeded":
            permit.succeeded()
        else:
            permit.abandoned()
        if period == self.period:
            self._expect(outcome)

    def _expect(self, outcome: str) -> None:
        self.trial_is_out = False
        if outcome == "succeeded":
            self.failures = 0
            if self.state == "half-open":
                self._move("closed")
        elif outcome == "failed":
            self.failures += 1
            if self.state == "half-open" or self.failures >= FAIL_MAX:
                self._move("open")

    @rule(passed_s=st.sampled_from([0.5, 29.5, 30.0]))
    def wait(self, passed_s: float) -> None:
        """Time passes."""
        self.now_s += passed_s

    @invariant()
    def agrees(self) -> None:
        """At every moment."""
        assert self.circuit.state == self.state == self.circuit._breaker.current_state
        if self.state == "closed":
            assert self.circuit.failures == self.failures


CircuitAgainstModel.TestCase.settings = settings(max_examples=200, stateful_step_count=60)
TestCircuitAgainstModel = CircuitAgainstModel.TestCase
