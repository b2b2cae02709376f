"""Our own rules for docker-compose.yml: each takes the parsed file and returns its complaints."""

import re
from dataclasses import dataclass
from typing import Any

from brain.settings import FOR_THE_GATEWAY
from brain.settings import Settings as BrainSettings
from gateway.settings import Settings as GatewaySettings

Compose = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Port:
    """Where a service is reached from this machine, and where it listens in its container."""

    published: str
    inside: str


SETTINGS = {
    "gateway": {f"GATEWAY_{name.upper()}" for name in GatewaySettings.model_fields},
    "worker": {f"GATEWAY_{name.upper()}" for name in GatewaySettings.model_fields},
    "brain": {f"BRAIN_{name.upper()}" for name in BrainSettings.model_fields} | FOR_THE_GATEWAY,
    "dashboard": {"GATEWAY_URL"},  # read by infra/docker/dashboard/start.sh
}
NAMED_BY_THE_USER = {"BRAIN_SERVICE_HOST", "BRAIN_SERVICE_PORT", "MONGODB_URL"}
_REST_OF_A_STOP_S = 5.0  # after the journal: requests in flight end before
PORTS = {
    "db": Port("27017", "27017"),
    "brain": Port("50051", "50051"),
    "gateway": Port("8000", "8000"),
    "dashboard": Port("3000", "8080"),
}


def is_what_the_user_named(compose: Compose) -> list[str]:
    """Services, database and neighbours by the names of the README."""
    services = compose["services"]
    complaints = [f"no service {name}" for name in (*PORTS, "worker") if name not in services]
    for role in ("gateway", "worker"):
        told = services.get(role, {}).get("environment", {})
        for name, value in (("BRAIN_SERVICE_HOST", "brain"), ("BRAIN_SERVICE_PORT", "50051")):
            if told.get(name) != value:
                complaints.append(f"{role}: {name} is not {value}")
        if not str(told.get("MONGODB_URL")).startswith("mongodb://"):
            complaints.append(f"{role}: MONGODB_URL is no mongodb:// address")
    if services.get("dashboard", {}).get("environment", {}).get("GATEWAY_URL") != "http://gateway:8000":
        complaints.append("dashboard: GATEWAY_URL is not http://gateway:8000")
    if services.get("db", {}).get("environment", {}).get("MONGO_INITDB_DATABASE") != "fraud_ledger":
        complaints.append("db: not the database fraud_ledger")
    return complaints


def is_locked_down(compose: Compose) -> list[str]:
    """Read-only root, no capability, no way to get one back."""
    complaints = []
    for name, service in compose["services"].items():
        if service.get("read_only") is not True:
            complaints.append(f"{name}: its root may be written")
        if service.get("cap_drop") != ["ALL"] or "cap_add" in service or service.get("privileged"):
            complaints.append(f"{name}: has capabilities")
        if "no-new-privileges:true" not in service.get("security_opt", []):
            complaints.append(f"{name}: may gain privileges")
        if not [place for place in service.get("tmpfs", []) if re.fullmatch(r"/tmp:size=\d+m", place)]:  # noqa: S108
            complaints.append(f"{name}: has no /tmp to write to, or one without a bound")
        complaints += [f"{name}: mounts {volume} of the host" for volume in _host_paths(service)]
    return complaints


def is_bounded(compose: Compose) -> list[str]:
    """Memory, logs and the time to stop have limits that somebody chose."""
    wanted = ("mem_limit", "stop_grace_period", "restart")
    complaints = [
        f"{name}: no {key}" for name, service in compose["services"].items() for key in wanted if key not in service
    ]
    gateway = compose["services"].get("gateway", {})
    default_s = GatewaySettings.model_fields["drain_s"].default
    drain_s = float(gateway.get("environment", {}).get("GATEWAY_DRAIN_S", default_s))
    if float(str(gateway.get("stop_grace_period", "0s")).removesuffix("s")) < drain_s + _REST_OF_A_STOP_S:
        complaints.append("gateway: no time to hand over its journal")
    return complaints + [
        f"{name}: its logs grow for ever"
        for name, service in compose["services"].items()
        if not {"max-size", "max-file"} <= service.get("logging", {}).get("options", {}).keys()
    ]


def is_published_here_only(compose: Compose) -> list[str]:
    """The known ports, on 127.0.0.1 unless .env says otherwise: nothing here asks who is calling."""
    complaints = []
    for name, port in PORTS.items():
        published = compose["services"].get(name, {}).get("ports", [])
        pattern = rf"\$\{{SENTINEL_BIND_ADDRESS:-127\.0\.0\.1\}}:\$\{{[A-Z_]+:-{port.published}\}}:{port.inside}"
        if len(published) != 1 or not re.fullmatch(pattern, published[0]):
            complaints.append(f"{name}: published as {published}")
    return complaints


def waits_for_nobody(compose: Compose) -> list[str]:
    """A condition would keep the gateway from starting, and answering, while a neighbour is away."""
    return [
        f"{name}: waits for {service['depends_on']}"
        for name, service in compose["services"].items()
        if isinstance(service.get("depends_on"), dict)
    ]


def sets_only_what_is_read(compose: Compose) -> list[str]:
    """A name that the service does not know stops its start."""
    return [
        f"{name}: {variable} is no setting"
        for name, known in SETTINGS.items()
        for variable in compose["services"].get(name, {}).get("environment", {})
        if variable not in known | NAMED_BY_THE_USER
    ]


def is_ready_for_drills(compose: Compose) -> list[str]:
    """Faults can be switched on both services, and .env can forbid it."""
    complaints = []
    for service, variable in (("brain", "BRAIN_FAULT_CONTROL"), ("gateway", "GATEWAY_FAULT_CONTROL")):
        value = compose["services"].get(service, {}).get("environment", {}).get(variable)
        if value != f"${{{variable}:-true}}":
            complaints.append(f"{service}: {variable} is {value}")
    return complaints


def lets_passwords_be_replaced(compose: Compose) -> list[str]:
    """A credential stands only as the default of a variable."""
    complaints = []
    for name, service in compose["services"].items():
        for variable, value in service.get("environment", {}).items():
            bare = re.sub(r"\$\{[A-Z_]+:-[^}]*\}", "", str(value))
            if re.search(r"(?i)password", variable) and bare:
                complaints.append(f"{name}: {variable} cannot be set")
            if re.search(r"//[^@/]*\w[^@/]*@", bare):
                complaints.append(f"{name}: {variable} holds credentials")
    return complaints


POLICIES = (
    is_what_the_user_named,
    is_locked_down,
    is_bounded,
    is_published_here_only,
    waits_for_nobody,
    sets_only_what_is_read,
    is_ready_for_drills,
    lets_passwords_be_replaced,
)


def _host_paths(service: Compose) -> list[str]:
    return [volume for volume in service.get("volumes", []) if str(volume).startswith((".", "/", "~", "$"))]
