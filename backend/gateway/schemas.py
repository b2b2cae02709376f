"""What a merchant may send. Unknown fields, guesses and full card numbers are refused with their place."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    IPvAnyAddress,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from gateway.card_numbers import holds_card_number
from gateway.domain import Money
from money.currencies import EXPONENTS

AMOUNT_MAX = Decimal("1000000000000")  # in major units; one iPhone is already 3e7 Vietnamese dong
_MINOR_UNITS_MAX = 10**15  # the brain takes no more; currencies with four decimals get there before AMOUNT_MAX
_EVENT_TIME_MIN = datetime(2000, 1, 1, tzinfo=UTC)
_FUTURE_MAX = datetime(2200, 1, 1, tzinfo=UTC)
_CLOCK_SKEW = timedelta(minutes=5)  # later than that would push real events out of a user's history
_DECIMAL = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]")  # not seconds since some epoch


def _to_decimal(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return Decimal(value)
    raise PydanticCustomError("amount_type", 'must be a number, or a decimal in a string such as "150.50"')


def _check_amount(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise PydanticCustomError("amount_finite", "must be a finite number")
    if value < 0:
        raise PydanticCustomError("amount_negative", "must not be negative; send a refund to your processor instead")
    if value > AMOUNT_MAX:
        raise PydanticCustomError("amount_max", "must be at most 1000000000000")
    return value


def _check_currency(value: str) -> str:
    if value not in EXPONENTS:
        raise PydanticCustomError("currency", 'must be an ISO 4217 code in capitals, such as "USD"')
    return value


def _to_time(value: object) -> object:
    if not isinstance(value, str) or not _DATE.match(value):
        raise PydanticCustomError("timestamp", 'must be an RFC 3339 time with its zone, such as "2026-11-22T10:00:00Z"')
    return value


def _check_time(value: datetime) -> datetime:
    if not _EVENT_TIME_MIN <= value <= datetime.now(UTC) + _CLOCK_SKEW:
        raise PydanticCustomError("timestamp_range", "must lie between 2000-01-01 and 5 minutes from now")
    return value.astimezone(UTC)


def _check_future(value: datetime) -> datetime:
    if not datetime.now(UTC) < value <= _FUTURE_MAX:
        raise PydanticCustomError("time_future", "must lie in the future, and before the year 2200")
    return value.astimezone(UTC)


def _refuse_card_number(value: str) -> str:
    if holds_card_number(value):
        raise PydanticCustomError("card_number", "must not hold a full card number; send a token, or its last4")
    return value


def _check_metadata_value(value: object) -> object:
    if isinstance(value, bool):
        return value
    is_number = isinstance(value, int) and -(2**63) <= value < 2**63
    if is_number or (isinstance(value, str) and len(value) <= 256 and value.isprintable()):
        _refuse_card_number(str(value))
        return value
    raise PydanticCustomError(
        "metadata_value", "must be true, false, a 64-bit whole number, or printable text of at most 256 characters"
    )


def _to_float(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value  # decode_json makes no floats


TransactionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
PartyId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:@|+=/-]{1,128}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=256, pattern=r"^[^\p{C}]*$"),
    AfterValidator(_refuse_card_number),
]
Note = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1000, pattern=r"^[^\p{C}]*$"),
    AfterValidator(_refuse_card_number),
]
Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$"), AfterValidator(_refuse_card_number)]
Share = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False), BeforeValidator(_to_float)]
Time = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_to_time), AfterValidator(_check_time)]

Future = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_to_time), AfterValidator(_check_future)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class MerchantIn(_Part):
    """What is known of the merchant beside its id."""

    name: Text | None = None
    mcc: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")] | None = None
    country: Country | None = None


class CardIn(_Part):
    """Never a card number: a token, and what may be kept of it."""

    token: Word | None = None
    bin: Annotated[str, StringConstraints(pattern=r"^[0-9]{6,8}$")] | None = None
    last4: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")] | None = None
    country: Country | None = None


class DeviceIn(_Part):
    """What the checkout knows of the buyer's device."""

    id: Word | None = None
    ip: Annotated[IPvAnyAddress, BeforeValidator(lambda v: v if isinstance(v, str) else "")] | None = None
    user_agent: Text | None = None
    session_id: Word | None = None


