"""
Decides one transaction: looks whether a list decides it; scores it, or applies the fallback policy; records the
verdict; returns the recorded verdict.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from random import Random
from time import perf_counter
from typing import Protocol

from msgspec.structs import replace

from gateway.domain import (
    BlindReason,
    LedgerStatus,
    Listed,
    RecordedVerdict,
    Ruling,
    Score,
    Thresholds,
    Transaction,
    Verdict,
)
from gateway.errors import (
    ConflictingTransaction,
    JournalUnavailable,
    JournalUnconfirmed,
    LedgerFailure,
    LedgerUnconfirmed,
)
from gateway.kit import clock
from gateway.kit.circuit import Circuit
from gateway.scoring.errors import ScorerFailure
from money.amounts import Money

_trace_ids = Random()  # noqa: S311 (they name verdicts, and guard nothing; the system's own are a system call each)
_STOPPING = "The gateway is stopping. Send the transaction again."
ScoreOne = Callable[[Transaction], Awaitable[Score]]  # may raise ScorerFailure


class TransactionScorer(Protocol):
    """Scores, or raises ScorerFailure."""

    @property
    def circuit(self) -> Circuit:
        """Its state goes into each verdict."""

    async def score(self, transaction: Transaction) -> Score:
        """Within the scoring budget."""


class TransactionLists(Protocol):
    """What people have settled beforehand."""

    is_empty: bool

    def find_now(self, transaction: Transaction) -> Listed | None:
        """The entry that decides at this moment."""


class ScoredRuling(Protocol):
    """Decides what was scored, within budgets: `gateway.verdict.budgets.service.Budgets` in production."""

    def rule(self, score: Score, listed: Listed | None = None, money: Money | None = None) -> Ruling:
        """From memory."""

    def thresholds(self, score: Score | None) -> Thresholds | None:
        """In force for the model of this score, or for the one heard last."""

    def decided(self, ruling: Ruling) -> None:
        """Told each ruling whose verdict was recorded as the first of its id, or may have been."""

    def undone(self, ruling: Ruling) -> None:
        """Told each other one."""


class BlindRuling(Protocol):
    """Decides transactions that could not be scored."""

    async def rule(
        self, transaction: Transaction, reason: BlindReason, listed: Listed | None, *, is_refusal: bool = False
    ) -> Ruling:
        """At once, or after this machine's own disk; it waits for no neighbour."""


class VerdictLedger(Protocol):
    """Writes verdicts down, or raises LedgerFailure."""

    def may_know(self, transaction_id: str) -> bool:
        """Whether `find_known` has to look: of nearly every id it is known in memory that there is none."""

    async def find_known(self, transaction_id: str) -> RecordedVerdict | None:
        """The verdict that is known here for this id."""

    async def refreshed(self, recorded: RecordedVerdict) -> RecordedVerdict:
        """The same with what was found out since, where that can be known at once."""

    async def record(self, transaction: Transaction, verdict: Verdict) -> RecordedVerdict:
        """The verdict that stands afterwards."""


