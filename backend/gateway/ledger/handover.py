"""The last that a gateway does for the verdicts in its journal: it waits for the ledger, as long as a stop may take."""

import asyncio
import contextlib
from time import monotonic

import structlog

from gateway.ledger.journal.service import Journal

_log = structlog.get_logger()
_LOOK_S = 0.2


async def hand_over(journal: Journal, *, within_s: float, is_urgent: asyncio.Event) -> None:
    """
    Wait until the drainer has emptied the journal, and say what stays behind.

    Args:
        within_s: At most so long.
        is_urgent: Set when whoever stops the gateway does not want to wait.
    """
    await journal.look()
    waiting, until_s = journal.counts.pending, monotonic() + within_s
    if not waiting:
        return
    _log.info(
        "journal.handing_over", records=waiting, within_s=round(within_s, 1), advice="a second signal ends the waiting"
    )
    while journal.counts.pending and monotonic() < until_s and not is_urgent.is_set():
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_S):
                await is_urgent.wait()
        await journal.look()
    if left := journal.counts.pending:
        _log.error(
            "journal.left_behind",
            records=left,
            directory=str(journal.directory),
            advice="they reach the ledger when a gateway starts on this directory; without it they are lost",
        )
    else:
        _log.info("journal.handed_over", records=waiting)
