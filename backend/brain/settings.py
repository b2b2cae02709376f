"""Reads the brain's settings from the environment, once, in main."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from pydantic import Field, PositiveFloat, PositiveInt, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri

from brain.faults.settings import LATENCY_S, LATENCY_S_MAX, FaultSettings
from money.currencies import DEFAULT_RATES_FILE

PREFIX = "BRAIN_"
HERE = Path(__file__).resolve().parent
TOKEN_LENGTH_MIN = 32
FOR_THE_GATEWAY = frozenset({"BRAIN_SERVICE_HOST"})  # one environment file may serve both services


class SettingsError(ValueError):
    """The environment holds an unknown name or a bad value. The message is for the operator."""


class Auth(StrEnum):
    """Who may call this brain."""

    DEMO = "demo"  # whoever reaches its port, unless BRAIN_TOKEN is set
    REQUIRED = "required"  # only who bears BRAIN_TOKEN


class Settings(BaseSettings):
    """Read once, in main, then passed down. A bad value or a misspelt name stops the start."""

    # an empty variable is one that is not set: compose passes on what .env leaves out
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True)

    service_port: int = Field(default=50051, ge=1, le=65535)
    bind_address: str = "0.0.0.0"  # noqa: S104 (a container is reached from outside; one machine passes 127.0.0.1)
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    drain_s: PositiveFloat = 5.0  # above the injected 2 s, below the 10 s after which containers are killed

    model_dir: Path = HERE / "artifacts"
    shadow_model_dir: Path | None = None  # a second model whose scores are recorded and never decide
    state_dir: Path | None = None  # where a copy of the promoted model lies, for a start without the ledger
    reference_rates_file: Path = DEFAULT_RATES_FILE

    mongodb_url: SecretStr = Field(default=SecretStr("mongodb://localhost:27017"), validation_alias="MONGODB_URL")
    ledger_database: str = Field(default="fraud_ledger", min_length=1, max_length=38)  # the gateways' own
    history_mib: PositiveInt = 128  # for past payments, taken at the start: 1.4 million of them

    auth: Auth = Auth.DEMO
    token: SecretStr | None = None  # every RPC but health checks has to bear it
    reflection: bool = False  # for grpcurl; always on in demo

    queue_max: PositiveInt = 2048  # attempts: 0.1 s of its work, well within a gateway's 500 ms
    batch_max: PositiveInt = 64  # rows: beyond this a row gets hardly cheaper

    fault_latency_rate: float = Field(default=0.0, ge=0.0, le=1.0)  # share of attempts
    fault_latency_s: float = Field(default=LATENCY_S, ge=0.0, le=LATENCY_S_MAX)
    fault_error_rate: float = Field(default=0.0, ge=0.0, le=1.0)  # share of attempts
    fault_drop_rate: float = Field(default=0.0, ge=0.0, le=1.0)  # share of attempts that are never answered
    fault_nan_rate: float = Field(default=0.0, ge=0.0, le=1.0)  # share of answers
    fault_wrong_id_rate: float = Field(default=0.0, ge=0.0, le=1.0)  # share of answers
    fault_constant_score: float | None = Field(default=None, ge=0.0, le=1.0)  # of every transaction; off when unset
    fault_control: bool = False  # whether the Faults RPC may replace them: for drills, never in production

    @field_validator("bind_address")
    @classmethod
    def _without_brackets(cls, value: str) -> str:
        return value.strip().removeprefix("[").removesuffix("]")  # of an IPv6 address, as URLs write it

    @field_validator("token")
    @classmethod
    def _is_token(cls, value: SecretStr | None) -> SecretStr | None:
        text = value.get_secret_value() if value else None
        if text is not None and not (text.isascii() and text.isprintable() and len(text) >= TOKEN_LENGTH_MIN):
            raise ValueError(f"a token has at least {TOKEN_LENGTH_MIN} printable ASCII characters")
        return value

    @property
    def has_reflection(self) -> bool:
        """Whether a caller may ask which RPCs there are."""
        return self.reflection or self.auth is Auth.DEMO

    @property
    def faults(self) -> FaultSettings:
        """The faults that are injected from the start."""
        return FaultSettings(
            latency_rate=self.fault_latency_rate,
            latency_s=self.fault_latency_s,
            error_rate=self.fault_error_rate,
            drop_rate=self.fault_drop_rate,
            nan_rate=self.fault_nan_rate,
            wrong_id_rate=self.fault_wrong_id_rate,
            constant_score=self.fault_constant_score,
        )


def load_settings(environment: Mapping[str, str]) -> Settings:
    """
    Read the settings of this process.

    Args:
        environment: `os.environ`; only its names are checked here; values are read from the process itself.

    Raises:
        SettingsError: a misspelt BRAIN_ name or a bad value; one line, without any value of MONGODB_URL.
    """
    known = {f"{PREFIX}{name}".upper() for name, field in Settings.model_fields.items() if not field.validation_alias}
    unknown = sorted(name for name in environment if name.startswith(PREFIX) and name not in known | FOR_THE_GATEWAY)
    if unknown:
        raise SettingsError(f"unknown setting {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    try:
        settings = Settings()
    except ValidationError as error:
        places = "; ".join(f"{_variable(str(problem['loc'][0]))}: {problem['msg']}" for problem in error.errors())
        raise SettingsError(f"bad setting {places}") from None
    if settings.auth is Auth.REQUIRED and settings.token is None:
        raise SettingsError(
            "BRAIN_AUTH=required needs BRAIN_TOKEN, and the gateways the same value in GATEWAY_BRAIN_TOKEN: "
            "`openssl rand -hex 32` makes one"
        )
    _check_url(settings.mongodb_url.get_secret_value())
    return settings


def _check_url(url: str) -> None:
    if url.startswith("mongodb+srv://"):
        return  # parsing this one would need a DNS query
    try:
        parse_uri(url, validate=True)
    except (PyMongoError, ValueError):
        # do not chain the driver's error: it may quote the password
        raise SettingsError(
            "MONGODB_URL is no MongoDB URL: it looks like mongodb://user:password@host:27017/?authSource=admin, "
            "and characters such as / : @ in a password are percent-encoded"
        ) from None


def _variable(location: str) -> str:
    return location if location.isupper() else f"{PREFIX}{location}".upper()
