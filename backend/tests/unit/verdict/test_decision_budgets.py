"""What budgets make of verdicts is recorded, and only what may stand on record uses any of them."""

import asyncio
from decimal import Decimal

import bson
import msgspec
import pytest
from msgspec.structs import replace

from gateway.domain import (
    Budget,
    BudgetName,
    Decision,
    Limits,
    RiskLevel,
    Thresholds,
)
from gateway.errors import JournalUnconfirmed, LedgerUnavailable, LedgerUnconfirmed
from gateway.ledger.amendments import to_budget
from gateway.ledger.encoding import to_document
from gateway.scoring.errors import ScorerTimedOut
from gateway.verdict.budgets.let_through import LetThrough, Spending
from gateway.verdict.rendering import to_reply
from tests.decision_harness import LOW, Harness, transaction


@pytest.fixture
async def harness() -> Harness:
    """All is well."""
    return Harness()


async def test_blocks_past_the_cap_are_reviews_and_what_blocked_nobody_uses_none_of_it(harness: Harness) -> None:
    """A verdict that was not recorded, or that another one stood in place of, has blocked nobody."""
    harness.scorer.answer = replace(LOW, risk_level=RiskLevel.CRITICAL, risk_score=0.9)
    harness.ledger.is_down = True
    for n in range(10):
        with pytest.raises(LedgerUnavailable):
            await harness.service.decide(transaction(f"lost-{n}"))
    harness.ledger.is_down = False

    replies = [to_reply(await harness.service.decide(transaction(f"t{n}"))) for n in range(7)]

    assert [reply["decision"] for reply in replies] == [Decision.BLOCK] * 5 + [Decision.REVIEW] * 2
    assert [reply["budget"] for reply in replies[4:6]] == [None, Budget(BudgetName.DECLINE_CAP, Decision.BLOCK)]
    assert {reply["risk_level"] for reply in replies} == {RiskLevel.CRITICAL}


async def test_the_record_keeps_the_thresholds_in_force_of_blind_verdicts_too(harness: Harness) -> None:
    """Of the model that was heard last; what is scored later is ruled by them."""
    harness.scorer.failure = ScorerTimedOut("late")
    before = await harness.service.decide(transaction("t0"))
    harness.scorer.failure = None
    await harness.service.decide(transaction("t1"))
    harness.scorer.failure = ScorerTimedOut("late")
    after = await harness.service.decide(transaction("t2"))

    assert before.verdict.thresholds is None
    assert after.verdict.thresholds == Thresholds(0.1, 0.5)


async def test_what_is_let_through_says_so_in_its_reply_and_on_record(harness: Harness) -> None:
    """With its chance, by which training weighs it; and no other budget has one."""
    limits = Limits(0.1, 0.5, may_block=True, own_labels=True)
    harness.scorer.answer = replace(LOW, risk_level=RiskLevel.CRITICAL, risk_score=0.9, limits=limits)
    let_through = harness.budgets.let_through = LetThrough(0.25, 100_00, {"USD": Decimal(1)}, draw=lambda: 0.0)
    harness.budgets.share_cap(1)
    let_through.spending = Spending(0, allowed_minor=25_00)

    recorded = [await harness.service.decide(transaction(f"t{n}")) for n in range(3)]
    records = [
        bson.decode(to_document(transaction(f"t{n}"), one.verdict).raw)["verdict"] for n, one in enumerate(recorded)
    ]
    replies = msgspec.to_builtins([to_reply(one) for one in recorded])

    marked = {"name": "let_through", "model_decision": "block", "probability": 0.25}
    assert [reply["decision"] for reply in replies] == ["approve", "approve", "block"]
    assert [reply["budget"] for reply in replies] == [record["budget"] for record in records] == [marked, marked, None]
    assert to_budget(marked) == recorded[0].verdict.ruling.budget
    assert msgspec.to_builtins(Budget(BudgetName.MAY_BLOCK, Decision.BLOCK)).keys() == {"name", "model_decision"}


@pytest.mark.parametrize("failure", [LedgerUnconfirmed("?"), JournalUnconfirmed("?"), asyncio.CancelledError()])
async def test_blocks_that_may_stand_on_record_count_though_nobody_confirmed_them(
    harness: Harness, failure: BaseException
) -> None:
    """Or a ledger that is slow to answer would let a model block everything: the retries get those verdicts."""
    harness.scorer.answer = replace(LOW, risk_level=RiskLevel.CRITICAL, risk_score=0.9)
    harness.ledger.unconfirmed = failure
    for n in range(10):
        with pytest.raises(type(failure)):
            await harness.service.decide(transaction(f"t{n}"))

    harness.ledger.unconfirmed = None
    decisions = [(await harness.service.decide(transaction(f"t{n}"))).verdict.ruling.decision for n in range(10)]

    assert decisions == [Decision.BLOCK] * 5 + [Decision.REVIEW] * 5
    assert (harness.budgets.cap.used, harness.budgets.cap.payments) == (5, 10)
