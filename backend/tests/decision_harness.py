"""Builds a DecisionService with its neighbours replaced by fakes."""

import asyncio
from decimal import Decimal

from msgspec.structs import replace

from gateway.domain import (
    Amendment,
    BlindReason,
    Limits,
    Listed,
    RecordedVerdict,
    RiskLevel,
    Ruling,
    Score,
    Transaction,
    Verdict,
)
from gateway.errors import LedgerUnavailable
from gateway.fallback.policy import decide_blind
from gateway.kit.circuit import Circuit
from gateway.scoring.errors import SCORER_ERRORS, ScorerFailure
from gateway.verdict.budgets.service import Budgets
from gateway.verdict.intake.decoding import to_transaction
from gateway.verdict.service import DecisionService, RecentVerdicts

LIMITS = Limits(0.1, 0.5, may_block=True, own_labels=False)
LOW = Score(0.01, RiskLevel.LOW, (), "model", "1", (), limits=LIMITS)


class FakeScorer:
    """Answers `score`, or fails with `failure`."""

    def __init__(self) -> None:
        self.circuit = Circuit(SCORER_ERRORS, fail_max=3, reset_s=30)
        self.answer = LOW
        self.failure: ScorerFailure | None = None
        self.asked = 0

    async def score(self, _transaction: Transaction) -> Score:
        self.asked += 1
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        return self.answer


class FakeLedger:
    """Keeps the first verdict of each id; refuses while it is down. `unconfirmed`: raised once it has kept it."""

    def __init__(self) -> None:
        self.observed: dict[str, RecordedVerdict] = {}
        self.journaled: dict[str, RecordedVerdict] = {}
        self.amendments: tuple[Amendment, ...] = ()
        self.is_down = False
        self.unconfirmed: BaseException | None = None

    def may_know(self, transaction_id: str) -> bool:
        return transaction_id in self.journaled

    async def find_known(self, transaction_id: str) -> RecordedVerdict | None:
        return self.journaled.get(transaction_id)

    async def refreshed(self, recorded: RecordedVerdict) -> RecordedVerdict:
        return replace(recorded, amendments=self.amendments)

    async def record(self, transaction: Transaction, verdict: Verdict) -> RecordedVerdict:
        await asyncio.sleep(0)
        if self.is_down:
            raise LedgerUnavailable("away")
        first = self.observed.get(transaction.transaction_id)
        if first is not None:
            return replace(first, replayed=True)
        recorded = RecordedVerdict(verdict, transaction.digest, replayed=False)
        self.observed[transaction.transaction_id] = recorded
        if self.unconfirmed is not None:
            raise self.unconfirmed
        return recorded


class FakeBlind:
    """The blind policy without caps."""

    async def rule(
        self, _transaction: Transaction, reason: BlindReason, listed: Listed | None, *, is_refusal: bool = False
    ) -> Ruling:
        return decide_blind(reason, is_refusal=is_refusal, listed=listed)


class FakeLists:
    """One entry that decides all transactions, where the harness has one."""

    is_empty = False

    def __init__(self, harness: "Harness") -> None:
        self._harness = harness

    def find_now(self, _transaction: Transaction) -> Listed | None:
        return self._harness.listed


class Harness:
    """A DecisionService and its neighbours."""

    def __init__(self, recent_max: int = 100) -> None:
        self.scorer, self.ledger = FakeScorer(), FakeLedger()
        self.listed: Listed | None = None
        self.budgets = Budgets(lambda: 0.0)
        self.service = DecisionService(
            scorer=self.scorer,
            ledger=self.ledger,
            lists=FakeLists(self),
            budgets=self.budgets,
            blind=FakeBlind(),
            recent=RecentVerdicts(recent_max),
        )


def transaction(transaction_id: str = "txn_001", amount: str = "10.00") -> Transaction:
    """Any payment."""
    return to_transaction(
        {"transaction_id": transaction_id, "amount": Decimal(amount), "currency": "USD", "user_id": "user_1"}
    )
