"""
The gateway's own words: what a transaction, a score and a verdict are. No HTTP, no protobuf, no BSON.

What each request makes anew is a Struct: as immutable as a frozen dataclass, made in a tenth of the time, and nothing
for the garbage collector to look at. No circle goes through it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from money.amounts import Money


class Transaction(Struct, frozen=True, gc=False):
    """A validated request. Equal digests mean equal requests as sent, before defaults."""

    transaction_id: str
    money: Money
    user_id: str
    merchant_id: str | None
    event_time: datetime
    request: Mapping[str, Any]  # as sent and validated; amounts as strings, of an email address only hash and domain
    digest: bytes  # SHA-256 of the canonical request
    unusable: tuple["Unusable", ...] = ()  # what was sent in vain


class Unusable(StrEnum):
    """What was sent in a form that says nothing. It costs a payment no verdict: `degraded` names it."""

    TIMESTAMP = "timestamp"
    BILLING_COUNTRY = "billing.country"
    BILLING_POSTAL_CODE = "billing.postal_code"
    CARD_COUNTRY = "card.country"
    CUSTOMER_CREATED_AT = "customer.created_at"
    CUSTOMER_EMAIL = "customer.email"
    DEVICE_ID = "device.id"
    DEVICE_IP = "device.ip"
    DEVICE_SESSION_ID = "device.session_id"
    DEVICE_USER_AGENT = "device.user_agent"  # cut
    LOCATION_COUNTRY = "location.country"
    MERCHANT_COUNTRY = "merchant.country"
    SHIPPING_COUNTRY = "shipping.country"
    SHIPPING_POSTAL_CODE = "shipping.postal_code"


class Decision(StrEnum):
    """What the merchant's checkout is told to do."""

    APPROVE = "approve"
    REVIEW = "review"
    BLOCK = "block"


class RiskLevel(StrEnum):
    """By the thresholds of the model that scored; unknown when nothing did."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


class BlindReason(StrEnum):
    """Why a verdict had to be given without a score."""

    SCORER_TIMEOUT = "SCORER_TIMEOUT"
    SCORER_UNAVAILABLE = "SCORER_UNAVAILABLE"
    CIRCUIT_OPEN = "CIRCUIT_OPEN"
    SCORER_INVALID_RESPONSE = "SCORER_INVALID_RESPONSE"
    OVERLOADED = "OVERLOADED"
    EXPOSURE_CAP_REACHED = "EXPOSURE_CAP_REACHED"


class DecisionSource(StrEnum):
    """Who decided."""

    MODEL = "model"
    LIST = "list"
    RULE = "rule"
    FALLBACK = "fallback"


class ListName(StrEnum):
    """What people have settled beforehand: block it, or approve it."""

    DENY = "deny"
    ALLOW = "allow"


class ListKind(StrEnum):
    """What a list can name."""

    USER = "user"
    MERCHANT = "merchant"
    CARD = "card"  # its token
    DEVICE = "device"  # its id
    IP = "ip"  # an address or a network
    COUNTRY = "country"  # of the buyer's location, or of the card


class LedgerStatus(StrEnum):
    """Where a verdict stands: on a majority of the ledger, or durably in a journal that will bring it there."""

    COMMITTED = "committed"
    PENDING = "pending"


class Reason(Struct, frozen=True, gc=False):
    """One thing that moved the score; the contribution is in log-odds."""

    code: str
    message: str
    contribution: float


@dataclass(frozen=True, slots=True)
class ShadowScore:
    """What a second model would have said. It never decides."""

    risk_score: float  # 0..1
    risk_level: RiskLevel  # by its own thresholds
    model_name: str
    model_version: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What a model says of how far its own scores may be acted on."""

    review_threshold: float  # lowest risk score of the level "high"
    block_threshold: float  # lowest risk score of the level "critical"
    may_block: bool
    own_labels: bool  # trained on the merchant's own labels: its thresholds are taken as they are


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which risk score on a payment is reviewed, and from which one it is blocked."""

    review: float
    block: float


class Score(Struct, frozen=True, gc=False):
    """A plausible answer of the brain."""

    risk_score: float  # 0..1
    risk_level: RiskLevel
    reasons: tuple[Reason, ...]
    model_name: str
    model_version: str
    degraded: tuple[str, ...]  # what the brain did without
    shadow: ShadowScore | None = None  # where a second model runs along, and answered
    limits: Limits | None = None  # of the model that scored; a brain from before there were any tells none


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One line of a list; `value` in the one form that its kind has."""

    name: ListName
    kind: ListKind
    value: str
    reason: str
    expires_at: datetime | None
    created_at: datetime
    updated_at: datetime
    by: str | None = None  # the person or key that put it there; None before that was asked


