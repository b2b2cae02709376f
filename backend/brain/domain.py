"""Defines the words of the brain: the transaction to score, past events of its user and merchant, and labels."""

from dataclasses import dataclass

from msgspec import Struct

HISTORY = "history"  # the value in ScoreReply.degraded of a score that was made without history
USER_WINDOW_DAYS = 30
MERCHANT_WINDOW_DAYS = 37
LINK_WINDOW_DAYS = 30  # of a card, a device, a network address, an email address
USER_EVENTS_MAX = 256
MERCHANT_EVENTS_MAX = 512
LINK_EVENTS_MAX = 128

# A payment without a chargeback counts as genuine after this long, in training and in serving, unless it was blocked.
LABEL_DELAY_DAYS = 7

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
LABEL_DELAY_MS = LABEL_DELAY_DAYS * DAY_MS


@dataclass(frozen=True, slots=True)
class Event:
    """
    One payment of the ledger, as kept in the history of its user and of its merchant.

    Attributes:
        transaction_id: Identifies repeated events, and the event of the query itself.
        time_ms: Event time, milliseconds since the epoch, UTC.
        amount_minor: Amount in hundredths of the reference currency (USD).
        counterparty: Merchant id in a user's history ("" when there was none), user id in a merchant's.
        is_fraud: The label; None while there is none.
        known_at_ms: When `is_fraud` became known; None exactly when `is_fraud` is None.
        is_blocked: Whether it was blocked: no chargeback can come of it, so without a label it stays unknown.
    """

    transaction_id: str
    time_ms: int
    amount_minor: int
    counterparty: str
    is_fraud: bool | None = None
    known_at_ms: int | None = None
    is_blocked: bool = False


class Query(Struct, frozen=True, gc=False):
    """
    One transaction to score, as of its own time. What a request did not tell is None.

    Attributes:
        transaction_id: An event of this id does not count for its own score.
        time_ms: Event time, milliseconds since the epoch, UTC.
        amount_minor: Amount in hundredths of the reference currency (USD); None when its currency has no rate.
        user_id: The user who pays.
        merchant_id: The merchant who is paid; None when the request names none.
        is_canary: Whether a gateway made it up: it is scored, but neither kept in memory nor counted.
        is_blocked: Whether it was blocked; False while it is being scored.
        card: The card's token: never made of its last digits, which many cards share.
        card_bin: The card's first six digits: its issuer.
        card_country: ISO 3166-1 alpha-2, as all countries; of the issuer.
        location_country: Where the buyer is.
        merchant_country: Where the merchant is.
        billing_country: Of the billing address.
        shipping_country: Of the shipping address.
        card_funding: Such as "credit", "debit" or "prepaid".
        device: The id of the buyer's device.
        address: The buyer's network address, in its one form.
        email: SHA-256 of the buyer's normalised email address, 64 hex digits; the address itself is nowhere.
        email_domain: The domain of that address.
        account_created_ms: When the buyer's account was opened, milliseconds since the epoch, UTC.
        category: The merchant's category, or else its category code (MCC).
        channel: Such as "web" or "pos".
        payment_method: Such as "card".
        utc_offset_min: Minutes that the sender's clock is ahead of UTC, where its time came with an offset.
    """

    transaction_id: str
    time_ms: int
    amount_minor: int | None
    user_id: str
    merchant_id: str | None
    is_canary: bool = False
    is_blocked: bool = False
    card: str | None = None
    card_bin: str | None = None
    card_country: str | None = None
    location_country: str | None = None
    merchant_country: str | None = None
    billing_country: str | None = None
    shipping_country: str | None = None
    card_funding: str | None = None
    device: str | None = None
    address: str | None = None
    email: str | None = None
    email_domain: str | None = None
    account_created_ms: int | None = None
    category: str | None = None
    channel: str | None = None
    payment_method: str | None = None
    utc_offset_min: int | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """
    The label of one transaction: whether it was fraud.

    Attributes:
        query: The whole transaction: a label may come before its Observe.
        is_fraud: Whether it was fraud.
        known_at_ms: Scores use the label from then on; milliseconds since the epoch, UTC.
        revision: From 1; of two labels of one transaction the higher one counts, in any order of arrival.
    """

    query: Query
    is_fraud: bool
    known_at_ms: int
    revision: int
