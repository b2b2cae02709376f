"""What labels say of a model beside what it scored lately, as GET /stats answers it."""

from collections.abc import Mapping

from gateway.features.models.outcomes import Known, ModelOutcomes, ScoreGroup, interval
from gateway.features.stats.schemas import KnownOut, ModelOutcomesOut, ScoreGroupOut, ShareOut, WouldBlockOut
from gateway.features.transactions.schemas import ModelOut
from gateway.verdict.budgets.model_budget import ModelBudget, WouldHave
from gateway.verdict.budgets.service import ModelKey


def to_outcomes_out(outcomes: ModelOutcomes, budgets: Mapping[ModelKey, ModelBudget]) -> ModelOutcomesOut:
    """Args: budgets: those of models that scored lately."""
    budget = budgets.get((outcomes.name, outcomes.version))
    groups = outcomes.calibration
    return ModelOutcomesOut(
        model=ModelOut(name=outcomes.name, version=outcomes.version),
        labels=outcomes.labels,
        frauds=outcomes.frauds,
        would_block=_to_would_block(outcomes, None if budget is None else budget.would_have()),
        calibration=None if groups is None else [_to_group(group) for group in groups],
    )


def _to_would_block(outcomes: ModelOutcomes, would_have: WouldHave | None) -> WouldBlockOut:
    stopped = outcomes.stopped
    genuine = _to_share(stopped.genuine, stopped.known) if stopped.known else None
    by = {
        decision: _to_known(outcomes.would_block.get(decision, Known())) for decision in ("block", "review", "approve")
    }
    return WouldBlockOut(
        blocked=by["block"],
        reviewed=by["review"],
        approved=by["approve"],
        genuine_share=genuine,
        false_declines=_false_declines(genuine, would_have),
    )


def _false_declines(genuine: ShareOut | None, would_have: WouldHave | None) -> ShareOut | None:
    if genuine is None or would_have is None or would_have.payments == 0:
        return None
    blocked = would_have.blocked / would_have.payments

    def of_genuine(share: float) -> float:
        fraud = blocked * (1 - share)  # what would pass is taken for genuine: few of it is not
        return blocked * share / (1 - fraud) if fraud < 1 else 0.0

    return ShareOut(share=of_genuine(genuine.share), low=of_genuine(genuine.low), high=of_genuine(genuine.high))


def _to_group(group: ScoreGroup) -> ScoreGroupOut:
    return ScoreGroupOut(
        score_from=group.score_from,
        score_to=group.score_to,
        n=group.n,
        frauds=group.frauds,
        mean_score=group.mean_score,
        fraud_share=ShareOut(share=group.frauds / group.n, low=group.low, high=group.high),
    )


def _to_share(part: int, whole: int) -> ShareOut:
    low, high = interval(part, whole)
    return ShareOut(share=part / whole, low=low, high=high)


def _to_known(found: Known) -> KnownOut:
    return KnownOut(known=found.known, genuine=found.genuine)
