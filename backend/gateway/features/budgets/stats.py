"""The budgets, as GET /stats tells them."""

from gateway.features.budgets.schemas import BudgetsOut, DeclineCapOut, ModelBudgetOut, ThresholdOut
from gateway.verdict.budgets.decline_cap import WINDOW
from gateway.verdict.budgets.model_budget import ModelBudget
from gateway.verdict.budgets.service import Budgets
from gateway.verdict.budgets.target import PAYMENTS_MIN, REVIEW_SHARE


def to_budgets_out(budgets: Budgets) -> BudgetsOut:
    """As of now, from memory; the model that scored last comes first."""
    cap = budgets.cap
    models = sorted(budgets.models.items(), key=lambda item: item[1].noted_s, reverse=True)
    return BudgetsOut(
        review_share=REVIEW_SHARE,
        payments_min=PAYMENTS_MIN,
        decline_cap=DeclineCapOut(
            used=cap.used,
            allowed=cap.allowed,
            payments=min(cap.payments, WINDOW),
            refused=budgets.refused_blocks,
        ),
        models=[_to_model(name, version, model) for (name, version), model in models],
    )


def _to_model(name: str, version: str, model: ModelBudget) -> ModelBudgetOut:
    limits, thresholds = model.limits, model.thresholds
    return ModelBudgetOut(
        name=name,
        version=version,
        may_block=limits.may_block,
        own_labels=limits.own_labels,
        follows=model.follows,
        payments=model.payments,
        review=ThresholdOut(in_force=thresholds.review, own=limits.review_threshold),
        block=ThresholdOut(in_force=thresholds.block, own=limits.block_threshold),
    )
