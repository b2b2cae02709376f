"""What GET /stats says of the budgets."""

from dataclasses import asdict
from datetime import date

from gateway.api.reply import Reply
from gateway.verdict.budgets.decline_cap import WINDOW
from gateway.verdict.budgets.let_through import LetThrough
from gateway.verdict.budgets.model_budget import ModelBudget
from gateway.verdict.budgets.service import Budgets
from gateway.verdict.budgets.target import PAYMENTS_MIN, REVIEW_SHARE


class MisfitOut(Reply):
    """A model that does not fit the traffic any more, since a day in UTC."""

    name: str
    version: str
    since: date


class DeclineCapOut(Reply):
    """
    Blocks by models among the last `payments` that this process decided, 10,000 at most; above it they are reviews.

    `share` of the last 10,000 is what is allowed (`GATEWAY_DECLINE_CAP`), and a few where there were few. `refused`
    counts the reviews since its start. While `misfit` is not null a model would block more than it may.
    """

    share: float

    used: int
    allowed: int
    payments: int
    refused: int
    misfit: MisfitOut | None


class LetThroughOut(Reply):
    """
    Blocks of models that this process did not give today (UTC), by lot with this `probability`.

    Amounts are in hundredths of the reference currency: `spent_minor` of the `allowed_minor` that is this gateway's
    part of `day_max_minor`, which all share. Nothing is allowed on the day of a first start.
    """

    probability: float
    payments: int
    spent_minor: int
    allowed_minor: int
    day_max_minor: int


class ThresholdOut(Reply):
    """The lowest risk score of what is stopped: in force now, and by the model's own word."""

    in_force: float
    own: float


class WouldHaveOut(Reply):
    """
    What the model's own thresholds, without any budget, make of the payments that it scored lately.

    Of all gateways; scores are counted in bins, so a few payments beside a threshold may be on its other side.
    """

    payments: int
    reviewed: int
    blocked: int


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
    would_have: WouldHaveOut


class BudgetsOut(Reply):
    """
    `review_share` of the payments is what the review threshold aims at; below `payments_min` it aims at nothing.

    `let_through` is null where no block of a model is let through.
    """

    review_share: float
    payments_min: int
    decline_cap: DeclineCapOut
    let_through: LetThroughOut | None
    models: list[ModelBudgetOut]


def to_budgets_out(budgets: Budgets) -> BudgetsOut:
    """As of now, from memory; the model that scored last comes first."""
    cap, misfit = budgets.cap, budgets.misfit
    models = sorted(budgets.models.items(), key=lambda item: item[1].noted_s, reverse=True)
    return BudgetsOut(
        review_share=REVIEW_SHARE,
        payments_min=PAYMENTS_MIN,
        decline_cap=DeclineCapOut(
            share=cap.share,
            used=cap.used,
            allowed=cap.allowed,
            payments=min(cap.payments, WINDOW),
            refused=budgets.refused_blocks,
            misfit=misfit
            and MisfitOut(name=misfit.name, version=misfit.version, since=date.fromisoformat(misfit.since)),
        ),
        let_through=_to_let_through(budgets.let_through),
        models=[_to_model(name, version, model) for (name, version), model in models],
    )


def _to_let_through(let_through: LetThrough) -> LetThroughOut | None:
    today = let_through.spending
    if let_through.share == 0 or today is None:
        return None
    return LetThroughOut(
        probability=let_through.share,
        payments=today.payments,
        spent_minor=today.spent_minor,
        allowed_minor=today.allowed_minor,
        day_max_minor=let_through.day_max_minor,
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
        would_have=WouldHaveOut(**asdict(model.would_have())),
    )
