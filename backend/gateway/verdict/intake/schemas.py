"""What a merchant may send. Unknown fields, guesses and full card numbers are refused with their place."""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from gateway.values.customers import AccountTime, Email, PostalCode
from gateway.values.fields import (
    USER_AGENT_CHARS_MAX,
    Amount,
    BrowserId,
    ClientAddress,
    Country,
    Currency,
    ForeignId,
    Future,
    Id,
    LatencySeconds,
    LocalTime,
    MetadataKey,
    MetadataValue,
    NoneIfEmpty,
    Note,
    Share,
    Text,
    Time,
    UserAgent,
    Word,
)
from money.amounts import Money
from money.currencies import EXPONENTS

UNDO_S_MAX = 30  # later payments are scored without the label for so long
MINOR_UNITS_MAX = 10**15  # the brain takes no more; currencies with four decimals get there before AMOUNT_MAX


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


_What = TypeVar("_What")
# An object, or what PHP writes for an empty one.
_Object = Annotated[_What | None, NoneIfEmpty({"type": "array", "maxItems": 0})]
# Or "", as forms write what was not filled in.
_OrEmpty = Annotated[_What | None, NoneIfEmpty({"const": ""})]


def _without_null(metadata: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in metadata.items() if value is not None}


class MerchantIn(_Part):
    """What is known of the merchant beside its id."""

    name: Text | None = None
    mcc: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")] | None = None
    category: _OrEmpty[Text] = Field(default=None, description="What it sells, in your own words; it goes before mcc.")
    country: Country = None


class CardIn(_Part):
    """Never a card number: a token, and what may be kept of it."""

    token: ForeignId | None = None
    bin: Annotated[str, StringConstraints(pattern=r"^[0-9]{6,8}$")] | None = None
    last4: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")] | None = None
    country: Country = None
    funding: _OrEmpty[Text] = Field(default=None, description='Such as "credit", "debit", "prepaid" or "charge card".')


class DeviceIn(_Part):
    """What the checkout knows of the buyer's device."""

    id: BrowserId = None
    ip: ClientAddress = Field(
        default=None,
        description="The buyer's address, also as a proxy wrote it: with its port, or first of a forwarded list. What "
        "holds none costs the payment nothing: the verdict's `degraded` then names `device.ip`.",
    )
    user_agent: UserAgent = Field(
        default=None, description=f"What is beyond {USER_AGENT_CHARS_MAX} characters is not kept."
    )
    session_id: BrowserId = None


class LocationIn(_Part):
    """Where the buyer is."""

    country: Country = None


class CustomerIn(_Part):
    """What the merchant knows of the buyer."""

    email: Email = Field(
        default=None,
        description="Never kept: records hold the SHA-256 of the address in lower case, `email_hash`, and its domain. "
        "What is no address costs the payment nothing: the verdict's `degraded` then names `customer.email`.",
    )
    created_at: _OrEmpty[AccountTime] = Field(
        default=None,
        description="When the buyer's account was opened, RFC 3339 with zone. What is none, or lies before 1970 or in "
        "the future, costs the payment nothing: the verdict's `degraded` then names `customer.created_at`.",
    )


class AddressIn(_Part):
    """Of the bill, or where the goods go."""

    country: Country = None
    postal_code: PostalCode = None


class TransactionIn(_Part):
    """One payment to decide. The first four fields are enough."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"transaction_id": "txn_001", "amount": 150.50, "currency": "USD", "user_id": "user_123"}]
        }
    )

    transaction_id: Id
    amount: Amount = Field(
        description="In major units, exact: a number or a decimal in a string, with no more decimals than the currency."
    )
    currency: Currency = Field(description="ISO 4217, such as USD.")
    user_id: Id
    timestamp: LocalTime | None = Field(
        default=None,
        description="When it happened, RFC 3339 with zone; now, when it is left out. With the offset of the buyer's or "
        "the shop's clock the model knows the hour of the day there.",
    )
    merchant_id: Id | None = None
    payment_method: Word | None = None
    channel: Word | None = None
    merchant: _Object[MerchantIn] = None
    card: _Object[CardIn] = None
    device: _Object[DeviceIn] = None
    location: _Object[LocationIn] = None
    customer: _Object[CustomerIn] = None
    billing: _Object[AddressIn] = None
    shipping: _Object[AddressIn] = None
    metadata: _Object[
        Annotated[dict[MetadataKey, MetadataValue], Field(max_length=20), AfterValidator(_without_null)]
    ] = None

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
        if money.minor_units > MINOR_UNITS_MAX:
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

    by: Word | None = Field(
        default=None, description="Who acts, where a key asks for its client's people. Who signed in has the own name."
    )


class DecisionIn(_Part):
    """What a person makes of a transaction."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"by": "alice", "decision": "block", "note": "the card was stolen"}]}
    )

    by: Word | None = Field(default=None, description="As in a claim.")
    decision: Literal["approve", "block"]
    note: Note | None = None
    undo_s: int = Field(
        0,
        ge=0,
        le=UNDO_S_MAX,
        description="How long you may undo it, in seconds; its label is written afterwards. It stands, if left out.",
    )


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
    latency_s: LatencySeconds = Field(
        default=2.0, description="For how long, in seconds; of no effect while latency_rate is 0."
    )
    error_rate: Share = Field(default=0.0, description="Share of attempts that fail.")
    drop_rate: Share = Field(default=0.0, description="Share of attempts that are never answered.")
    nan_rate: Share = Field(default=0.0, description="Share of answers whose score is no number.")
    wrong_id_rate: Share = Field(default=0.0, description="Share of answers that name another transaction.")
    constant_score: Share | None = Field(
        default=None, description="The score of every transaction, whatever was asked; null: the model's."
    )
