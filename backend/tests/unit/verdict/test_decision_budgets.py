"""What budgets make of verdicts is recorded, and only what may stand on record uses any of them."""

import asyncio

import pytest
from msgspec.structs import replace

from gateway.domain import (
    Budget,
    BudgetName,
    Decision,
    RiskLevel,
    Thresholds,
)
from gateway.errors import JournalUnconfirmed, LedgerUnavailable, LedgerUnconfirmed
from gateway.scoring.errors import ScorerTimedOut
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