class DecisionService:
    """
    Decides transactions.

    Args:
        scorer: Where scores come from.
        ledger: Where verdicts are kept.
        lists: Which may decide a transaction, from memory.
        budgets: What becomes of a transaction with a score.
        blind: What becomes of a transaction without a score.
        recent: The memory of ids.
    """

    def __init__(
        self,
        *,
        scorer: TransactionScorer,
        ledger: VerdictLedger,
        lists: TransactionLists,
        budgets: ScoredRuling,
        blind: BlindRuling,
        recent: "RecentVerdicts",
    ) -> None:
        self._scorer = scorer
        self._ledger = ledger
        self._lists = lists
        self._budgets = budgets
        self._blind = blind
        self._recent = recent

    async def decide(
        self, transaction: Transaction, trace_id: str | None = None, *, score: ScoreOne | None = None
    ) -> RecordedVerdict:
        """
        Decide one transaction and record the verdict.

        Args:
            transaction: What to decide.
            trace_id: The caller's own; None makes one.
            score: How it is scored, where it is not a transaction of its own.

        Returns:
            The verdict that stands: a repeated transaction gets the first one.

        Raises:
            ConflictingTransaction: the id stands for another body.
            LedgerFailure: nothing was acknowledged.
        """
        recent, ledger, transaction_id = self._recent, self._ledger, transaction.transaction_id
        recorded = await recent.join(transaction_id) if recent.may_know(transaction_id) else None
        if recorded is None:
            recent.begin(transaction_id)
            try:
                if ledger.may_know(transaction_id):  # MongoDB may be away, or not know of it yet
                    recorded = await ledger.find_known(transaction_id)
                if recorded is None:
                    recorded = await self._record(transaction, await self._decide(transaction, trace_id, score))
            except BaseException as error:
                recent.failed(transaction_id, error)
                raise
            recent.decided(transaction_id, recorded)
        return await self._repeated(recorded, transaction) if recorded.replayed else recorded

    def forget(self, transaction_ids: Sequence[str]) -> None:
        """The persons of these were erased: a retry asks the ledger."""
        self._recent.forget(transaction_ids)

    async def _repeated(self, recorded: RecordedVerdict, transaction: Transaction) -> RecordedVerdict:
        """One that was pending may have reached the ledger meanwhile, and one without a full score may be amended."""
        if recorded.digest != transaction.digest:
            raise ConflictingTransaction(
                "The verdict on record answers a request with other values. Use a new transaction_id, or send the "
                "first request again, unchanged, to get its verdict."
            )
        score = recorded.verdict.ruling.score
        if recorded.ledger_status is LedgerStatus.PENDING:
            with contextlib.suppress(JournalUnavailable):  # then it is as it was
                recorded = await self._ledger.find_known(recorded.verdict.transaction_id) or recorded
        if recorded.ledger_status is LedgerStatus.COMMITTED and (score is None or score.degraded):
            return await self._ledger.refreshed(recorded)
        return recorded

    async def _decide(self, transaction: Transaction, trace_id: str | None, score: ScoreOne | None) -> Verdict:
        started_s = perf_counter()
        listed = None if self._lists.is_empty else self._lists.find_now(transaction)
        try:
            # what is listed is scored as well: people who look at it want to know
            scored = await (score or self._scorer.score)(transaction)
            ruling = self._budgets.rule(scored, listed, transaction.money)
        except ScorerFailure as failure:
            ruling = await self._blind.rule(transaction, failure.reason, listed, is_refusal=failure.is_refusal)
        return Verdict(
            transaction_id=transaction.transaction_id,
            ruling=ruling,
            circuit_state=self._scorer.circuit.state,
            latency_ms=round((perf_counter() - started_s) * 1000, 3),
            created_at=clock.now(),
            trace_id=trace_id or f"{_trace_ids.getrandbits(128):032x}",
            thresholds=self._budgets.thresholds(ruling.score),
            unusable=transaction.unusable,
        )

    async def _record(self, transaction: Transaction, verdict: Verdict) -> RecordedVerdict:
        # What was not confirmed, or was cut off, may stand on record: its retry gets it, so its block counts.
        is_first = True
        try:
            recorded = await self._ledger.record(transaction, verdict)
            is_first = not recorded.replayed
        except (LedgerUnconfirmed, JournalUnconfirmed):
            raise
        except LedgerFailure:
            is_first = False
            raise
        finally:
            if is_first:
                self._budgets.decided(verdict.ruling)
            else:
                self._budgets.undone(verdict.ruling)
        return recorded


class RecentVerdicts:
    """
    One decision for each transaction_id at a time. A retry gets the verdict that stands, without a second score.

    It also joins concurrent requests: while one is being decided, the others with its id wait for what becomes of it.
    Bounded; what it forgot, the ledger's unique index still knows.

    Args:
        size_max: Ids that are remembered; those in the middle of being decided come on top.
    """

    def __init__(self, size_max: int) -> None:
        self._size_max = size_max
        self._recorded: OrderedDict[str, RecordedVerdict] = OrderedDict()
        self._deciding: dict[str, asyncio.Future[RecordedVerdict] | None] = {}  # made for the first who joins

    def may_know(self, transaction_id: str) -> bool:
        """Whether it is remembered, or being decided right now; then `join` knows it."""
        return transaction_id in self._recorded or transaction_id in self._deciding

    async def join(self, transaction_id: str) -> RecordedVerdict:
        """
        The verdict of an id that is known: remembered, or what becomes of the one that is being decided.

        Raises:
            Exception: what it failed with.
        """
        known = self._recorded.get(transaction_id)
        if known is not None:
            self._recorded.move_to_end(transaction_id)
        else:
            joined = self._deciding[transaction_id]
            if joined is None:
                joined = self._deciding[transaction_id] = asyncio.get_running_loop().create_future()
            known = await asyncio.shield(joined)  # one who hangs up takes nothing from the others
        return replace(known, replayed=True)

    def begin(self, transaction_id: str) -> None:
        """This one is being decided from now on, until it is told what became of it."""
        self._deciding[transaction_id] = None

    def decided(self, transaction_id: str, recorded: RecordedVerdict) -> None:
        """Remember it, and tell those who joined."""
        joined = self._deciding.pop(transaction_id)
        if joined is not None:
            joined.set_result(recorded)
        self._recorded[transaction_id] = recorded
        if len(self._recorded) > self._size_max:
            self._recorded.popitem(last=False)

    def failed(self, transaction_id: str, error: BaseException) -> None:
        """Tell those who joined. One that was cut off by a shutdown is unconfirmed to them: nobody cancelled theirs."""
        joined = self._deciding.pop(transaction_id)
        if joined is not None:
            is_error = isinstance(error, Exception)
            joined.set_exception(error if is_error else LedgerUnconfirmed(_STOPPING))
            joined.exception()  # read, so that those who joined may all have hung up: no complaint in the log

    def forget(self, transaction_ids: Iterable[str]) -> None:
        """These are not remembered any more."""
        for transaction_id in transaction_ids:
            self._recorded.pop(transaction_id, None)
