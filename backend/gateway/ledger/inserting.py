"""One batch of records into MongoDB, through the ledger's circuit, and what became of each."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import structlog
from pymongo.errors import (
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
)

from gateway.errors import LedgerFailure, LedgerRefused, LedgerUnavailable, LedgerUnconfirmed
from gateway.kit.circuit import Circuit
from gateway.ledger.audit_chain import Head
from gateway.ledger.client import Database
from gateway.ledger.encoding import EncodedRecord, SentRecord
from gateway.ledger.run import Run
from gateway.ledger.writer import UNCONFIRMED, Written
from records.payments import TRANSACTIONS
from records.positions import position_bytes

_log = structlog.get_logger()
_DUPLICATE_KEY = 11000
# BadValue, FailedToParse, TypeMismatch, InvalidBSON, a validator's no, too large, a key that no index takes
_FAULTS_OF_THE_DOCUMENT = frozenset({2, 9, 14, 22, 121, 10334, 17280, 17419})
# interrupted in the middle of a batch: by a person, a shutdown, another primary, a time limit, a connection that went
_INTERRUPTED = frozenset({91, 189, 262, 279, 11600, 11601, 11602, 46841})
_NOT_PRIMARY = frozenset({10107, 13435})  # it was asked too late, and has begun nothing
_PING_S = 1.0
_AWAY = "The ledger is not reachable. Nothing was recorded; send the transaction again."

Results = Mapping[int, Written | LedgerFailure]  # by place in the batch; what is not in it was inserted


class Committed(NamedTuple):
    """A new record that is on a majority: its number in this run, and what the chain says of it."""

    number: int
    transaction_id: str
    leaf: bytes


class CommitListener(Protocol):
    """
    Lives as long as the ledger does.

    Attributes:
        queue: What was just committed goes in there.
    """

    queue: deque[Committed]

    async def start(self) -> None:
        """The collections are in place, and nothing was written yet. Raises LedgerUnreadable: it is called again."""

    async def close(self) -> None:
        """The ledger ends: nothing is committed any more."""

    def heads(self) -> list[Head]:
        """The ends of this gateway's chains, as far as they are on a majority."""


class MakeListener(Protocol):
    """Makes one for a ledger."""

    def __call__(self, database: Database, *, instance: str, run: Run) -> CommitListener:
        """Nothing is asked of the database yet."""


class Inserter:
    """Everything goes through the circuit: one batch is one event."""

    def __init__(self, database: Database, circuit: Circuit, *, run: Run, listener: CommitListener) -> None:
        """
        Args:
            run: Gives each record its number, each time that it is sent.
            listener: Told of each commit, also of one that nobody waits for any more.
        """
        self._database = database
        self._circuit = circuit
        self._run = run
        self._listener = listener
        self._sending: set[asyncio.Future[Any]] = set()
        concern: dict[str, Any] = database.write_concern.document
        self._command = {"insert": TRANSACTIONS, "ordered": False, "writeConcern": concern}

    async def insert(self, records: Sequence[EncodedRecord]) -> Results:
        """
        Write a batch durably on a majority.

        Raises:
            LedgerFailure: the whole batch failed, or the circuit is open.
        """
        permit = self._circuit.admit()
        try:
            results = await self._send(records)
        except asyncio.CancelledError:  # the writer's budget is spent
            permit.failed(LedgerUnconfirmed(UNCONFIRMED))
            raise
        except LedgerFailure as failure:
            permit.failed(failure)
            raise
        except BaseException:
            permit.abandoned()
            raise
        if results and all(isinstance(result, LedgerUnavailable) for result in results.values()):
            permit.failed(LedgerUnavailable(_AWAY))
        else:
            permit.succeeded()
        return results

    async def ping(self) -> None:
        """The circuit's trial when there is nothing to write. Raises LedgerFailure."""
        permit = self._circuit.admit()
        try:
            async with asyncio.timeout(_PING_S):
                await self._database.command("ping")
        except (PyMongoError, TimeoutError):
            failure = LedgerUnavailable(_AWAY)
            permit.failed(failure)
            raise failure from None
        except BaseException:
            permit.abandoned()
            raise
        permit.succeeded()

    def close(self) -> None:
        """Hear of nothing any more: a sweep finds out what became of it."""
        for answer in self._sending:
            answer.cancel()

    def _send(self, records: Sequence[EncodedRecord]) -> "asyncio.Future[Results]":
        """
        Number a batch and send it, as one raw command.

        The driver's own bulk write costs 2 us more a record, and tries again behind our back. It cannot be stopped, so
        its answer is also heard when nobody waits for the results any more.

        Returns:
            What becomes of it. Raises like `insert`.
        """
        numbers = self._run.take(len(records))
        name = self._run.name
        sent = [record.at(position_bytes(name, number)) for record, number in zip(records, numbers, strict=True)]
        results: asyncio.Future[Results] = asyncio.get_running_loop().create_future()

        def finished(answer: "asyncio.Future[Any]") -> None:
            self._sending.discard(answer)
            try:
                found = self._take_in(answer, sent, records, numbers)
            except asyncio.CancelledError:
                results.cancel()
            except Exception as error:
                if not results.done():
                    results.set_exception(error)
            else:
                if not results.done():
                    results.set_result(found)

        answer = asyncio.ensure_future(self._database.command({**self._command, "documents": sent}))
        self._sending.add(answer)
        answer.add_done_callback(finished)  # not a task that waits: each turn of the event loop has others' work in it
        return results

    def _take_in(
        self, answer: "asyncio.Future[Any]", sent: list[SentRecord], records: Sequence[EncodedRecord], numbers: range
    ) -> Results:
        """
        What certainly stands is told to the listener, which has it chained; what certainly never will is settled at
        once. All else stays open in the run until somebody looks. Raises like `insert`.
        """
        try:
            results = _results_of(answer, count=len(sent))
        except LedgerUnavailable:
            self._run.settle(numbers)
            raise
        for place, number in enumerate(numbers):
            leaf = sent[place].leaf
            if leaf is None or place in results:
                self._run.settle((number,))
            else:
                self._listener.queue.append(Committed(number, records[place].transaction_id, leaf))
        return results


