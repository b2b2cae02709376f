"""What a score may look at: past events of a user or a merchant, and the question being asked."""

from dataclasses import dataclass

HISTORY = "history"  # what a score was made without, as ScoreReply.degraded says it
USER_WINDOW_DAYS = 30
MERCHANT_WINDOW_DAYS = 37
USER_EVENTS_MAX = 256
MERCHANT_EVENTS_MAX = 512

# After this long without a chargeback a payment counts as genuine, in training as in serving, unless it was blocked.
LABEL_DELAY_DAYS = 7


@dataclass(frozen=True, slots=True)
class Event:
    """
    One payment that stands in the ledger, as kept in the history of its user and of its merchant.

    Attributes:
        transaction_id: Tells repeated events, and the query itself, apart.
        time_ms: Event time, milliseconds since the epoch, UTC.
        amount_minor: Amount in hundredths of the reference currency (USD).
        counterparty: Merchant id in a user's history ("" when there was none), user id in a merchant's.
        is_fraud: What it turned out to be; None while nobody has said.
        known_at_ms: When `is_fraud` became known; None exactly when `is_fraud` is None.
        is_blocked: It was never paid, so no chargeback can come of it: without a label it stays unknown.
    """

    transaction_id: str
    time_ms: int
    amount_minor: int
    counterparty: str
    is_fraud: bool | None = None
    known_at_ms: int | None = None
    is_blocked: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """
    One transaction to be scored, as of its own time.

    Attributes:
        transaction_id: Its own event, should the history hold it already, does not count.
        time_ms: Event time, milliseconds since the epoch, UTC.
        amount_minor: Amount in hundredths of the reference currency (USD); None: no rate for its currency.
        user_id: Whose payment it is.
        merchant_id: Where it was made; None when the caller did not say.
        is_canary: Made up by a gateway: it is scored, and neither remembered nor counted.
        is_blocked: What was decided, once that is known; False while it is being scored.
    """

    transaction_id: str
    time_ms: int
    amount_minor: int | None
    user_id: str
    merchant_id: str | None
    is_canary: bool = False
    is_blocked: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """
    What one transaction turned out to be.

    Attributes:
        query: The transaction, whole: a label may come before its Observe.
        is_fraud: What it was.
        known_at_ms: Scores see it from then on; milliseconds since the epoch, UTC.
        revision: From 1; of two labels of one transaction the higher one stands, in whatever order they come.
    """

    query: Query
    is_fraud: bool
    known_at_ms: int
    revision: int
