"""
Brings what waits in the journal to the ledger, oldest first, and is the ledger circuit's trial: recovery needs no
customer.

Safe to repeat, and for several gateways at once: the ledger's unique index takes each id once. A record that is
there already may be the very one that was sent, and else is a conflict: see ledger/conflicts.py.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from time import monotonic

import structlog

from gateway.errors import LedgerFailure, LedgerRefused
from gateway.kit import clock
from gateway.kit.circuit import Circuit, CircuitState
from gateway.kit.periodic import Periodic
from gateway.ledger.encoding import EncodedRecord
from gateway.ledger.events import LedgerEvents
from gateway.ledger.inserting import Results
from gateway.ledger.journal.rows import Row
from gateway.ledger.journal.service import Journal
from gateway.ledger.kept import NOT_A_RECORD, is_record, record_of
from gateway.ledger.writer import Written

_log = structlog.get_logger()
_BATCH_MAX = 500
_TRIAL_MAX = 1  # that the ledger is away is found out without reading hundreds of rows between verdicts
_CALM_S = 0.2  # between looks at an empty journal

Insert = Callable[[Sequence[EncodedRecord]], Awaitable[Results]]
Contest = Callable[[Sequence[EncodedRecord]], Awaitable[int]]
_LOOK_S = 0.2


class Drainer(Periodic):
    """
    Begins with what an earlier run left.

    Args:
        insert: Writes a batch through the circuit, and says what became of each; raises LedgerFailure for all.
        ping: Asks the ledger whether it is there, through the circuit; raises LedgerFailure.
        contest: Of records whose id is taken, keeps those as conflicts that are not the very record that stands; how
            many those were.
        events: Told when nothing waits any more, and of each record that is set aside.
    """

    def __init__(
        self,
        journal: Journal,
        circuit: Circuit,
        *,
        insert: Insert,
        ping: Callable[[], Awaitable[None]],
        contest: Contest,
        events: LedgerEvents,
    ) -> None:
        super().__init__(
            "drain",
            self._drain,
            every_s=lambda: max(_CALM_S, circuit.retry_after_s),
            expected=(LedgerFailure,),  # the circuit says when to try again
        )
        self._journal = journal
        self._circuit = circuit
        self._insert = insert
        self._ping = ping
        self._contest = contest
        self._events = events
        self._drained = 0  # since something began to wait
        self._waiting_since: datetime | None = None

    async def _drain(self) -> bool:
        batch_max = _BATCH_MAX if self._circuit.state is CircuitState.CLOSED else _TRIAL_MAX
        rows = await self._journal.pending(batch_max)
        if not rows:
            if self._circuit.state is not CircuitState.CLOSED:
                await self._ping()
            return False
        if self._waiting_since is None:
            self._waiting_since = clock.now() - timedelta(seconds=self._journal.oldest_pending_s or 0.0)
        await self._deliver(rows)
        self._drained += len(rows)
        if len(rows) == batch_max:
            return True
        if not await self._journal.pending(1):
            _log.info("ledger.backlog_cleared", records=self._drained)
            self._events.cleared(self._drained, clock.now() - self._waiting_since)
            self._drained, self._waiting_since = 0, None
        return False

    async def _deliver(self, rows: Sequence[Row]) -> None:
        records = [record_of(row) for row in rows]
        try:
            results = await self._insert(records)
        except NOT_A_RECORD:
            if all(map(is_record, rows)):
                raise
            await self._set_unreadable_aside(rows)
            return
        taken = [n for n in range(len(rows)) if results.get(n) is Written.DUPLICATE]
        if taken and (conflicts := await self._contest([records[n] for n in taken])):
            _log.warning("ledger.conflicts", records=conflicts)
        done: list[Row] = []
        for n, row in enumerate(rows):
            result = results.get(n, Written.INSERTED)
            if isinstance(result, LedgerRefused):
                await self._set_aside(row, result.detail)
            elif isinstance(result, Written):
                done.append(row)
        await self._journal.mark_sent(done)

    async def _set_unreadable_aside(self, rows: Sequence[Row]) -> None:
        """What is no record is kept for people, so that it holds up neither the others nor a stop. The rest waits."""
        for row in rows:
            if not is_record(row):
                await self._set_aside(row, "It cannot be read as a record.")

    async def _set_aside(self, row: Row, why: str) -> None:
        _log.error("journal.poison", transaction_id=row.transaction_id, why=why)
        self._events.poisoned(row.transaction_id, why)  # first: said twice it is one alert, and after a kill it is said
        await self._journal.set_aside(row, why)


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
