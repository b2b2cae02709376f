"""
Trouble on purpose: slow, failing and wrong answers, by chance, so that the gateway's protection can be watched.

Chance decides for each attempt, not for each transaction: a hedge of a slow one is usually fast. Canaries are
attempts like any other: a brain that lies must be found.
Health and all RPCs but scoring are never touched: a drill must not make the brain look dead, cost history, or hold up
its own end.
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
    constant_score: float | None = None  # what a CONSTANT lie says


NO_FAULT = Fault()


class Faults:
    """Draws one fault an attempt, by settings that can be replaced while the brain runs."""

    def __init__(
        self,
        settings: FaultSettings,
        *,
        thresholds: Mapping[str, float] | None = None,
        chance: random.Random | None = None,
    ) -> None:
        """
        Args:
            thresholds: The model's levels: a constant score comes with the level that belongs to it.
            chance: Where randomness comes from; a seeded one repeats itself.
        """
        self._thresholds = thresholds or {}
        self._chance = chance or random.Random()  # noqa: S311 (chaos, not a secret)
        self._put(settings)

    @property
    def settings(self) -> FaultSettings:
        """What is injected now."""
        return self._settings

    def replace(self, settings: FaultSettings) -> None:
        """
        Inject these instead, from the next attempt on, and say so in the log.

        Attempts that are under way keep the fault that they have drawn.
        """
        if settings == self._settings:
            return
        self._put(settings)
        self.announce()
        if not self.are_on:
            log.info("faults.off")

    def draw(self) -> Fault:
        """The fault of the next attempt; with all of them off, never any."""
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
            lie=self._lie(drawn),
            constant_score=settings.constant_score,
        )

    def falsify(self, outcome: Outcome, fault: Fault) -> Outcome:
        """A true score made wrong in the way of this fault. A failure stays what it is."""
        if not isinstance(outcome, ScoreReply):
            return outcome
        if fault.lie is Lie.NAN:
            outcome.risk_score = math.nan
        elif fault.lie is Lie.WRONG_ID:
            outcome.transaction_id += "-other"
        elif fault.constant_score is not None:
            outcome.risk_score = fault.constant_score
            outcome.risk_level = risk_level(fault.constant_score, self._thresholds)
        return outcome

    def announce(self) -> None:
        """Say loudly that faults are on: nobody should look for them in vain."""
        if self.are_on:
            log.warning("faults.on", **asdict(self._settings))

    def _put(self, settings: FaultSettings) -> None:
        # On the event loop and without an await: no attempt sees half of it. `are_on` is all that one costs mostly.
        self._settings = settings
        self._rates = settings.rates_above_zero()
        self.are_on = bool(self._rates) or settings.constant_score is not None

    def _lie(self, drawn: Mapping[str, bool]) -> Lie | None:
        if drawn.get("nan_rate"):
            return Lie.NAN
        if drawn.get("wrong_id_rate"):
            return Lie.WRONG_ID
        return Lie.CONSTANT if self._settings.constant_score is not None else None
