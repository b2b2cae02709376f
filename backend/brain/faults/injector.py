"""
Injects faults by chance: slow, failing, missing and wrong answers, to see how the gateway copes.

A fault is drawn for each attempt, not for each transaction: a hedge of a slow one is usually fast. Canaries get faults
like any other attempt, because wrong scores must be found. Health checks and all RPCs but scoring get none: a drill
must not make the brain look dead, lose history, or keep itself from being ended.
"""

import math
import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum, auto

import structlog

from brain.faults.settings import FaultSettings
from brain.model.levels import risk_level
from brain.outcomes import Outcome
from protos.fraud_pb2 import ScoreReply

log = structlog.get_logger()


class WrongAnswer(Enum):
    """What is wrong with an answer."""

    CONSTANT = auto()  # the same score for every transaction
    NAN = auto()
    WRONG_ID = auto()  # an answer about another transaction


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one attempt: how long it sleeps before it is scored, and what replaces its score."""

    sleep_s: float = 0.0
    fails: bool = False
    is_dropped: bool = False  # never answered
    wrong_answer: WrongAnswer | None = None
    constant_score: float | None = None  # the score, 0..1, of a CONSTANT answer


NO_FAULT = Fault()


class Faults:
    """
    Draws a fault for each attempt, by settings that can be replaced while the brain runs.

    Attributes:
        thresholds: Lowest score of each level of the model: a constant score gets the level that belongs to it.
    """

    def __init__(
        self,
        settings: FaultSettings,
        *,
        thresholds: Mapping[str, float] | None = None,
        chance: random.Random | None = None,
    ) -> None:
        """
        Args:
            thresholds: See the attribute.
            chance: Source of randomness; a seeded one repeats itself.
        """
        self.thresholds = thresholds or {}
        self._chance = chance or random.Random()  # noqa: S311 (chaos, not a secret)
        self._put(settings)

    @property
    def settings(self) -> FaultSettings:
        """The faults that are injected now."""
        return self._settings

    def replace(self, settings: FaultSettings) -> None:
        """
        Inject these faults from the next attempt on, and log the change.

        Attempts that are under way keep the fault that was drawn for them.
        """
        if settings == self._settings:
            return
        self._put(settings)
        self.announce()
        if not self.are_on:
            log.info("faults.off")

    def draw(self) -> Fault:
        """Draw the fault of the next attempt; NO_FAULT while all are off."""
        if not self.are_on:
            return NO_FAULT
        settings = self._settings
        drawn = {name: self._chance.random() < rate for name, rate in self._rates.items()}
        if settings.constant_score is None and not any(drawn.values()):
            return NO_FAULT
        return Fault(
            sleep_s=settings.latency_s if drawn.get("latency_rate") else 0.0,
            fails=drawn.get("error_rate", False),
            is_dropped=drawn.get("drop_rate", False),
            wrong_answer=self._wrong_answer(drawn),
            constant_score=settings.constant_score,
        )

    def falsify(self, outcome: Outcome, fault: Fault) -> Outcome:
        """Make a score wrong as the fault says. A failure stays as it is."""
        if not isinstance(outcome, ScoreReply):
            return outcome
        if fault.wrong_answer is WrongAnswer.NAN:
            outcome.risk_score = math.nan
        elif fault.wrong_answer is WrongAnswer.WRONG_ID:
            outcome.transaction_id += "-other"
        elif fault.constant_score is not None:
            outcome.risk_score = fault.constant_score
            outcome.risk_level = risk_level(fault.constant_score, self.thresholds)
        return outcome

    def announce(self) -> None:
        """Log a warning while faults are on, so that no one searches for another cause."""
        if self.are_on:
            log.warning("faults.on", **asdict(self._settings))

    def _put(self, settings: FaultSettings) -> None:
        # On the event loop and without an await: no attempt sees half of a change. `are_on` keeps `draw` cheap.
        self._settings = settings
        self._rates = settings.rates_above_zero()
        self.are_on = bool(self._rates) or settings.constant_score is not None

    def _wrong_answer(self, drawn: Mapping[str, bool]) -> WrongAnswer | None:
        if drawn.get("nan_rate"):
            return WrongAnswer.NAN
        if drawn.get("wrong_id_rate"):
            return WrongAnswer.WRONG_ID
        return WrongAnswer.CONSTANT if self._settings.constant_score is not None else None
