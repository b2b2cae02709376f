"""What GET /models says."""

from typing import Any, Literal

from gateway.api.reply import Reply, Time


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
