"""Rules on scored payments within the budgets. Pure but for the clock that it is given: files are judged by it, too."""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from gateway.domain import Budget, BudgetName, Decision, DecisionSource, Limits, Listed, Ruling, Score, Thresholds
from gateway.verdict import policy
from gateway.verdict.budgets.decline_cap import SHARE, DeclineCap
from gateway.verdict.budgets.let_through import LetThrough
from gateway.verdict.budgets.model_budget import ModelBudget
from gateway.verdict.budgets.target import Start
from money.amounts import Money

MODELS_MAX = 4  # a rollout has two; a brain that names another version each time must not fill the memory
_TURN_S = 60.0  # at the latest, should nobody call `turn`

ModelKey = tuple[str, str]  # name and version


@dataclass(frozen=True, slots=True)
class Misfit:
    """An episode in which a model would block more than it may. `since`: its first day, UTC, as 2026-11-30."""

    name: str
    version: str
    since: str


class Budgets:
    """
    Knows the models that have scored lately, and how much they may still block.

    Args:
        now_s: Seconds since the epoch; a step ahead raises thresholds, so of a clock that makes none.
        source: This run of this process among all that count; made up when it is left out.
        decline_share: Of the last 10,000 payments of this process that models may block, 0..1.
        gateways: That there are at least, while none is heard.
        let_through: Which blocks are not given, by lot; none, if left out.

    Attributes:
        models: By name and version.
        cap: Of all models together.
        let_through: As the argument of that name.
        refused_blocks: That the cap turned into reviews, in all.
        refused_model: The last of which it did.
        misfit: The episode of this gateway that has not ended yet.
        other_misfits: Those of the other gateways that live.
    """

    def __init__(
        self,
        now_s: Callable[[], float],
        *,
        source: str | None = None,
        decline_share: float = SHARE,
        gateways: int = 1,
        let_through: LetThrough | None = None,
    ) -> None:
        self.source = source or secrets.token_hex(8)
        self.models: dict[ModelKey, ModelBudget] = {}
        self.cap = DeclineCap(share=decline_share, gateways=gateways)
        self.let_through = let_through or LetThrough()
        self.refused_blocks = 0
        self.refused_model: ModelKey | None = None
        self.misfit: Misfit | None = None
        self.other_misfits: Collection[Misfit] = ()
        self._gateways_min = gateways
        self._now_s = now_s
        self._turned_s = now_s()
        self._received: Mapping[ModelKey, Sequence[Start]] = {}

    def rule(self, score: Score, listed: Listed | None = None, money: Money | None = None) -> Ruling:
        """
        Rule on a scored payment. On the way of every verdict: no I/O, and with `decided` 4 us.

        Args:
            money: What is paid; without it nothing that a model blocks is let through.
        """
        ruling = policy.decide(score, listed, self.thresholds(score), self.cap.take)
        if ruling.budget is not None and ruling.budget.name is BudgetName.DECLINE_CAP:
            self.refused_blocks += 1
            self.refused_model = (score.model_name, score.model_version)
        if ruling.decision is Decision.BLOCK and money is not None:
            return self._let_through(ruling, score, money)
        return ruling

    def _let_through(self, ruling: Ruling, score: Score, money: Money) -> Ruling:
        """The ruling, or instead of a model's block an approval. Not of what is scored again: that tells it anyway."""
        is_models_own = ruling.source is DecisionSource.MODEL and not score.degraded
        if not is_models_own or not self.let_through.take(money, self._now_s()):
            return ruling
        self.cap.give_back()
        budget = Budget(BudgetName.LET_THROUGH, Decision.BLOCK, self.let_through.share)
        return Ruling(Decision.APPROVE, DecisionSource.MODEL, score=score, budget=budget)

    def thresholds(self, score: Score | None) -> Thresholds | None:
        """
        The thresholds in force for the model of this score, or for the one that answered last.

        Returns:
            None when no model has said what its own thresholds are.
        """
        if score is None:
            latest = max(self.models.values(), key=lambda model: model.noted_s, default=None)
            return None if latest is None else latest.thresholds
        return None if score.limits is None else self._model(score, score.limits).thresholds

    def decided(self, ruling: Ruling) -> None:
        """Count a verdict that was recorded first, or may have been, however it was decided."""
        self.cap.payments += 1
        score, now_s = ruling.score, self._now_s()
        if score is not None and score.limits is not None:
            self._model(score, score.limits).note(score.risk_score, now_s)
        if now_s - self._turned_s > _TURN_S:
            self.turn()

    def undone(self, ruling: Ruling) -> None:
        """Count nothing: another verdict stood already, or this one could not be recorded."""
        if ruling.decision is Decision.BLOCK and ruling.source is DecisionSource.MODEL:
            self.cap.give_back()

    def turn(self) -> None:
        """Do what the passing of time asks for: every few seconds."""
        self._turned_s = now_s = self._now_s()
        self.let_through.turn(now_s)
        for model in self.models.values():
            model.turn(now_s)

    def put(self, key: ModelKey, limits: Limits, start: Start | None = None) -> ModelBudget:
        """A model that is not known yet; the one that scored longest ago makes room."""
        if key not in self.models and len(self.models) >= MODELS_MAX:
            del self.models[min(self.models, key=lambda known: self.models[known].noted_s)]
        model = self.models[key] = ModelBudget(self.source, limits, start)
        model.receive(self._received.get(key, ()), self._now_s())
        return model

    def share_cap(self, gateways: int) -> None:
        """So many gateways live, this one included: few blocks, and what may be let through, are for all together."""
        self.cap.gateways = max(gateways, self._gateways_min)
        self.let_through.divide(self.cap.gateways, self._now_s())

    def receive(self, starts: Mapping[ModelKey, Sequence[Start]], misfits: Collection[Misfit] = ()) -> None:
        """Hear where the review thresholds of the other gateways that live stand, and what does not fit there."""
        self._received, now_s = starts, self._now_s()
        self.other_misfits = misfits
        for key, model in self.models.items():
            model.receive(starts.get(key, ()), now_s)

    def _model(self, score: Score, limits: Limits) -> ModelBudget:
        key = (score.model_name, score.model_version)
        model = self.models.get(key)
        if model is None:
            model = self.put(key, limits)
        elif model.limits is not limits and model.limits != limits:
            model.limit(limits, self._now_s())
        return model
