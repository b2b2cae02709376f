"""A merchant's scored payments, as a model that does not fit sees them, at a rate and on a clock that a test sets."""

from math import exp
from statistics import NormalDist

from gateway.domain import Decision, Limits, RiskLevel, Ruling, Score
from gateway.verdict.budgets.service import Budgets
from tests.clock import Clock

DAY_S = 86_400.0
LIMITS = Limits(review_threshold=0.08, block_threshold=0.45, may_block=False, own_labels=False)
_SPREAD = 1_000  # payments after which the same scores come again, in another order
# without chance: whatever moves a threshold in a test is not the luck of the draw
_LOG_ODDS = [NormalDist(-4.2, 1.8).inv_cdf((n + 0.5) / _SPREAD) for n in range(_SPREAD)]
_SCORES = [1 / (1 + exp(-log_odds)) for log_odds in _LOG_ODDS]


class Shop:
    """Sends payments through budgets; `clock` is in seconds since the epoch."""

    def __init__(self, limits: Limits = LIMITS, *, per_day: float, version: str = "1") -> None:
        self.clock = Clock()
        self.clock.now_s = 1_800_000_000.0
        self.limits = limits
        self.version = version
        self.budgets = Budgets(self.clock)
        self._every_s = DAY_S / per_day
        self._sold = 0

    def score(self, risk_score: float) -> Score:
        """What the model says, level by its own thresholds."""
        is_critical = risk_score >= self.limits.block_threshold
        is_high = risk_score >= self.limits.review_threshold
        level = RiskLevel.CRITICAL if is_critical else RiskLevel.HIGH if is_high else RiskLevel.LOW
        return Score(risk_score, level, (), "gbdt", self.version, (), limits=self.limits)

    def pay(self, risk_score: float) -> Ruling:
        """One payment, now."""
        ruling = self.budgets.rule(self.score(risk_score))
        self.budgets.decided(ruling)
        return ruling

    def sell(self, days: float) -> dict[Decision, int]:
        """Ordinary payments for so long, 17 % of them above the model's own threshold; what became of them."""
        decisions = dict.fromkeys(Decision, 0)
        until_s = self.clock.now_s + days * DAY_S
        while self.clock.now_s < until_s:
            self.clock.now_s += self._every_s
            self._sold += 1
            decisions[self.pay(_SCORES[self._sold * 377 % _SPREAD]).decision] += 1
        return decisions

    def suffer(self, payments: int, *, seconds: float) -> list[Ruling]:
        """So many payments with fraud's scores in so short a time, on top of what is sold."""
        rulings = []
        for n in range(payments):
            self.clock.now_s += seconds / payments
            rulings.append(self.pay(0.90 + 0.09 * n / payments))
        return rulings

    @property
    def review_threshold(self) -> float:
        """In force."""
        self.budgets.turn()
        thresholds = self.budgets.thresholds(self.score(0.5))
        assert thresholds is not None
        return thresholds.review
