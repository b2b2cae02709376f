"""GET /circuit/status: how the way to the scorer is, for this gateway and for all of them."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter

from gateway.api.polled import PolledRoute
from gateway.api.services import service
from gateway.domain import BlindReason
from gateway.features.circuit.schemas import BrainOut, CircuitChangeOut, CircuitStatusOut, FailureOut, InstanceOut
from gateway.features.fleet.service import Fleet, worst
from gateway.features.health.schemas import StatusOut
from gateway.features.health.service import StatusWatch
from gateway.scoring.scorer import Scorer

router = APIRouter(tags=["operations"], route_class=PolledRoute)
FleetDep = Annotated[Fleet, service(Fleet)]
ScorerDep = Annotated[Scorer, service(Scorer)]
StatusDep = Annotated[StatusWatch, service(StatusWatch)]


@router.get("/circuit/status")
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
        changes=[
            CircuitChangeOut(old=change.old, new=change.new, failures=change.failures, at=change.at)
            for change in reversed(circuit.changes)
        ],
        brains=[BrainOut(**asdict(brain)) for brain in scorer.brains()],
        instances=[
            InstanceOut(
                instance=instance.name, state=instance.state, failures=instance.failures, seen_at=instance.seen_at
            )
            for instance in instances
        ],
        health=StatusOut.of(status.current()),
    )
