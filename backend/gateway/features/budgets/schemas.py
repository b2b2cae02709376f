"""What GET /stats says of the budgets."""

from gateway.api.reply import Reply
from gateway.verdict.budgets.decline_cap import WINDOW
from gateway.verdict.budgets.model_budget import ModelBudget
from gateway.verdict.budgets.service import Budgets
from gateway.verdict.budgets.target import PAYMENTS_MIN, REVIEW_SHARE


class DeclineCapOut(Reply):
    """
    Blocks by models among the last `payments` that this process decided, 10,000 at most; above it they are reviews.

    `refused` counts these since its start.
    """

    used: int
    allowed: int
    payments: int
    refused: int


class ThresholdOut(Reply):
    """The lowest risk score of what is stopped: in force now, and by the model's own word."""

    in_force: float
    own: float


class ModelBudgetOut(Reply):
    """
    How far the scores of one model are acted on.

    `payments` are those that the review threshold is taken from, the newest hour left out. While `follows` is false
    the model's own thresholds are in force: it was trained on the merchant's own labels (`own_labels`), or there are
    too few payments.
    """

    name: str
    version: str
    may_block: bool
    own_labels: bool
    follows: bool
    payments: int
    review: ThresholdOut
    block: ThresholdOut


class BudgetsOut(Reply):
    """`review_share` of the payments is what the review threshold aims at; below `payments_min` it aims at nothing."""

    review_share: float
    payments_min: int
    decline_cap: DeclineCapOut
    models: list[ModelBudgetOut]


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
