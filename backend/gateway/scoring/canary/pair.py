"""
Two payments that nobody made, and what a brain that scores must say of them: by the pair that its model brought.

The ids hold a space, which no caller's may: a canary never meets somebody's history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from gateway.domain import Score
from gateway.scoring.errors import ScorerInvalidResponse
from gateway.scoring.scorer import Answer
from gateway.scoring.wire import to_score
from money.currencies import EXPONENTS
from protos import fraud_pb2

_MINOR_UNITS_MAX = 10**12
# From the lowest to the highest odds that a pair may allow one score. Wider, it would vouch for nearly anything.
_ODDS_TIMES_MAX = 4.0


class Finding(Enum):
    """What a pair of answers shows."""

    PASSED = auto()
    FAILED = auto()  # it answers, and what it says is wrong
    UNANSWERED = auto()  # which may be anything: hedging and the circuit see to that


class UnusablePair(ValueError):
    """The pair that a model brought proves nothing; the message says why."""


@dataclass(frozen=True, slots=True)
class Canary:
    """A payment, and within which bounds its score lies."""

    minor_units: int
    currency: str
    merchant_id: str | None
    score_min: float
    score_max: float

    def make(self, name: str, token: str, *, now_ms: int) -> fraud_pb2.Transaction:
        """As it is sent."""
        return fraud_pb2.Transaction(
            transaction_id=f"canary {name} {token}",
            amount=fraud_pb2.Money(minor_units=self.minor_units, currency=self.currency),
            user_id=f"canary {name}",
            merchant_id=None if self.merchant_id is None else f"canary {self.merchant_id}",
            event_time_ms=now_ms,
            is_canary=True,
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """
    The risky and the clean one of one model.

    Attributes:
        model: Its name and version, as the brain described it; None: not known.
    """

    risky: Canary
    clean: Canary
    model: tuple[str, str] | None = None

    def make(self, token: str, *, now_ms: int) -> tuple[fraud_pb2.Transaction, fraud_pb2.Transaction]:
        """
        The risky and the clean one as they are sent.

        Args:
            token: Tells this pair from any other.
            now_ms: Since the epoch, UTC.
        """
        return self.risky.make("risky", token, now_ms=now_ms), self.clean.make("clean", token, now_ms=now_ms)


# For a brain whose model brought no pair that proves something. All that is asked of it: two answers, not one.
ANY_TWO = Pair(Canary(2_500_00, "USD", None, 0.0, 1.0), Canary(12_50, "USD", None, 0.0, 1.0))


def read_pair(description: fraud_pb2.ModelDescription) -> Pair:
    """
    The pair that a model brought; ANY_TWO where it brought none.

    Raises:
        UnusablePair: a brain that does not score could pass it, or it is no pair of payments.
    """
    if not description.canaries:
        return ANY_TWO
    if len(description.canaries) != 2:
        raise UnusablePair(f"there are {len(description.canaries)} canaries, not two")
    clean, risky = map(_read, description.canaries)
    if (clean.minor_units, clean.currency, clean.merchant_id) == (risky.minor_units, risky.currency, risky.merchant_id):
        raise UnusablePair("both are the same payment")
    if clean.score_max >= risky.score_min:
        raise UnusablePair("one score could be that of both")
    return Pair(risky, clean, (description.name, description.version) if description.version else None)


def judge(pair: Pair, canaries: Sequence[fraud_pb2.Transaction], answers: Sequence[Answer]) -> Finding:
    """Hold the answers to a pair that was made, in its order, against what they must be."""
    scores: list[Score] = []
    for canary, answer in zip(canaries, answers, strict=True):
        if answer is None:
            continue
        try:
            scores.append(to_score(answer, transaction_id=canary.transaction_id))
        except ScorerInvalidResponse:
            return Finding.FAILED
    if len(scores) < len(canaries):
        return Finding.UNANSWERED
    risky, clean = (score.risk_score for score in scores)
    is_right = _is_within(risky, pair.risky) and _is_within(clean, pair.clean) and risky != clean
    return Finding.PASSED if is_right else Finding.FAILED


def model_of(answers: Sequence[Answer]) -> tuple[str, str] | None:
    """Name and version of the model that answered, as it says."""
    for answer in answers:
        if answer is not None and answer.model_version:
            return answer.model_name, answer.model_version
    return None


def is_of_another_model(pair: Pair, answers: Sequence[Answer]) -> bool:
    """Whether a model answered that is not the one the pair belongs to: the brain has taken up another one since."""
    models = {(answer.model_name, answer.model_version) for answer in answers if answer is not None}
    return pair.model is not None and not models <= {pair.model}


def _is_within(risk_score: float, canary: Canary) -> bool:
    return canary.score_min <= risk_score <= canary.score_max


def _read(sent: fraud_pb2.Canary) -> Canary:
    money, low, high = sent.transaction.amount, sent.score_min, sent.score_max
    if money.currency not in EXPONENTS or not 0 < money.minor_units <= _MINOR_UNITS_MAX:
        raise UnusablePair("an amount is none")
    if not 0 < low <= high < 1:  # nor is NaN
        raise UnusablePair("the bounds of a score must lie between 0 and 1")
    if high / (1 - high) > _ODDS_TIMES_MAX * low / (1 - low):
        raise UnusablePair("the bounds of a score are too far apart")
    merchant_id = sent.transaction.merchant_id or None
    return Canary(money.minor_units, money.currency, merchant_id, low, high)
