"""What GET /circuit/status, and GET and PUT /faults answer."""

from pydantic import Field

from gateway.api.reply import Reply, Time, json_body
from gateway.domain import BlindReason
from gateway.features.health.schemas import StatusOut
from gateway.kit.circuit import CircuitState
from gateway.scoring.stream import Reach
from gateway.verdict.intake.schemas import FaultSettingsIn


class FailureOut(Reply):
    """The last failure that the circuit counted."""

    reason_code: BlindReason
    detail: str
    at: Time


class CircuitChangeOut(Reply):
    """One change of state; `failures` in a row until then."""

    old: CircuitState = Field(alias="from")
    new: CircuitState = Field(alias="to")
    failures: int
    at: Time


class BrainOut(Reply):
    """
    One brain as this gateway sees it.

    `is_suspect`: silent or failing although connected. `is_distrusted`: it cannot tell a risky canary from a clean one,
    and is not asked. `waiting` attempts are not answered; `answered` scores since this gateway knows it.
    """

    address: str
    reach: Reach
    is_suspect: bool
    is_distrusted: bool
    waiting: int
    answered: int


class InstanceOut(Reply):
    """One gateway as it last reported itself."""

    instance: str
    state: CircuitState
    failures: int
    seen_at: Time


class CircuitStatusOut(Reply):
    """
    `changes` are the newest 50, newest first; the first of `instances` is the one that answers.

    `health` is what GET /health says of it, of all and not only of its circuit: who polls this needs no other answer.
    """

    state: CircuitState
    fleet_state: CircuitState
    failures: int
    fail_max: int
    reset_timeout_s: float
    retry_after_ms: int
    scorer_reachable: bool
    last_failure: FailureOut | None
    changes: list[CircuitChangeOut]
    brains: list[BrainOut]
    instances: list[InstanceOut]
    health: StatusOut


class FaultSettingsOut(Reply):
    """What a brain injects: rates are shares of attempts, 0..1; `constant_score` is null while the model scores."""

    latency_rate: float
    latency_s: float
    error_rate: float
    drop_rate: float
    nan_rate: float
    wrong_id_rate: float
    constant_score: float | None


class BrainFaultsOut(Reply):
    """One brain. `faults` is null when it did not answer within a second; `is_allowed`: it takes changes."""

    address: str
    is_allowed: bool
    faults: FaultSettingsOut | None


class FaultsOut(Reply):
    """`is_enabled`: this gateway takes PUT /faults. `brains`: all that it knows, by address."""

    is_enabled: bool
    brains: list[BrainFaultsOut]


FAULTS_REQUEST = json_body({"$ref": "#/components/schemas/FaultSettingsIn"})
DOCUMENTED = (FaultSettingsIn,)
