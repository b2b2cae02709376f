"""
A circuit to a neighbour: an unmodified pybreaker, made right for asyncio.

         fail_max failures in a row             after reset_s, on the next call
  closed ──────────────────────────> open ───────────────────────────────> half-open
    ^                                  ^                                     │    │
    │                                  └──────────── the trial fails ────────┘    │
    └───────────────────────────────── the trial succeeds ────────────────────────┘

pybreaker guards synchronous calls: around a coroutine it counts the creation as the success, and lets any
number of trials through while half-open. So a call is admitted here, awaited outside, and its outcome is
replayed into pybreaker synchronously. Four rules make that correct:

  1. Every change of state begins an epoch; an outcome from an earlier epoch is ignored.
  2. Half-open admits exactly one call; whoever is refused is refused at once.
  3. A cancelled call says nothing about the neighbour: it only gives its place back.
  4. Listeners cannot break the circuit: pybreaker would never open if one raised.

While it is closed and nothing failed, a call costs .2 us instead of 2.3: all calls of an epoch share one permit, and a
success that would change nothing is not replayed. For one event loop: nothing here awaits, so nothing needs a lock.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from time import monotonic
from typing import Any

import pybreaker
import structlog

_log = structlog.get_logger()
_CHANGES_KEPT_MAX = 50


class CircuitState(StrEnum):
    """In pybreaker's words."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of state, as listeners get it."""

    old: CircuitState
    new: CircuitState
    failures: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Failure:
    """The last failure that the circuit counted."""

    reason: str
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ErrorKinds:
    """
    What the errors of one neighbour mean to its circuit. All others count as failures.

    Attributes:
        refusal: Raised instead of a call while the circuit is open.
        excluded: Prove that the neighbour is well: count as successes.
        neutral: Say nothing of the neighbour: count as neither.
    """

    refusal: type[Exception]
    excluded: tuple[type[Exception], ...] = ()
    neutral: tuple[type[Exception], ...] = ()


Listener = Callable[[Transition], None]


class Permit:
    """
    Leave to make one call. Say what became of it exactly once; saying nothing holds a trial's place.

    It is nothing but an epoch, so all calls of one epoch share it.
    """

    __slots__ = ("_circuit", "_epoch")

    def __init__(self, circuit: "Circuit", epoch: int) -> None:
        self._circuit = circuit
        self._epoch = epoch

    def succeeded(self) -> None:
        """Count an answer of the neighbour."""
        if not self._circuit._is_clean:
            self._circuit._record(self._epoch, None)

    def failed(self, error: Exception) -> None:
        """Count no answer, or no plausible one. A `neutral` error is no fault of the neighbour."""
        if isinstance(error, self._circuit.errors.neutral):
            self.abandoned()
        else:
            self._circuit._record(self._epoch, error)

    def abandoned(self) -> None:
        """Nobody waits for the outcome any more: it counts as neither."""
        self._circuit._release(self._epoch)


class Circuit(pybreaker.CircuitBreakerListener):
    """
    Opens after fail_max failures in a row, admits one trial reset_s later, closes when that succeeds.

    Args:
        errors: Which errors of the neighbour count as failures.
        fail_max: Consecutive failures that open it.
        reset_s: Seconds from opening to the first trial, on a clock that does not jump.
        listeners: Called with each Transition after it happened; what they raise is logged.
        clock: Seconds that only go forward; tests bring their own.
    """

    def __init__(
        self,
        errors: ErrorKinds,
        *,
        fail_max: int,
        reset_s: float,
        listeners: Sequence[Listener] = (),
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.errors = errors
        self.fail_max = fail_max
        self.reset_s = reset_s
        self.changes: deque[Transition] = deque(maxlen=_CHANGES_KEPT_MAX)
        self.last_failure: Failure | None = None
        self._listeners = list(listeners)
        self._clock = clock
        self._state = CircuitState.CLOSED
        self._is_clean = True  # closed, and no failures to forget: a success changes nothing
        self._epoch = 0
        self._permit = Permit(self, self._epoch)
        self._opened_at_s = 0.0
        self._trial_is_out = False
        self._breaker = pybreaker.CircuitBreaker(
            fail_max=fail_max,
            reset_timeout=reset_s,
            success_threshold=1,
            exclude=list(errors.excluded),
            throw_new_error_on_trip=False,
            listeners=[self],
        )

    @property
    def state(self) -> CircuitState:
        """As of the last call: an open circuit turns half-open only when a call comes."""
        return self._state

    @property
    def failures(self) -> int:
        """Failures in a row so far."""
        return int(self._breaker.fail_counter)

    @property
    def retry_after_s(self) -> float:
        """Seconds until a trial may be made; 0 unless open."""
        if self.state is not CircuitState.OPEN:
            return 0.0
        return max(0.0, self._opened_at_s + self.reset_s - self._clock())

    @property
    def is_trial_due(self) -> bool:
        """Whether the next call would be the trial."""
        return self.state is not CircuitState.CLOSED and self.retry_after_s == 0 and not self._trial_is_out

    def listen(self, listener: Listener) -> None:
        """Add a listener: one that itself needs the circuit."""
        self._listeners.append(listener)

    def admit(self) -> Permit:
        """
        Ask leave to make one call.

        Raises:
            Exception: the `refusal` of its errors: open and not yet time for a trial, or a trial is already out.
        """
        if self._state is CircuitState.CLOSED:
            return self._permit
        if self._state is CircuitState.OPEN:
            if self.retry_after_s > 0:
                raise self.errors.refusal("the circuit is open")
            self._breaker.half_open()
        if self._trial_is_out:
            raise self.errors.refusal("the circuit is half-open and its trial is under way")
        self._trial_is_out = True
        return self._permit

    def state_change(self, cb: Any, old: Any, new: Any) -> None:
        """pybreaker's hook. It runs before pybreaker has stored the new state, and must not raise."""
        if old is None or old.name == new.name:
            return
        self._state = CircuitState(new.name)
        self._epoch += 1
        self._permit = Permit(self, self._epoch)
        self._trial_is_out = False
        if self._state is CircuitState.OPEN:
            self._opened_at_s = self._clock()
        change = Transition(CircuitState(old.name), self._state, int(cb.fail_counter), datetime.now(UTC))
        self.changes.append(change)
        for listener in self._listeners:
            try:
                listener(change)
            except Exception:
                _log.exception("circuit.listener_failed")

    def _record(self, epoch: int, error: Exception | None) -> None:
        if epoch != self._epoch:
            return
        self._trial_is_out = False
        if error is not None and not isinstance(error, self.errors.excluded):
            reason = getattr(error, "reason", type(error).__name__)
            self.last_failure = Failure(str(reason), str(error), datetime.now(UTC))
        try:
            self._breaker.call(_replay, error)
        except Exception as raised:
            if raised is not error:
                raise
        self._is_clean = self._state is CircuitState.CLOSED and self.failures == 0

    def _release(self, epoch: int) -> None:
        if epoch == self._epoch:
            self._trial_is_out = False


def _replay(error: Exception | None) -> None:
    if error is not None:
        raise error
