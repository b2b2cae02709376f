"""GET /models: which models were promoted, and what each brain serves."""

import asyncio
from typing import Annotated

from fastapi import APIRouter

from gateway.access.declared import needs
from gateway.access.scopes import Scope
from gateway.api.polled import PolledRoute
from gateway.api.reply import problems
from gateway.api.services import service
from gateway.features.models.candidate import to_candidate
from gateway.features.models.schemas import (
    ModelChangeOut,
    ModelRolesOut,
    PromotedModelOut,
    RefusedModelOut,
    ServedModelOut,
    to_candidate_out,
)
from gateway.features.models.service import ModelRegistry
from gateway.features.models.store import CHANGES_MAX, PromotedModels

router = APIRouter(tags=["operations"], route_class=PolledRoute)
ModelsDep = Annotated[ModelRegistry, service(ModelRegistry)]
PromotedDep = Annotated[PromotedModels, service(PromotedModels)]


@router.get("/models", responses=problems(503))
@needs(Scope.OPS_READ)
async def list_models(models: ModelsDep, promoted: PromotedDep) -> ModelRolesOut:
    """
    Which model decides (live) and which runs along (shadow), by id; null where brains serve the one of their settings.

    `models` and `changes` are the newest 50, newest first. `brains` and `refused` are what brains said in the last 35
    seconds. `candidate` is the newest model, whatever became of it, with its test on past payments. Models are promoted
    by `sentinel model promote`.
    """
    (roles, kept), newest = await asyncio.gather(promoted.read(), promoted.candidate())
    named = {roles.shadow: "shadow", roles.live: "live"}
    return ModelRolesOut(
        live=roles.live,
        shadow=roles.shadow,
        live_since=roles.live_since,
        shadow_since=roles.shadow_since,
        models=[PromotedModelOut.model_validate({**model, "role": named.get(model["id"])}) for model in kept],
        changes=[ModelChangeOut(**change.document()) for change in roles.changes[: -CHANGES_MAX - 1 : -1]],
        brains=[ServedModelOut.model_validate(said) for said in models.served()],
        refused=[RefusedModelOut.model_validate(said) for said in models.refused()],
        candidate=None if newest is None else to_candidate_out(to_candidate(newest)),
    )
