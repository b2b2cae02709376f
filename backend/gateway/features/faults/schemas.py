"""What GET and PUT /faults answer."""

from gateway.api.reply import Reply, json_body
from gateway.verdict.intake.schemas import FaultSettingsIn


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
