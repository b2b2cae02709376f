"""GET and PUT /faults: trouble on purpose, for drills."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Request

from gateway.api.bodies import read_declared_json
from gateway.api.callers import refuse_unsafe_host
from gateway.api.polled import PolledRoute
from gateway.api.reply import problems
from gateway.api.services import service
from gateway.features.faults.schemas import FAULTS_REQUEST, BrainFaultsOut, FaultSettingsOut, FaultsOut
from gateway.scoring.faults import BrainFaults, FaultControl, FaultSettings
from gateway.verdict.intake.decoding import validate
from gateway.verdict.intake.schemas import FaultSettingsIn

router = APIRouter(tags=["operations"], route_class=PolledRoute)
FaultsDep = Annotated[FaultControl, service(FaultControl)]
_FAULTS_BYTES_MAX = 4 * 1024


@router.get("/faults")
async def read_faults(faults: FaultsDep) -> FaultsOut:
    """
    What every brain injects now, whether or not that may be changed here.

    A brain that does not answer within a second has `faults` null.
    """
    return _to_reply(await faults.read(), is_enabled=faults.is_enabled)


@router.put("/faults", responses=problems(400, 403, 413, 415, 422, 503), openapi_extra=FAULTS_REQUEST)
async def put_faults(request: Request, faults: FaultsDep) -> FaultsOut:
    """
    Replace the faults of every brain, and answer what each injects afterwards. What is left out is off; `{}` heals.

    A brain that is silent, or takes no changes, keeps what it has: look at each. It holds until the next change, or
    until a brain starts again: then its environment says. 403: not to be changed here, on any brain, or under a
    host name with a dot. 503: no brain confirmed it; the same request again is safe.
    """
    faults.check_enabled()
    refuse_unsafe_host(request)
    said = validate(FaultSettingsIn, await read_declared_json(request, bytes_max=_FAULTS_BYTES_MAX))
    brains = await faults.replace(FaultSettings(**said.model_dump()))
    return _to_reply(brains, is_enabled=True)


def _to_reply(brains: Sequence[BrainFaults], *, is_enabled: bool) -> FaultsOut:
    return FaultsOut(
        is_enabled=is_enabled,
        brains=[
            BrainFaultsOut(
                address=brain.address,
                is_allowed=brain.is_allowed,
                faults=brain.settings and FaultSettingsOut(**asdict(brain.settings)),
            )
            for brain in brains
        ],
    )
