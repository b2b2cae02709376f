"""
Trouble on purpose: slow, failing and wrong answers, by chance, so that the gateway's protection can be watched.

Chance decides for each attempt, not for each transaction: a hedge of a slow one is usually fast. Canaries are
attempts like any other: a brain that lies must be found.
Health, Describe and Observe are never touched: a drill must not make the brain look dead or cost history.
"""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

import structlog

from brain.levels import risk_level
from brain.outcomes import Outcome
from protos.fraud_pb2 import ScoreReply

log = structlog.get_logger()


class Lie(Enum):
    """What is wrong with an answer that comes."""

    CONSTANT = auto()  # the same score whatever was asked
    NAN = auto()
    WRONG_ID = auto()  # an answer about another transaction


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one attempt: how long it sleeps before it is scored, and what it gets instead of its score."""

    sleep_s: float = 0.0
    fails: bool = False
    is_dropped: bool = False  # never answered
    lie: Lie | None = None


NO_FAULT = Fault()


class Faults:
    """Draws one fault an attempt."""

    def __init__(
        self,
        *,
        latency_rate: float = 0.0,
        latency_s: float = 2.0,
        error_rate: float = 0.0,
        drop_rate: float = 0.0,
        nan_rate: float = 0.0,
        wrong_id_rate: float = 0.0,
        constant_score: float | None = None,
        thresholds: Mapping[str, float] | None = None,
        chance: random.Random | None = None,
    ) -> None:
        """
        Args:
            latency_rate: Share of attempts, 0..1, that sleep. Each share is drawn apart from the others.
            latency_s: For how long, in seconds.
            error_rate: Share of attempts that fail.
            drop_rate: Share of attempts that are not answered: 0.5 loses half of each batch.
            nan_rate: Share of answers whose score is no number.
            wrong_id_rate: Share of answers that name another transaction.
            constant_score: The score, 0..1, of every transaction; None: the model's.
            thresholds: The model's levels: a constant score comes with the level that belongs to it.
            chance: Where randomness comes from; a seeded one repeats itself.
        """
        self._rates = {
            "latency_rate": latency_rate,
            "error_rate": error_rate,
            "drop_rate": drop_rate,
            "nan_rate": nan_rate,
            "wrong_id_rate": wrong_id_rate,
        }
        self._latency_s = latency_s
        self._constant_score = constant_score
        self._thresholds = thresholds or {}
        self._chance = chance or random.Random()  # noqa: S311 (chaos, not a secret)
        self.are_on = constant_score is not None or any(rate > 0.0 for rate in self._rates.values())

    def draw(self) -> Fault:
        """The fault of the next attempt; with all of them off, never any."""
        if not self.are_on:
            return NO_FAULT
        drawn = {name: self._chance.random() < rate for name, rate in self._rates.items() if rate > 0.0}
        if self._constant_score is None and not any(drawn.values()):
            return NO_FAULT
        return Fault(
            sleep_s=self._latency_s if drawn.get("latency_rate") else 0.0,
            fails=drawn.get("error_rate", False),
            is_dropped=drawn.get("drop_rate", False),
            lie=self._lie(drawn),
        )

    def falsify(self, outcome: Outcome, lie: Lie) -> Outcome:
        """A true score made wrong in one way. A failure stays what it is."""
        if not isinstance(outcome, ScoreReply):
            return outcome
        if lie is Lie.NAN:
            outcome.risk_score = math.nan
        elif lie is Lie.WRONG_ID:
            outcome.transaction_id += "-other"
        elif self._constant_score is not None:
            outcome.risk_score = self._constant_score
            outcome.risk_level = risk_level(self._constant_score, self._thresholds)
        return outcome

    def announce(self) -> None:
        """Say once, loudly, that faults are on: nobody should look for them in vain."""
        if self.are_on:
            log.warning("faults.on", **self._rates, latency_s=self._latency_s, constant_score=self._constant_score)

    def _lie(self, drawn: Mapping[str, bool]) -> Lie | None:
        if drawn.get("nan_rate"):
            return Lie.NAN
        if drawn.get("wrong_id_rate"):
            return Lie.WRONG_ID
        return Lie.CONSTANT if self._constant_score is not None else None