@dataclass(frozen=True, slots=True)
class Listed:
    """That a list decides a transaction, whatever its score."""

    name: ListName
    message: str  # such as "card is on the deny list: stolen"

    @property
    def reason(self) -> Reason:
        """As a reason among others. It moves no score, so it contributes nothing to one."""
        return Reason(f"{self.name.value.upper()}_LIST", self.message, 0.0)


@dataclass(frozen=True, slots=True)
class Fallback:
    """Why there was no score, and which line of the blind policy decided."""

    reason_code: BlindReason
    policy: str


class BudgetName(StrEnum):
    """Why a model's scores are not acted on as its levels say."""

    MAY_BLOCK = "may_block"  # the model may not block: a person looks
    DECLINE_CAP = "decline_cap"  # models have blocked as much as they may: a person looks
    REVIEW_SHARE = "review_share"  # the thresholds follow the traffic, and lie above the model's own
    LET_THROUGH = "let_through"  # drawn by lot, so that a label can tell whether the model is right


class Budget(Struct, frozen=True, gc=False, omit_defaults=True):
    """What changed a decision of the model, and what its level alone would have led to."""

    name: BudgetName
    model_decision: Decision
    probability: float | None = None  # of being let through, 0..1; only of LET_THROUGH


class Ruling(Struct, frozen=True, gc=False):
    """
    What policy makes of a score, or of its absence. Exactly one of score and fallback is set.

    `listed` is set when a list decided; the score, if there is one, is then told beside it. `budget` is set when a
    budget changed what the model's level leads to.
    """

    decision: Decision
    source: DecisionSource
    score: Score | None = None
    fallback: Fallback | None = None
    listed: Listed | None = None
    budget: Budget | None = None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The list's word first, then what moved the score."""
        own = () if self.listed is None else (self.listed.reason,)
        return own + (self.score.reasons if self.score is not None else ())


class Verdict(Struct, frozen=True, gc=False):
    """What is answered and written down. The first one recorded for a transaction stands."""

    transaction_id: str
    ruling: Ruling
    circuit_state: str
    latency_ms: float  # from arrival to decision; the ledger's write is not in it
    created_at: datetime
    trace_id: str
    thresholds: Thresholds | None = None  # in force then, of the model that was heard last; None: of none yet
    unusable: tuple[str, ...] = ()  # of the request

    @property
    def degraded(self) -> tuple[str, ...]:
        """What this verdict had to do without."""
        return (self.ruling.score.degraded if self.ruling.score is not None else ()) + self.unusable


@dataclass(frozen=True, slots=True)
class Amendment:
    """What was found out later about a verdict. The verdict itself is never rewritten."""

    at: datetime
    reason: str  # why it was looked at again, such as a blind reason code
    old_decision: Decision
    new_decision: Decision
    score: Score
    budget: Budget | None = None  # what made the new decision milder than the model's level

    @property
    def is_flip(self) -> bool:
        """Whether the decision would have been another one."""
        return self.old_decision is not self.new_decision


class RecordedVerdict(Struct, frozen=True, gc=False):
    """The verdict that stands for a transaction, and the digest of the request that it answered."""

    verdict: Verdict
    digest: bytes
    replayed: bool
    ledger_status: LedgerStatus = LedgerStatus.COMMITTED
    amendments: tuple[Amendment, ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """What a transaction turned out to be; scores of later payments see it from `known_at` on."""

    transaction_id: str
    is_fraud: bool
    source: str  # who says so, such as "chargeback"
    known_at: datetime
    recorded_at: datetime
    revision: int  # from 1; each correction is one more
    by: str | None = None  # the person or key that recorded it; None before that was asked
