"""One alert, and what its webhook says."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec

from gateway.alerting import AlertKind

_ID_CHARS = 27  # of base32: 135 bits, so two events never share an id by chance


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
        timestamp = self.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return msgspec.json.encode({"type": self.kind, "timestamp": timestamp, "data": self.data}).decode()


def webhook_id(kind: AlertKind, key: str) -> str:
    """The id of this event, the same one in every gateway and after every restart."""
    digest = hashlib.sha256(f"{kind}\x00{key}".encode()).digest()
    return "msg_" + base64.b32encode(digest).decode().lower()[:_ID_CHARS]