def _results_of(answer: "asyncio.Future[Any]", *, count: int) -> Results:
    """
    Raises:
        LedgerUnavailable: nothing of it was written, for certain.
        LedgerUnconfirmed: some of it may have been.
    """
    try:
        return _sort_out(answer.result(), count=count)
    except PyMongoError as error:
        # the driver's words stay in the log: they may name hosts, or worse
        _log.warning("ledger.write_failed", error=type(error).__name__, documents=count)
        if _was_never_sent(error):
            raise LedgerUnavailable(_AWAY) from None
        raise LedgerUnconfirmed(UNCONFIRMED) from None


def _was_never_sent(error: PyMongoError) -> bool:
    """Whether it is certain that nothing of the batch was recorded. A connection that broke proves nothing."""
    if isinstance(error, (ServerSelectionTimeoutError, WaitQueueTimeoutError)):
        return True
    if isinstance(error, NotPrimaryError):
        return isinstance(error.details, Mapping) and error.details.get("code") in _NOT_PRIMARY
    return isinstance(error, OperationFailure) and not error.timeout and error.code not in _INTERRUPTED


def _sort_out(answer: Mapping[str, Any], *, count: int) -> Results:
    """
    Split an answer by document: one bad document does not fail its neighbours.

    MongoDB says "ok" of a command whose every document failed, and the driver raises nothing then.

    Raises:
        LedgerUnconfirmed: written, but not on a majority: what is not acknowledged for good is not acknowledged.
    """
    failures = answer.get("writeErrors", ())
    if "writeConcernError" in answer or answer["n"] + len(failures) != count:
        _log.warning("ledger.not_durable", documents=count)
        raise LedgerUnconfirmed(UNCONFIRMED)
    results: dict[int, Written | LedgerFailure] = {}
    for failed in failures:
        if failed["code"] == _DUPLICATE_KEY:
            results[failed["index"]] = Written.DUPLICATE
        elif failed["code"] not in _FAULTS_OF_THE_DOCUMENT:  # a failover, or a disk that is full: later it is taken
            _log.warning("ledger.not_written", code=failed["code"])
            results[failed["index"]] = LedgerUnavailable(_AWAY)
        else:
            _log.error("ledger.document_refused", code=failed["code"])
            results[failed["index"]] = LedgerRefused(f"The ledger refused this record (code {failed['code']}).")
    return results
