"""Bounds a question to the ledger, and puts its failures into the gateway's words."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog
from pymongo.errors import PyMongoError

from gateway.errors import LedgerUnreadable

_log = structlog.get_logger()
_BUDGET_S = 2.0


@contextlib.asynccontextmanager
async def reading() -> AsyncIterator[None]:
    """Around any operation that is safe to repeat. Raises LedgerUnreadable."""
    try:
        async with asyncio.timeout(_BUDGET_S):
            yield
    except (TimeoutError, PyMongoError) as error:
        _log.warning("ledger.read_failed", error=type(error).__name__)
        raise LedgerUnreadable("The ledger did not answer. Try again.") from None
