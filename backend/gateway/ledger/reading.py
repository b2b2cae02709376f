"""Bounds a question to the ledger, and puts its failures into the gateway's words."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import structlog
from pymongo import timeout
from pymongo.errors import PyMongoError

from gateway.errors import GatewayError, LedgerUnreadable
from gateway.ledger.client import Database

_log = structlog.get_logger()
_BUDGET_S = 2.0
_PING_S_MAX = 0.4


class TooSlow(Exception):
    """MongoDB is well, and has given a question up. Whoever asks `giving_up` may ask for less, within `reading`."""


@contextlib.asynccontextmanager
async def reading() -> AsyncIterator[None]:
    """Around any operation that is safe to repeat. Raises LedgerUnreadable."""
    try:
        async with asyncio.timeout(_BUDGET_S):
            yield
    except (TimeoutError, PyMongoError, TooSlow) as error:
        _log.warning("ledger.read_failed", error=type(error).__name__)
        raise LedgerUnreadable("The ledger did not answer. Try again.") from None


@contextlib.asynccontextmanager
async def writing(unconfirmed: GatewayError) -> AsyncIterator[None]:
    """Around a write that is safe to repeat. Raises `unconfirmed` where it may have been done or not."""
    try:
        async with reading():
            yield
    except LedgerUnreadable:
        raise unconfirmed from None


@contextlib.asynccontextmanager
async def giving_up(database: Database, *, after_s: float) -> AsyncIterator[None]:
    """
    Around a question, within `reading`, that may take MongoDB too long: then both it and our thread stop.

    A limit by maxTimeMS never held: PyMongo puts in its place what is left of the client's own time.

    Args:
        after_s: 1.5 s at most: a ping, and what is asked instead, must fit into the budget of `reading` too.

    Raises:
        TooSlow: the time is over, and MongoDB answers a ping: the question is at fault.
        PyMongoError: anything else, also where MongoDB is away or frozen.
    """
    try:
        with timeout(after_s):
            yield
    except PyMongoError as error:
        if not error.timeout:
            raise
        with timeout(_PING_S_MAX):
            await database.command("ping")
        raise TooSlow from None


def plain(value: Any) -> Any:
    """A 64-bit integer comes back as Int64, which no encoder knows."""
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value
