"""What an operator may set. Read once, at the start, then passed down."""

import base64
import binascii
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import (
    BeforeValidator,
    Field,
    IPvAnyNetwork,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from money.currencies import DEFAULT_RATES_FILE

# GATEWAY_PORT moves the port in ./setup.sh and compose; uvicorn gets it on its command line.
# GATEWAY_URL tells the dashboard's container and `next dev` where the gateway is.
_READ_BY_OTHERS = {"GATEWAY_PORT", "GATEWAY_URL"}
_DASHBOARD_SOURCE = Path(__file__).resolve().parents[2] / "frontend" / "dashboard"  # of a checkout; images have none
DEFAULT_POLICY_FILE = Path(__file__).with_name("policy.toml")
_WEBHOOK_KEY_PREFIX = "whsec_"
_WEBHOOK_KEY_BYTES_MIN, _WEBHOOK_KEY_BYTES_MAX = 24, 64  # as Standard Webhooks says
_SECRET_FORM = "must be whsec_ and then 24 to 64 random bytes in base64"  # noqa: S105 (what it looks like)


def _to_networks(value: object) -> object:
    """Split at commas what an environment variable says."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Networks = Annotated[tuple[IPvAnyNetwork, ...], NoDecode, BeforeValidator(_to_networks)]


class AuthMode(StrEnum):
    """Who needs a key, or has to sign in."""

    OPEN = "open"  # nobody, until every client of ours sends one
    DEMO = "demo"  # everybody but who tries out the documented lines on this machine
    REQUIRED = "required"


class Settings(BaseSettings):
    """A bad value or a misspelt GATEWAY_ name stops the start: see load_settings."""

    # an empty variable is one that is not set: compose passes on what .env leaves out
    model_config = SettingsConfigDict(env_prefix="GATEWAY_", env_ignore_empty=True, frozen=True)

    brain_service_host: str = Field("localhost", validation_alias="BRAIN_SERVICE_HOST")
    brain_service_port: int = Field(50051, ge=1, le=65535, validation_alias="BRAIN_SERVICE_PORT")
    mongodb_url: SecretStr = Field(
        SecretStr("mongodb://localhost:27017"), validation_alias="MONGODB_URL"
    )  # secret: it may hold a password

    scoring_budget_ms: PositiveInt = 500  # below the injected 2 s, above three hedges
    hedge_delay_ms: PositiveInt = 50  # a healthy answer takes about 10 ms, so 50 is already a slow one
    attempts_max: int = Field(3, ge=1, le=5)  # all three slow: 0.1 % at a 10 % tail
    scoring_waiting_max: PositiveInt = 400  # attempts a brain owes: 12 ms of its work (docs/benchmarks.md)
    brain_token: SecretStr | None = None  # BRAIN_TOKEN of the brains, where they ask for one
    brain_connect_s: PositiveFloat = 1.0  # a frozen brain accepts TCP and says nothing: give up and try again

    circuit_fail_max: PositiveInt = 3  # consecutive transactions without a score
    circuit_reset_s: PositiveFloat = 30.0

    canary_s: PositiveFloat = 5.0  # a brain that lies is found within two looks
    blind_alert_s: PositiveFloat = 30.0  # without any real score although some were wanted
    rescore_per_s: PositiveFloat = 500.0  # 2 % of a core of one brain; reached after some seconds

    ledger_database: str = Field("fraud_ledger", pattern=r"^[A-Za-z0-9_-]{1,38}$")
    ledger_budget_ms: PositiveInt = 150  # past it the verdict goes to the journal; MongoDB may still get it, once
    ledger_queue_max: PositiveInt = 5_000
    ledger_batch_max: PositiveInt = 500
    ledger_writes_in_flight_max: PositiveInt = 2  # two overlap usefully, more only grow the batches of none

    ledger_circuit_fail_max: PositiveInt = 3  # batches in a row that were not acknowledged in time
    ledger_circuit_reset_s: PositiveFloat = 1.0  # a trial costs no verdict: the journal has them

    # from SIGTERM on, a stop waits for a ledger that is away; a second one ends that. Longer than an election and a
    # restart of MongoDB, for a journal may go with its pod; where it stays, compose and ./setup.sh say 8
    drain_s: NonNegativeFloat = 90.0

    journal_dir: Path = Path(".sentinel/journal")  # one for each gateway
    journal_max_mib: PositiveInt = 2_048  # of the disk, for what waits and for the memory of ids: see ledger.py
    journal_records_max: PositiveInt = 400_000  # that wait: about 1 GB, 7 minutes of 1,000 verdicts a second
    journal_free_min_mib: NonNegativeInt = 64  # below it a disk counts as full: SQLite's log needs room to fold in
    journal_memory_s: PositiveFloat = 86_400.0  # how long an id is known here after MongoDB has its verdict
    journal_remembered_max: PositiveInt = 100_000  # of them, whatever their age: about 250 MB; fewer of long ones

    reference_rates_file: Path = DEFAULT_RATES_FILE  # what is approved while blind is added up in one currency

    webhook_url: SecretStr | None = None  # secret: it may hold a password. None: alerts are recorded, and not sent
    webhook_secret: SecretStr | None = Field(None, validate_default=True)
    webhook_secret_previous: SecretStr | None = None  # while receivers change over, both sign

    policy_file: Path = DEFAULT_POLICY_FILE  # the blind policy; looked at each second
    policy_gateways: int | None = Field(None, ge=1, le=200)  # replaces `gateways` of that file: what Kubernetes knows

    decline_cap: float = Field(0.002, ge=0, le=0.05)  # share of payments that models may block, a good one or not
    let_through_share: float = Field(0.0, ge=0, le=0.2)  # of their blocks, that are approved by lot; 0: none
    let_through_day_max: NonNegativeInt = 100  # units of the reference currency a day, of all gateways together

    auth: AuthMode = AuthMode.OPEN
    key_file: Path | None = None  # keys that hold without a ledger: for our own tools, and for the first start

    public_url: str = Field("http://localhost:8000", pattern=r"^https?://[^/?#]+/?$")  # where browsers reach this
    session_idle_s: PositiveInt = 3_600  # without a request; pages that are open ask all the time
    session_absolute_s: PositiveInt = 43_200  # then somebody signs in again

    trusted_proxies: Networks = ()  # comma-separated; whose X-Forwarded-For is believed
    key_rate_per_s: PositiveFloat = 5_000.0  # of each key on each gateway: above what one gateway decides
    key_concurrency_max: PositiveInt = 1_000  # half of the connections

    fault_control: bool = False  # for drills and demonstrations: who may send PUT /faults can blind every gateway

    # the built pages behind /dashboard/: they may also come after the start, so a default that is not there is none
    dashboard_dir: Path | None = Field(
        default_factory=lambda: _DASHBOARD_SOURCE / "out" if _DASHBOARD_SOURCE.is_dir() else None,
        validate_default=False,
    )

    connections_max: PositiveInt = 2_048  # of one process; at the bound the one that is idle for longest closes
    keep_alive_s: PositiveFloat = 75.0  # balancers keep theirs for 60 s, and have to be the first to close
    head_s: PositiveFloat = 10.0  # for the request line and all header fields

    worker_host: str = "127.0.0.1"  # of its health checks and figures; "*" is every address
    worker_port: int = Field(8010, ge=1, le=65535)

    recent_verdicts_max: PositiveInt = 10_000  # about 2 kB each
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")

    def public(self) -> dict[str, object]:
        """What may be logged; secrets are masked."""
        return self.model_dump(exclude={"mongodb_url", "log_level"})

    @field_validator("brain_service_host")
    @classmethod
    def _without_brackets(cls, value: str) -> str:
        return value.strip().removeprefix("[").removesuffix("]")  # of an IPv6 address, as URLs write it

    @field_validator("dashboard_dir")
    @classmethod
    def _is_built(cls, value: Path | None) -> Path | None:
        if value is not None and not (value / ".headers").is_file():  # asked only of a folder that somebody named
            raise ValueError("holds no built dashboard: it is the `out` that `npm run build` leaves")
        return value

    @field_validator("webhook_url")
    @classmethod
    def _is_webhook_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _check_webhook_url(value.get_secret_value())
        return value

    @field_validator("webhook_secret", "webhook_secret_previous")
    @classmethod
    def _is_webhook_secret(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is not None:
            _check_webhook_secret(value.get_secret_value())
        elif info.field_name == "webhook_secret" and info.data.get("webhook_url") is not None:
            raise ValueError("is needed with GATEWAY_WEBHOOK_URL: a receiver must know who speaks")
        return value


def load_settings() -> Settings:
    """
    Read the environment.

    Raises:
        SystemExit: with one line for each value that does not fit and each unknown GATEWAY_ name.
    """
    known = {f"GATEWAY_{name.upper()}" for name in Settings.model_fields} | _READ_BY_OTHERS
    complaints = [
        f"{name} is not a setting of the gateway: misspelt? (docs/configuration.md)"
        for name in sorted(os.environ)
        if name.startswith("GATEWAY_") and name not in known
    ]
    try:
        settings = Settings()
    except ValidationError as error:
        # never the value itself: it may be a secret
        complaints += [f"{_variable(str(e['loc'][0]))}: {e['msg']}" for e in error.errors(include_input=False)]
    if complaints:
        raise SystemExit("\n".join(complaints))
    return settings


def _variable(location: str) -> str:
    return location if location.isupper() else f"GATEWAY_{location.upper()}"


def _check_webhook_url(url: str) -> None:
    """
    Refuse what no webhook can be sent to.

    Raises:
        ValueError: with words that repeat nothing of it: it may hold a password.
    """
    try:
        parsed = urlsplit(url)
        is_one = parsed.scheme in ("http", "https") and bool(parsed.hostname) and parsed.port != 0
    except ValueError:
        is_one = False
    if not is_one or parsed.fragment:
        raise ValueError("must look like https://host/path")


def _check_webhook_secret(secret: str) -> None:
    """
    Refuse what is no secret of a webhook.

    Raises:
        ValueError: with words that repeat nothing of it.
    """
    encoded = secret.removeprefix(_WEBHOOK_KEY_PREFIX)
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(_SECRET_FORM) from None
    if not secret.startswith(_WEBHOOK_KEY_PREFIX) or not _WEBHOOK_KEY_BYTES_MIN <= len(key) <= _WEBHOOK_KEY_BYTES_MAX:
        raise ValueError(_SECRET_FORM)
