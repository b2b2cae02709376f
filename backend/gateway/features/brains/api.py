"""
GET /circuit/status: how the way to the brains is, for this gateway and for all of them.

GET and PUT /faults: trouble on purpose, for drills.
"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Request

from gateway.access.declared import needs
from gateway.access.scopes import Scope
from gateway.api.polled import PolledRoute
from gateway.api.reply import problems
from gateway.api.requests import read_as, refuse_unsafe_host
from gateway.api.services import service
from gateway.domain import BlindReason
from gateway.features.brains.schemas import (
    FAULTS_REQUEST,
    BrainFaultsOut,
    BrainOut,
    CircuitChangeOut,
    CircuitStatusOut,
    FailureOut,
    FaultSettingsOut,
    FaultsOut,
    InstanceOut,
)
from gateway.features.fleet.service import Fleet, worst
from gateway.features.health.schemas import StatusOut
from gateway.features.health.service import StatusWatch
from gateway.scoring.faults import BrainFaults, FaultControl, FaultSettings
from gateway.scoring.scorer import Scorer
from gateway.verdict.intake.schemas import FaultSettingsIn

router = APIRouter(tags=["operations"], route_class=PolledRoute)
FleetDep = Annotated[Fleet, service(Fleet)]
ScorerDep = Annotated[Scorer, service(Scorer)]
FaultsDep = Annotated[FaultControl, service(FaultControl)]
StatusDep = Annotated[StatusWatch, service(StatusWatch)]


@router.get("/circuit/status")
@needs(Scope.OPS_READ, in_demo=True)
async def circuit_status(fleet: FleetDep, scorer: ScorerDep, status: StatusDep) -> CircuitStatusOut:
    """
    State of this instance's circuit, its recent changes, every brain that it knows, and every live instance.

    `fleet_state` is the worst of all. After `retry_after_ms` an open circuit is tried out with the
    oldest item, or a canary: no customer is needed. While `scorer_reachable` is false no trial is wasted on it. A
    brain that `is_distrusted` cannot tell a risky payment from a clean one, and is not asked.
    """
    circuit, instances = scorer.circuit, fleet.instances()
    failure = circuit.last_failure
    return CircuitStatusOut(
        state=circuit.state,
        fleet_state=worst([instance.state for instance in instances]),
        failures=circuit.failures,
        fail_max=circuit.fail_max,
        reset_timeout_s=circuit.reset_s,
        retry_after_ms=round(circuit.retry_after_s * 1000),
        scorer_reachable=scorer.health.is_reachable(),
        last_failure=failure
        and FailureOut(reason_code=BlindReason(failure.reason), detail=failure.detail, at=failure.at),
        changes=[CircuitChangeOut.model_validate(change) for change in reversed(circuit.changes)],
        brains=[BrainOut.model_validate(brain) for brain in scorer.brains()],
        instances=[
            InstanceOut(
                instance=instance.name, state=instance.state, failures=instance.failures, seen_at=instance.seen_at
            )
            for instance in instances
        ],
        health=StatusOut.of(status.current()),
    )


@router.get("/faults")
@needs(Scope.OPS_READ)
async def read_faults(faults: FaultsDep) -> FaultsOut:
    """
    What every brain injects now, whether or not that may be changed here.

    A brain that does not answer within a second has `faults` null.
    """
    return _to_reply(await faults.read(), is_enabled=faults.is_enabled)


@router.put("/faults", responses=problems(400, 403, 413, 415, 422, 503), openapi_extra=FAULTS_REQUEST)
@needs(Scope.FAULTS_WRITE)
async def put_faults(request: Request, faults: FaultsDep) -> FaultsOut:
    """
    Replace the faults of every brain, and answer what each injects afterwards. What is left out is off; `{}` heals.

    A brain that is silent, or takes no changes, keeps what it has: look at each. It holds until the next change, or
    until a brain starts again: then its environment says. 403: not to be changed here, on any brain, or under a
    host name with a dot. 503: no brain confirmed it; the same request again is safe.
    """
    faults.check_enabled()
    refuse_unsafe_host(request)
    said = await read_as(FaultSettingsIn, request)
    brains = await faults.replace(FaultSettings(**said.model_dump()))
    return _to_reply(brains, is_enabled=True)


def _to_reply(brains: Sequence[BrainFaults], *, is_enabled: bool) -> FaultsOut:
    return FaultsOut(
        is_enabled=is_enabled,
        brains=[
            BrainFaultsOut(
                address=brain.address,
                is_allowed=brain.is_allowed,
                faults=brain.settings and FaultSettingsOut.model_validate(brain.settings),
            )
            for brain in brains
        ],
    )
