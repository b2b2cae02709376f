"""
Why there is no score. None of these reaches a caller: it becomes a blind verdict.

    ScorerFailure
    ├── CircuitRefused
    ├── ScorerTimedOut
    ├── ScorerUnavailable
    ├── ScorerInvalidResponse
    │   └── ScorerRefusedRequest    the brain is well: no failure to the circuit
    └── ScorerOverloaded            more is asked than can be answered: neither success nor failure to the circuit
        └── GatewayOverloaded       of this gateway: its queue is full, or the brain is behind with what it sent
"""

from typing import ClassVar

from gateway.domain import BlindReason
from gateway.kit.circuit import ErrorKinds


class ScorerFailure(Exception):
    """There is no score. The class says why, in the words of the blind policy."""

    reason: ClassVar[BlindReason]
    is_refusal: ClassVar[bool] = False  # the scorer is well and will not score this very transaction


class CircuitRefused(ScorerFailure):
    """The circuit is open, or half-open with its one trial under way."""

    reason = BlindReason.CIRCUIT_OPEN


class ScorerTimedOut(ScorerFailure):
    """No attempt was answered within the budget."""

    reason = BlindReason.SCORER_TIMEOUT


class ScorerUnavailable(ScorerFailure):
    """Refused connection, broken stream or an internal error of the brain."""

    reason = BlindReason.SCORER_UNAVAILABLE


class ScorerInvalidResponse(ScorerFailure):
    """An answer that cannot be true: NaN, outside 0..1, or about another transaction."""

    reason = BlindReason.SCORER_INVALID_RESPONSE


class ScorerRefusedRequest(ScorerInvalidResponse):
    """The brain is well and says that it cannot score this transaction."""

    is_refusal = True


class ScorerOverloaded(ScorerFailure):
    """The brain is well, and has more to do than it can do in time."""

    reason = BlindReason.OVERLOADED


class GatewayOverloaded(ScorerOverloaded):
    """This gateway sends the brain more than it can score in time, or stood still itself."""


SCORER_ERRORS = ErrorKinds(
    refusal=CircuitRefused, excluded=(ScorerRefusedRequest,), neutral=(ScorerOverloaded,)
)  # one event is one transaction, whatever its attempts met
