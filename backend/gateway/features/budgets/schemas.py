"""What GET /stats says of the budgets."""

from gateway.api.reply import Reply


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
