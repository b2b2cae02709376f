"""
Leases, ages and deadlines by the clock of MongoDB: gateways need not agree on the time.

Each function gives an expression of an aggregation. What is null or missing is before any time, so what was never
leased is free.
"""

from datetime import timedelta
from typing import Any

NOW = "$$NOW"


def lease(holder: str, *, lasts_s: float) -> dict[str, Any]:
    """Make a lease that begins now. The holder is unlike any other: whoever wrote it can tell that it is theirs."""
    return {"by": {"$literal": holder}, "until": from_now(timedelta(seconds=lasts_s))}


def is_free(field: str) -> dict[str, Any]:
    """Whether the lease in this field is over, or there is none."""
    return is_past(f"{field}.until")


def is_past(field: str) -> dict[str, Any]:
    """Whether the time in this field has come."""
    return {"$lte": [f"${field}", NOW]}


def is_older(field: str, age: timedelta) -> dict[str, Any]:
    """Whether the time in this field is longer ago."""
    return {"$lt": [f"${field}", {"$subtract": [NOW, _ms(age)]}]}


def from_now(time: timedelta) -> dict[str, Any]:
    """Compute the time so much later."""
    return {"$add": [NOW, _ms(time)]}


def _ms(time: timedelta) -> int:
    return time // timedelta(milliseconds=1)
