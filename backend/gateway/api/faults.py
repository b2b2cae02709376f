"""GET and PUT /faults: trouble on purpose, for drills."""

from fastapi import APIRouter, Request

from gateway.api.bodies import read_body
from gateway.api.dependencies import ServicesDep
from gateway.api.faults_replies import BrainFaultsOut, FaultsOut
from gateway.api.replies import FAULTS_REQUEST, problems
from gateway.errors import FaultsDisabled, FaultsUnconfirmed
from gateway.intake import decode_json, validate
from gateway.schemas import FaultSettingsIn

router = APIRouter(tags=["operations"])
_FAULTS_BYTES_MAX = 4 * 1024


@router.get("/faults")
async def read_faults(services: ServicesDep) -> FaultsOut:
    """
    What every brain injects now.

    A brain that does not answer within a second has `faults` null. Reading works whether or not faults may be
    switched.
    """
    return _to_faults(services)


@router.put("/faults", responses=problems(400, 403, 413, 422, 503), openapi_extra=FAULTS_REQUEST)
async def put_faults(request: Request, services: ServicesDep) -> FaultsOut:
    """
    Replace the faults of every brain; `{}` turns all off. Answers what each injects afterwards.

    It lasts until the next change, or until a brain starts again: then its environment says. 403: faults may not be
    switched, here or on any brain. 503: no brain confirmed it; the same request again is safe.
    """
    if not services.fault_control:
        raise FaultsDisabled("Start this gateway with GATEWAY_FAULT_CONTROL=true to switch faults through it.")
    validate(FaultSettingsIn, decode_json(await read_body(request, bytes_max=_FAULTS_BYTES_MAX)))
    raise FaultsUnconfirmed("No brain answered within a second.")


def _to_faults(services: ServicesDep) -> FaultsOut:
    return FaultsOut(
        is_enabled=services.fault_control,
        brains=[
            BrainFaultsOut(address=brain.address, is_allowed=False, faults=None) for brain in services.scorer.brains()
        ],
    )
