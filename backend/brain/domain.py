"""Defines the words of the brain: the transaction to score, past events of its user and merchant, and labels."""

from dataclasses import dataclass

HISTORY = "history"  # the value in ScoreReply.degraded of a score that was made without history
USER_WINDOW_DAYS = 30
MERCHANT_WINDOW_DAYS = 37
USER_EVENTS_MAX = 256
MERCHANT_EVENTS_MAX = 512

# A payment without a chargeback counts as genuine after this long, in training and in serving, unless it was blocked.
LABEL_DELAY_DAYS = 7

DAY_MS = 86_400_000
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


@dataclass(frozen=True, slots=True)
class Query:
    """
    One transaction to score, as of its own time.

    Attributes:
        transaction_id: An event of this id does not count for its own score.
        time_ms: Event time, milliseconds since the epoch, UTC.
        amount_minor: Amount in hundredths of the reference currency (USD); None when its currency has no rate.
        user_id: The user who pays.
        merchant_id: The merchant who is paid; None when the request names none.
        is_canary: Whether a gateway made it up: it is scored, but neither kept in memory nor counted.
        is_blocked: Whether it was blocked; False while it is being scored.
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
