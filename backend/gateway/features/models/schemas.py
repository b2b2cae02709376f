"""What GET /models says."""

from datetime import date
from typing import Any, Literal

from gateway.api.reply import Reply, Time
from gateway.features.models.candidate import Candidate


class PromotedModelOut(Reply):
    """
    A model that is kept in the ledger; `id` is the hash of its artifact, and `role` is null while it has none.

    `by` and `created_at` are of its first promotion.
    """

    id: str
    name: str
    version: str
    trained_on: str
    by: str
    created_at: Time
    role: Literal["live", "shadow"] | None


class ModelChangeOut(Reply):
    """
    A change of roles: who made it, when and why; `live` and `shadow` are the ids after it.

    `facts` are the figures that it was decided on: `source` says where they come from, `new` and `present` hold those
    of the two models.
    """

    at: Time
    action: Literal["shadow", "promote", "rollback"]
    by: str
    why: str
    live: str | None
    shadow: str | None
    facts: dict[str, Any]


class ServedModelOut(Reply):
    """What a brain serves; `artifact` is null where its settings name the model, and none was promoted."""

    brain: str
    live: str
    shadow: str | None
    artifact: str | None
    is_unsure: bool


class RefusedModelOut(Reply):
    """A model that has a role, and that this brain cannot serve: the last one serves on."""

    brain: str
    role: str
    artifact: str
    reason: str


class BacktestOut(Reply):
    """
    Models on the same past payments, which none of them was trained on.

    `models` has names (`candidate`: the model itself, `present`: the one that it was held against, and baselines) and
    figures: auc, ap, recall_1fpr, recall_01fpr, genuine_declined, genuine_reviewed, fraud_caught, fraud_value_caught
    (shares, 0..1), money (cost of 100,000 payments in the reference currency); null where not known.
    """

    first_day: date
    last_day: date
    payments: int
    frauds: int
    models: dict[str, dict[str, float | None]]


class CandidateOut(Reply):
    """The model that was brought last; `ripe_frauds` of the merchant's own it learned from, null where not known."""

    name: str
    version: str
    created_at: Time
    by: str
    may_block: bool
    own_labels: bool
    ripe_frauds: int | None
    backtest: BacktestOut | None


class ModelRolesOut(Reply):
    """Which models were promoted, how it came to that, and what each brain makes of it."""

    live: str | None
    shadow: str | None
    live_since: Time | None
    shadow_since: Time | None
    models: list[PromotedModelOut]
    changes: list[ModelChangeOut]
    brains: list[ServedModelOut]
    refused: list[RefusedModelOut]
    candidate: CandidateOut | None


def to_candidate_out(candidate: Candidate) -> CandidateOut:
    """As it says of itself."""
    tested = candidate.backtest
    return CandidateOut(
        name=candidate.name,
        version=candidate.version,
        created_at=candidate.created_at,
        by=candidate.by,
        may_block=candidate.may_block,
        own_labels=candidate.own_labels,
        ripe_frauds=candidate.ripe_frauds,
        backtest=tested
        and BacktestOut(
            first_day=tested.period[0],
            last_day=tested.period[1],
            payments=tested.rows,
            frauds=tested.frauds,
            models=tested.models,
        ),
    )
