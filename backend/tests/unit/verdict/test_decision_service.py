"""The story of one transaction: scored or blind, recorded once, answered with what stands."""

import asyncio

import pytest
from msgspec.structs import replace

from gateway.domain import (
    Amendment,
    BlindReason,
    Decision,
    DecisionSource,
    Listed,
    ListName,
    RiskLevel,
    Score,
)
from gateway.errors import ConflictingTransaction, LedgerUnavailable
from gateway.scoring.errors import ScorerFailure, ScorerRefusedRequest, ScorerTimedOut
from gateway.verdict.rendering import to_reply
from tests.decision_harness import LOW, Harness, transaction


@pytest.fixture
async def harness() -> Harness:
    """All is well."""
    return Harness()


@pytest.mark.parametrize(
    ("level", "risk_score", "decision"),
    [
        (RiskLevel.LOW, 0.01, Decision.APPROVE),
        (RiskLevel.MEDIUM, 0.09, Decision.APPROVE),
        (RiskLevel.HIGH, 0.1, Decision.REVIEW),
        (RiskLevel.CRITICAL, 0.5, Decision.BLOCK),
    ],
)
async def test_the_level_decides(harness: Harness, level: RiskLevel, risk_score: float, decision: Decision) -> None:
    """And only a block is called fraud."""
    harness.scorer.answer = replace(LOW, risk_level=level, risk_score=risk_score)

    reply = to_reply(await harness.service.decide(transaction()))

    assert (reply["decision"], reply["is_fraud"], reply["scored"]) == (decision, decision is Decision.BLOCK, True)


async def test_callers_get_a_verdict_while_the_brain_is_down(harness: Harness) -> None:
    """A dead brain costs accuracy, never an error, and the verdict says that it is blind."""
    harness.scorer.failure = ScorerTimedOut("late")

    reply = to_reply(await harness.service.decide(transaction()))

    assert reply["decision"] is Decision.APPROVE
    assert (reply["scored"], reply["risk_score"], reply["risk_level"]) == (False, None, RiskLevel.UNKNOWN)
    assert reply["fallback"].reason_code is BlindReason.SCORER_TIMEOUT
    assert harness.ledger.observed.keys() == {"txn_001"}


async def test_what_the_brain_will_not_score_goes_to_a_person(harness: Harness) -> None:
    """Otherwise a caller could choose to be approved blind."""
    harness.scorer.failure = ScorerRefusedRequest("unknown currency")

    reply = to_reply(await harness.service.decide(transaction()))

    assert (reply["decision"], reply["scored"], reply["risk_score"]) == (Decision.REVIEW, False, None)
    assert reply["fallback"].policy == "review_refused"


@pytest.mark.parametrize(("name", "decision"), [(ListName.DENY, Decision.BLOCK), (ListName.ALLOW, Decision.APPROVE)])
async def test_a_list_decides_and_the_score_is_told_beside_it(
    harness: Harness, name: ListName, decision: Decision
) -> None:
    """Whatever the level; the list's word is the first reason."""
    harness.listed = Listed(name, "card is listed: because")
    harness.scorer.answer = replace(LOW, risk_level=RiskLevel.HIGH)

    reply = to_reply(await harness.service.decide(transaction()))

    assert (reply["decision"], reply["decision_source"]) == (decision, DecisionSource.LIST)
    assert (reply["scored"], reply["risk_score"], reply["fallback"]) == (True, 0.01, None)
    assert reply["reasons"][0].message == "card is listed: because"


@pytest.mark.parametrize("failure", [ScorerTimedOut("late"), ScorerRefusedRequest("unknown currency")])
async def test_a_list_needs_no_score(harness: Harness, failure: ScorerFailure) -> None:
    """And the verdict says both: that there is none, and that a list decided."""
    harness.listed = Listed(ListName.DENY, "card is on the deny list: stolen")
    harness.scorer.failure = failure

    reply = to_reply(await harness.service.decide(transaction()))

    assert (reply["decision"], reply["decision_source"]) == (Decision.BLOCK, DecisionSource.LIST)
    assert (reply["scored"], reply["risk_score"], reply["risk_level"]) == (False, None, RiskLevel.UNKNOWN)
    assert (reply["fallback"].reason_code, reply["fallback"].policy) == (failure.reason, "deny_list")
    assert [(reason.code, reason.contribution) for reason in reply["reasons"]] == [("DENY_LIST", 0.0)]


async def test_no_verdict_is_given_that_is_not_written_down(harness: Harness) -> None:
    """And nothing of the failed try is remembered: the retry decides anew."""
    harness.ledger.is_down = True
    with pytest.raises(LedgerUnavailable):
        await harness.service.decide(transaction())

    harness.ledger.is_down = False

    assert (await harness.service.decide(transaction())).replayed is False


async def test_a_repeated_request_gets_the_first_verdict(harness: Harness) -> None:
    """Without asking the brain again."""
    first = await harness.service.decide(transaction())

    again = await harness.service.decide(transaction())

    assert (again.verdict, again.replayed) == (first.verdict, True)
    assert harness.scorer.asked == 1


async def test_a_retry_of_a_blind_verdict_hears_what_was_found_out_since(harness: Harness) -> None:
    """The first decision stands, and the reply says what a score would have decided."""
    harness.scorer.failure = ScorerTimedOut("no answer")
    first = await harness.service.decide(transaction())
    score = Score(0.99, RiskLevel.CRITICAL, (), "m", "1", ())
    found = Amendment(first.verdict.created_at, "SCORER_TIMEOUT", Decision.APPROVE, Decision.BLOCK, score)
    harness.ledger.amendments = (found,)

    again = await harness.service.decide(transaction())

    assert again.verdict == first.verdict
    assert again.amendments == (found,)


async def test_a_forgotten_id_is_still_known_to_the_ledger(harness: Harness) -> None:
    """The memory is bounded; the unique index is not."""
    harness = Harness(recent_max=1)
    first = await harness.service.decide(transaction("txn_001"))
    await harness.service.decide(transaction("txn_002"))

    again = await harness.service.decide(transaction("txn_001"))

    assert (again.verdict, again.replayed) == (first.verdict, True)


@pytest.mark.parametrize("recent_max", [1, 100])
async def test_another_body_for_a_known_id_is_a_conflict(recent_max: int) -> None:
    """Remembered or not."""
    harness = Harness(recent_max)
    await harness.service.decide(transaction("txn_001", "10.00"))
    await harness.service.decide(transaction("txn_002"))

    with pytest.raises(ConflictingTransaction):
        await harness.service.decide(transaction("txn_001", "99.00"))


async def test_a_hundred_concurrent_requests_are_one_decision(harness: Harness) -> None:
    """One question to the brain, one record, one answer told a hundred times."""
    verdicts = await asyncio.gather(*(harness.service.decide(transaction()) for _ in range(100)))

    assert harness.scorer.asked == 1
    assert len({observed.verdict.trace_id for observed in verdicts}) == 1
    assert sum(not observed.replayed for observed in verdicts) == 1


async def test_whoever_waited_for_a_failed_try_is_told(harness: Harness) -> None:
    """And nobody waits for ever."""
    harness.ledger.is_down = True

    results = await asyncio.gather(*(harness.service.decide(transaction()) for _ in range(5)), return_exceptions=True)

    assert [type(result) for result in results] == [LedgerUnavailable] * 5
