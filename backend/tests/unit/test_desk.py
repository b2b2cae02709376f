"""The story of one transaction: scored or blind, recorded once, answered with what stands."""

import asyncio
from dataclasses import replace

import pytest

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
from tests.office import LOW, Office, transaction


@pytest.fixture
async def office() -> Office:
    """All is well."""
    return Office()


@pytest.mark.parametrize(
    ("level", "risk_score", "decision"),
    [
        (RiskLevel.LOW, 0.01, Decision.APPROVE),
        (RiskLevel.MEDIUM, 0.09, Decision.APPROVE),
        (RiskLevel.HIGH, 0.1, Decision.REVIEW),
        (RiskLevel.CRITICAL, 0.5, Decision.BLOCK),
    ],
)
async def test_the_level_decides(office: Office, level: RiskLevel, risk_score: float, decision: Decision) -> None:
    """And only a block is called fraud."""
    office.scorer.answer = replace(LOW, risk_level=level, risk_score=risk_score)

    reply = to_reply(await office.desk.decide(transaction()))

    assert (reply["decision"], reply["is_fraud"], reply["scored"]) == (decision, decision is Decision.BLOCK, True)


async def test_callers_get_a_verdict_while_the_brain_is_down(office: Office) -> None:
    """A dead brain costs accuracy, never an error, and the verdict says that it is blind."""
    office.scorer.failure = ScorerTimedOut("late")

    reply = to_reply(await office.desk.decide(transaction()))

    assert reply["decision"] is Decision.APPROVE
    assert (reply["scored"], reply["risk_score"], reply["risk_level"]) == (False, None, RiskLevel.UNKNOWN)
    assert reply["fallback"].reason_code is BlindReason.SCORER_TIMEOUT
    assert office.ledger.standing.keys() == {"txn_001"}


async def test_what_the_brain_will_not_score_goes_to_a_person(office: Office) -> None:
    """Otherwise a caller could choose to be approved blind."""
    office.scorer.failure = ScorerRefusedRequest("unknown currency")

    reply = to_reply(await office.desk.decide(transaction()))

    assert (reply["decision"], reply["scored"], reply["risk_score"]) == (Decision.REVIEW, False, None)
    assert reply["fallback"].policy == "review_refused"


@pytest.mark.parametrize(("name", "decision"), [(ListName.DENY, Decision.BLOCK), (ListName.ALLOW, Decision.APPROVE)])
async def test_a_list_decides_and_the_score_is_told_beside_it(
    office: Office, name: ListName, decision: Decision
) -> None:
    """Whatever the level; the list's word is the first reason."""
    office.listed = Listed(name, "card is listed: because")
    office.scorer.answer = replace(LOW, risk_level=RiskLevel.HIGH)

    reply = to_reply(await office.desk.decide(transaction()))

    assert (reply["decision"], reply["decision_source"]) == (decision, DecisionSource.LIST)
    assert (reply["scored"], reply["risk_score"], reply["fallback"]) == (True, 0.01, None)
    assert reply["reasons"][0].message == "card is listed: because"


@pytest.mark.parametrize("failure", [ScorerTimedOut("late"), ScorerRefusedRequest("unknown currency")])
async def test_a_list_needs_no_score(office: Office, failure: ScorerFailure) -> None:
    """And the verdict says both: that there is none, and that a list decided."""
    office.listed = Listed(ListName.DENY, "card is on the deny list: stolen")
    office.scorer.failure = failure

    reply = to_reply(await office.desk.decide(transaction()))

    assert (reply["decision"], reply["decision_source"]) == (Decision.BLOCK, DecisionSource.LIST)
    assert (reply["scored"], reply["risk_score"], reply["risk_level"]) == (False, None, RiskLevel.UNKNOWN)
    assert (reply["fallback"].reason_code, reply["fallback"].policy) == (failure.reason, "deny_list")
    assert [(reason.code, reason.contribution) for reason in reply["reasons"]] == [("DENY_LIST", 0.0)]


async def test_no_verdict_is_given_that_is_not_written_down(office: Office) -> None:
    """And nothing of the failed try is remembered: the retry decides anew."""
    office.ledger.is_down = True
    with pytest.raises(LedgerUnavailable):
        await office.desk.decide(transaction())

    office.ledger.is_down = False

    assert (await office.desk.decide(transaction())).replayed is False


async def test_a_repeated_request_gets_the_first_verdict(office: Office) -> None:
    """Without asking the brain again."""
    first = await office.desk.decide(transaction())

    again = await office.desk.decide(transaction())

    assert (again.verdict, again.replayed) == (first.verdict, True)
    assert office.scorer.asked == 1


async def test_a_retry_of_a_blind_verdict_hears_what_was_found_out_since(office: Office) -> None:
    """The first decision stands, and the reply says what a score would have decided."""
    office.scorer.failure = ScorerTimedOut("no answer")
    first = await office.desk.decide(transaction())
    score = Score(0.99, RiskLevel.CRITICAL, (), "m", "1", ())
    found = Amendment(first.verdict.created_at, "SCORER_TIMEOUT", Decision.APPROVE, Decision.BLOCK, score)
    office.ledger.amendments = (found,)

    again = await office.desk.decide(transaction())

    assert again.verdict == first.verdict
    assert again.amendments == (found,)


async def test_a_forgotten_id_is_still_known_to_the_ledger(office: Office) -> None:
    """The memory is bounded; the unique index is not."""
    office = Office(recent_max=1)
    first = await office.desk.decide(transaction("txn_001"))
    await office.desk.decide(transaction("txn_002"))

    again = await office.desk.decide(transaction("txn_001"))

    assert (again.verdict, again.replayed) == (first.verdict, True)


@pytest.mark.parametrize("recent_max", [1, 100])
async def test_another_body_for_a_known_id_is_a_conflict(recent_max: int) -> None:
    """Remembered or not."""
    office = Office(recent_max)
    await office.desk.decide(transaction("txn_001", "10.00"))
    await office.desk.decide(transaction("txn_002"))

    with pytest.raises(ConflictingTransaction):
        await office.desk.decide(transaction("txn_001", "99.00"))


async def test_a_hundred_concurrent_requests_are_one_decision(office: Office) -> None:
    """One question to the brain, one record, one answer told a hundred times."""
    standings = await asyncio.gather(*(office.desk.decide(transaction()) for _ in range(100)))

    assert office.scorer.asked == 1
    assert len({standing.verdict.trace_id for standing in standings}) == 1
    assert sum(not standing.replayed for standing in standings) == 1


async def test_whoever_waited_for_a_failed_try_is_told(office: Office) -> None:
    """And nobody waits for ever."""
    office.ledger.is_down = True

    results = await asyncio.gather(*(office.desk.decide(transaction()) for _ in range(5)), return_exceptions=True)

    assert [type(result) for result in results] == [LedgerUnavailable] * 5


async def test_only_what_was_newly_recorded_goes_to_the_history(office: Office) -> None:
    """A replay is no second payment."""
    await office.desk.decide(transaction())
    await office.desk.decide(transaction())

    assert [decided.transaction.transaction_id for decided in office.recorded] == ["txn_001"]


async def test_the_history_hears_what_was_decided(office: Office) -> None:
    """What a list blocked is told as blocked, whatever the score said: the decision that the checkout was given."""
    office.listed = Listed(ListName.DENY, "user is on the deny list")

    standing = await office.desk.decide(transaction())

    assert standing.verdict.ruling.decision is Decision.BLOCK
    assert [decided.decision for decided in office.recorded] == [Decision.BLOCK]