class LocationIn(_Part):
    """Where the buyer is."""

    country: Country | None = None


class TransactionIn(_Part):
    """One payment to decide. The first four fields are enough."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"transaction_id": "txn_001", "amount": 150.50, "currency": "USD", "user_id": "user_123"}]
        }
    )

    transaction_id: TransactionId
    amount: Annotated[Decimal, BeforeValidator(_to_decimal), AfterValidator(_check_amount)] = Field(
        description="In major units, exact: a number or a decimal in a string, with no more decimals than the currency."
    )
    currency: Annotated[str, AfterValidator(_check_currency)] = Field(description="ISO 4217, such as USD.")
    user_id: PartyId
    timestamp: Time | None = Field(
        default=None, description="When it happened, RFC 3339 with zone; now, when it is left out."
    )
    merchant_id: PartyId | None = None
    payment_method: Word | None = None
    channel: Word | None = None
    merchant: MerchantIn | None = None
    card: CardIn | None = None
    device: DeviceIn | None = None
    location: LocationIn | None = None
    metadata: (
        Annotated[
            dict[
                Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")],
                Annotated[Any, BeforeValidator(_check_metadata_value)],
            ],
            Field(max_length=20),
        ]
        | None
    ) = None

    @model_validator(mode="after")
    def _amount_fits_currency(self) -> "TransactionIn":
        try:
            money = Money.from_amount(self.amount, self.currency)
        except (ValueError, ArithmeticError):
            raise PydanticCustomError(
                "amount_precision",
                "{currency} amounts have at most {decimals} decimals",
                {"currency": self.currency, "decimals": EXPONENTS[self.currency], "place": "amount"},
            ) from None
        if money.minor_units > _MINOR_UNITS_MAX:
            raise PydanticCustomError(
                "amount_max_of_currency",
                "is more than any payment in {currency}",
                {"currency": self.currency, "place": "amount"},
            )
        return self


class LabelIn(_Part):
    """What a transaction turned out to be."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"is_fraud": True, "source": "chargeback"}]})

    is_fraud: bool
    source: Word = Field(description='Who says so, such as "chargeback", "analyst" or "customer".')
    known_at: Time | None = Field(
        default=None,
        description="When it became known, RFC 3339 with zone: later scores see it from then on. Now, when left out.",
    )


class ClaimIn(_Part):
    """Who takes a transaction from the review queue, or gives it back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"by": "alice"}]})

    by: Word = Field(description="Whoever you are to your colleagues. Nobody checks it: see Limits in the README.")


class DecisionIn(_Part):
    """What a person makes of a transaction."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"by": "alice", "decision": "block", "note": "the card was stolen"}]}
    )

    by: Word
    decision: Literal["approve", "block"]
    note: Note | None = None


class ListEntryIn(_Part):
    """Why something is on a list, and until when."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "reported stolen", "expires_at": "2027-01-31T00:00:00Z"}]}
    )

    reason: Text = Field(description="For people; it is told in the verdicts that this entry decides.")
    expires_at: Future | None = Field(
        default=None,
        description="RFC 3339 with zone, in the future: the entry counts until then. For good, if left out.",
    )


class FaultSettingsIn(_Part):
    """The faults that every brain shall inject from now on. What is left out is off."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"latency_rate": 0.1, "latency_s": 2.0}]})

    latency_rate: Share = Field(default=0.0, description="Share of scoring attempts that sleep first.")
    latency_s: Annotated[float, Field(ge=0.0, le=60.0, allow_inf_nan=False), BeforeValidator(_to_float)] = Field(
        default=2.0, description="For how long, in seconds; of no effect while latency_rate is 0."
    )
    error_rate: Share = Field(default=0.0, description="Share of attempts that fail.")
    drop_rate: Share = Field(default=0.0, description="Share of attempts that are never answered.")
    nan_rate: Share = Field(default=0.0, description="Share of answers whose score is no number.")
    wrong_id_rate: Share = Field(default=0.0, description="Share of answers that name another transaction.")
    constant_score: Share | None = Field(
        default=None, description="The score of every transaction, whatever was asked; null: the model's."
    )
