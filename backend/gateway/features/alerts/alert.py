"""
One alert, and what its webhook says.

When a webhook is tried again is in the alert's document (attempts, next_at, give_up_at), because a day outlasts
processes: a retrying call, as stamina makes one, would forget it with the process that made it. Flips that queue leave
together, because a slow receiver must not spend an hour on what it could be told at once.
"""

import base64
import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import bson
import msgspec
import structlog

from gateway.alerting import AlertKind
from gateway.errors import GatewayError
from gateway.kit import clock

_log = structlog.get_logger()
_KEY_CHARS_MAX = 256  # that are shown; the id is made of all
_DATA_BYTES_MAX = 64 * 1024  # receivers commonly take 256 kB
_ID_CHARS = 27  # of base32: 135 bits, so two events never share an id by chance
GIVE_UP = timedelta(days=1)
_FIRST_S = 5.0  # a receiver that restarts is back by then or soon after
_LONGEST_S = 2 * 3600.0
_DOUBLINGS_MAX = 12  # 5 s x 2^12 is past the longest already
RETRY_AFTER_MAX = timedelta(hours=2)  # a receiver may ask for calm, not for silence


class AlertNotFound(GatewayError):
    """No alert has this id; ended ones are forgotten after 30 days."""

    status = 404
    code = "ALERT_NOT_FOUND"
    title = "No such alert"


class AlertNotRetryable(GatewayError):
    """It was delivered, or there is nobody to deliver it to."""

    status = 409
    code = "ALERT_NOT_RETRYABLE"
    title = "This alert cannot be sent"


class AlertState(StrEnum):
    """
    Where its webhook is.

    pending ──> delivered      a 2xx
       └──────> dead           a 410, or no 2xx for a day
    unsent                     no receiver was set when it was raised
    """

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    UNSENT = "unsent"


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that happened, told once to each receiver that keeps ids."""

    webhook_id: str
    kind: AlertKind
    key: str
    data: Mapping[str, Any]  # plain JSON
    at: datetime

    @property
    def body(self) -> str:
        """The same text at every attempt: the signature is over its characters."""
        said = {"type": self.kind, "timestamp": clock.to_rfc3339(self.at), "data": self.data}
        return msgspec.json.encode(said).decode()


def webhook_id(kind: AlertKind, key: str) -> str:
    """Make the id of this event: the same one in every gateway and after every restart."""
    digest = hashlib.sha256(f"{kind}\x00{key}".encode()).digest()
    return "msg_" + base64.b32encode(digest).decode().lower()[:_ID_CHARS]


def pause(failures: int, *, asked: timedelta | None = None, chance: float | None = None) -> timedelta:
    """
    Compute how long to wait after this many failures in a row.

    Doubles from 5 s to 2 h and takes between half and all of that, so that alerts of one outage do not come back
    together: 15 to 25 attempts in a day.

    Args:
        failures: From 1.
        asked: The receiver's Retry-After.
        chance: 0..1, where between half and all; None draws it.
    """
    longest_s = min(_LONGEST_S, _FIRST_S * 2 ** min(failures - 1, _DOUBLINGS_MAX))
    drawn = random.random() if chance is None else chance  # noqa: S311 (spreads load, guards nothing)
    own = timedelta(seconds=longest_s * (0.5 + drawn / 2))
    return own if asked is None else max(own, min(asked, RETRY_AFTER_MAX))


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What became of an attempt.

    Attributes:
        error: None when it was delivered; else a word or two, with nothing of the URL or of the answer in it.
        is_final: The receiver wants no more of this one.
        retry_after: What the receiver asked for, unbounded.
    """

    error: str | None = None
    is_final: bool = False
    retry_after: timedelta | None = None

    @property
    def is_delivered(self) -> bool:
        """The receiver has it."""
        return self.error is None


@dataclass(frozen=True, slots=True)
class Progress:
    """
    How far the delivery of one alert is.

    Attributes:
        attempts: Made so far, since it was raised or last retried by hand.
        next_at: When it is due; None once it has ended.
        give_up_at: No attempt is planned for later than that.
        ended_at: When it was delivered, given up, or found to have no receiver.
    """

    state: AlertState
    give_up_at: datetime
    next_at: datetime | None = None
    attempts: int = 0
    last_error: str | None = None
    ended_at: datetime | None = None


def begin(now: datetime, *, has_receiver: bool) -> Progress:
    """Due at once; or ended at once, where no receiver is set."""
    if has_receiver:
        return Progress(AlertState.PENDING, give_up_at=now + GIVE_UP, next_at=now)
    return Progress(AlertState.UNSENT, give_up_at=now, ended_at=now)


def advance(progress: Progress, outcome: Outcome, now: datetime, *, chance: float | None = None) -> Progress:
    """Note the outcome of one more attempt. Args: chance: as for `pause`."""
    tried = replace(progress, attempts=progress.attempts + 1, last_error=outcome.error)
    if outcome.is_delivered:
        return replace(tried, state=AlertState.DELIVERED, next_at=None, ended_at=now)
    then = now + pause(tried.attempts, asked=outcome.retry_after, chance=chance)
    if outcome.is_final or then >= progress.give_up_at:
        return replace(tried, state=AlertState.DEAD, next_at=None, ended_at=now)
    return replace(tried, next_at=then)


Entry = tuple[Alert, Progress]
SINGLY_MAX = 5  # flips at once that still have a webhook each
FOLDED_MAX = 100  # in one webhook: about 40 kB


def fold(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Group what travels in one webhook: flips, where there are more than a few; everything else alone."""
    flips = [entry for entry in entries if entry[0].kind is AlertKind.VERDICT_AMENDED]
    if len(flips) <= SINGLY_MAX:
        return [[entry] for entry in entries]
    alone = [[entry] for entry in entries if entry[0].kind is not AlertKind.VERDICT_AMENDED]
    return alone + [flips[start : start + FOLDED_MAX] for start in range(0, len(flips), FOLDED_MAX)]


def to_message(alerts: Sequence[Alert]) -> Alert:
    """
    Make what is sent of these: the alert itself, or one that carries them all.

    That one has an id made of theirs. Each keeps its own, so a receiver recognises it in whatever company it comes.
    """
    if len(alerts) == 1:
        return alerts[0]
    kind, key = alerts[0].kind, ",".join(sorted(alert.webhook_id for alert in alerts))
    flips = [{"webhook_id": alert.webhook_id, "at": alert.at.astimezone(UTC), **alert.data} for alert in alerts]
    at = max(alert.at for alert in alerts)
    return Alert(webhook_id(kind, key), kind, key, {"count": len(flips), "flips": flips}, at)


def make_alert(kind: AlertKind, key: str, data: Mapping[str, Any]) -> Alert:
    """
    Make the alert of what happens now.

    Args:
        key: Which event of that kind.
        data: What a JSON encoder takes; times and decimals too.
    """
    return Alert(webhook_id(kind, key), kind, key[:_KEY_CHARS_MAX], _plain(data), clock.now())


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON has it and MongoDB takes it. Data that neither does costs the data, never the alert."""
    try:
        text = msgspec.json.encode(data)
        plain: dict[str, Any] = msgspec.json.decode(text, type=dict[str, Any])
        bson.encode(plain)
    except (msgspec.MsgspecError, bson.errors.BSONError, ValueError, TypeError, OverflowError) as error:
        _log.error("alert.data_unreadable", error=type(error).__name__)
        return {}
    if len(text) > _DATA_BYTES_MAX:
        _log.error("alert.data_too_large", bytes=len(text))
        return {"too_large": True}
    return plain
