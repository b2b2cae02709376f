"""
Reads the canaries of a model: two made-up payments and the range in which the score of each must be.

Training makes them and the gateway asks them. Neither has a history or a clock of its own (`brain.history.rows`), so
that the score is the same at any hour, whether the memory is empty, full or could not be read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from brain.wire import CURRENCIES, MINOR_UNITS_MAX
from protos import fraud_pb2


@dataclass(frozen=True, slots=True)
class Canary:
    """
    One canary of a model.

    Attributes:
        minor_units, currency: Its amount.
        score_min, score_max: The range of its risk score, 0..1.
    """

    minor_units: int
    currency: str
    score_min: float
    score_max: float

    @classmethod
    def read(cls, stored: Any) -> Self:
        """
        Read a canary from the metadata.

        Raises:
            ValueError, LookupError, TypeError: it is not valid.
        """
        minor_units, currency = stored["minor_units"], stored["currency"]
        score_min, score_max = float(stored["score_min"]), float(stored["score_max"])
        if type(minor_units) is not int or not 0 < minor_units <= MINOR_UNITS_MAX or currency not in CURRENCIES:
            raise ValueError(f"a canary of {minor_units!r} {currency!r} is no payment")
        if not 0 < score_min <= score_max < 1:
            raise ValueError(f"a canary's score must be between 0 and 1: {score_min} to {score_max}")
        return cls(minor_units, currency, score_min, score_max)

    def to_wire(self) -> fraud_pb2.Canary:
        """Convert it to its message in the reply to Describe."""
        amount = fraud_pb2.Money(minor_units=self.minor_units, currency=self.currency)
        return fraud_pb2.Canary(
            transaction=fraud_pb2.Transaction(amount=amount, is_canary=True),
            score_min=self.score_min,
            score_max=self.score_max,
        )


def read_canaries(stored: Sequence[Any]) -> tuple[Canary, ...]:
    """
    Read the clean canary and the risky one; none in an older artifact.

    Raises:
        ValueError, LookupError, TypeError: they are not a valid pair.
    """
    canaries = tuple(Canary.read(one) for one in stored)
    if len(canaries) not in {0, 2}:
        raise ValueError(f"a model has two canaries or none, not {len(canaries)}")
    if canaries and canaries[0].score_max >= canaries[1].score_min:
        raise ValueError("the scores of the two canaries overlap")
    return canaries
