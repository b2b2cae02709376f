"""A transaction's attempts: the first answer wins, the budget is kept, a dead socket ends the call at once."""

import asyncio
import time

import pytest

from gateway.domain import Score
from gateway.scoring.errors import (
    GatewayOverloaded,
    ScorerInvalidResponse,
    ScorerOverloaded,
    ScorerRefusedRequest,
    ScorerTimedOut,
    ScorerUnavailable,
)
from protos import fraud_pb2
from tests.unit.scoring.lanes import (
    BUDGET_S,
    DELAY_S,
    FakeLanes,
    failure_outcome,
    new_call,
    new_patient_call,
    score_outcome,
    until_sent,
)


@pytest.fixture
def lanes() -> FakeLanes:
    """One for each test."""
    return FakeLanes()


async def test_a_quick_answer_needs_one_attempt(lanes: FakeLanes) -> None:
    """A healthy brain is asked once."""
    call = new_patient_call(lanes)
    scoring = asyncio.create_task(call.score())
    await until_sent(lanes, 1)

    call.answered(1, score_outcome(1))

    assert (await scoring).risk_score == 0.25
    assert lanes.sent == [1]


async def test_the_first_answer_wins_and_the_losers_are_cancelled(lanes: FakeLanes) -> None:
    """A hedge answers while the first attempt is stuck; the brain is told to stop on the others."""
    call = new_call(lanes)
    scoring = asyncio.create_task(call.score())
    await until_sent(lanes, 3)

    call.answered(2, score_outcome(2, risk_score=0.5))

    assert (await scoring).risk_score == 0.5
    assert sorted(lanes.cancelled) == [1, 3]


async def test_silence_ends_with_the_budget(lanes: FakeLanes) -> None:
    """Three attempts go out, no more, and the caller is told at the deadline."""
    call = new_call(lanes)
    started_s = asyncio.get_running_loop().time()

    with pytest.raises(ScorerTimedOut):
        await call.score()

    assert lanes.sent == [1, 2, 3]
    assert asyncio.get_running_loop().time() - started_s >= BUDGET_S - 0.005


async def test_a_refused_connection_ends_the_call_at_once(lanes: FakeLanes) -> None:
    """No hedging into a dead socket."""
    lanes.refusal = ScorerUnavailable("refused")

    with pytest.raises(ScorerUnavailable):
        await new_patient_call(lanes).score()

    assert lanes.sent == []


async def test_a_refusal_while_waiting_ends_the_call(lanes: FakeLanes) -> None:
    """What was queued for a brain that turned out to be gone does not wait for its deadline."""
    call = new_patient_call(lanes)
    scoring = asyncio.create_task(call.score())
    await until_sent(lanes, 1)
    lanes.refusal = ScorerUnavailable("gone")

    call.refused(1)

    with pytest.raises(ScorerUnavailable):
        await scoring


async def test_a_refusal_by_one_brain_is_no_refusal_by_all(lanes: FakeLanes) -> None:
    """The attempt goes to the next one at once."""
    call = new_patient_call(lanes)
    scoring = asyncio.create_task(call.score())
    await until_sent(lanes, 1)

    call.refused(1)
    assert lanes.sent == [1, 2]
    call.answered(2, score_outcome(2))

    assert isinstance(await scoring, Score)


async def test_a_failed_attempt_is_followed_by_the_next_without_waiting(lanes: FakeLanes) -> None:
    """An internal error of one attempt is not yet a failure of the call."""
    call = new_patient_call(lanes)
    scoring = asyncio.create_task(call.score())
    await until_sent(lanes, 1)

    call.answered(1, failure_outcome(1, fraud_pb2.Failure.INTERNAL))
    assert lanes.sent == [1, 2]
    call.answered(2, score_outcome(2))

    assert isinstance(await scoring, Score)


async def test_attempts_that_fail_early_leave_no_hedge_behind(lanes: FakeLanes) -> None:
    """The hedges that were due for the first two are not sent beside the third, which is the last one allowed."""
    call = new_call(lanes)
    scoring = asyncio.create_task(call.score())
    await until_sent(lanes, 1)
    for attempt_id in (1, 2):
        call.answered(attempt_id, failure_outcome(attempt_id, fraud_pb2.Failure.INTERNAL))

    await asyncio.sleep(DELAY_S * 3)

    assert lanes.sent == [1, 2, 3]
    scoring.cancel()


async def test_when_every_attempt_fails_the_last_failure_is_told(lanes: FakeLanes) -> None:
    """Without waiting for the rest of the budget."""
    call = new_patient_call(lanes)
    scoring = asyncio.create_task(call.score())
    await until_sent(lanes, 1)

    for attempt_id in (1, 2, 3):
        call.answered(attempt_id, failure_outcome(attempt_id, fraud_pb2.Failure.INTERNAL))

    with pytest.raises(ScorerUnavailable):
        await scoring


async def test_a_request_that_the_brain_refuses_is_not_sent_again(lanes: FakeLanes) -> None:
    """Another attempt would be refused as well."""
    call = new_patient_call(lanes)
    scoring = asyncio.create_task(call.score())
    await until_sent(lanes, 1)

    call.answered(1, failure_outcome(1, fraud_pb2.Failure.INVALID_ARGUMENT))

    with pytest.raises(ScorerRefusedRequest):
        await scoring
    assert lanes.sent == [1]


@pytest.mark.parametrize("risk_score", [float("nan"), float("inf"), -0.01, 1.01])
async def test_a_score_that_cannot_be_true_is_a_failure(lanes: FakeLanes, risk_score: float) -> None:
    """It never becomes a verdict."""
    call = new_patient_call(lanes)
    scoring = asyncio.create_task(call.score())
    await until_sent(lanes, 1)

    for attempt_id in (1, 2, 3):
        call.answered(attempt_id, score_outcome(attempt_id, risk_score=risk_score))

    with pytest.raises(ScorerInvalidResponse):
        await scoring


async def test_an_answer_about_another_transaction_is_a_failure(lanes: FakeLanes) -> None:
    """A mixed-up reply must not approve somebody else's payment."""
    call = new_patient_call(lanes)
    scoring = asyncio.create_task(call.score())
    await until_sent(lanes, 1)

    for attempt_id in (1, 2, 3):
        call.answered(attempt_id, score_outcome(attempt_id, about="txn_002"))

    with pytest.raises(ScorerInvalidResponse):
        await scoring


async def test_an_attempt_on_a_broken_stream_is_sent_again_once(lanes: FakeLanes) -> None:
    """A transaction that kills each brain that it meets is not passed on for ever."""
    call = new_patient_call(lanes)
    scoring = asyncio.create_task(call.score())
    await until_sent(lanes, 1)

    call.lost(1)
    assert lanes.sent == [1, 2]
    for attempt_id in (2, 3, 4):
        call.lost(attempt_id)

    with pytest.raises(ScorerUnavailable):
        await scoring


async def test_a_full_queue_costs_nothing_while_an_attempt_is_out(lanes: FakeLanes) -> None:
    """The hedge is left out; the first attempt may still answer."""
    call = new_call(lanes)
    scoring = asyncio.create_task(call.score())
    await until_sent(lanes, 1)
    lanes.refusal = GatewayOverloaded("full")
    await asyncio.sleep(DELAY_S * 3)

    call.answered(1, score_outcome(1))

    assert isinstance(await scoring, Score)


async def test_a_budget_spent_in_a_queue_is_overload(lanes: FakeLanes) -> None:
    """The brain was at work on what was sent before: that says nothing against it."""
    lanes.behind = {1, 2, 3}

    with pytest.raises(GatewayOverloaded):
        await new_call(lanes).score()


async def test_a_process_that_stood_still_blames_nobody(lanes: FakeLanes) -> None:
    """Noticed long after the deadline: the answer may have come meanwhile, and nobody read it."""
    scoring = asyncio.create_task(new_call(lanes).score())
    await until_sent(lanes, 1)
    time.sleep(BUDGET_S + 0.15)  # noqa: ASYNC251 (stands still)

    with pytest.raises(GatewayOverloaded):
        await scoring


async def test_no_hedge_waits_behind_its_own_first_attempt(lanes: FakeLanes) -> None:
    """Under load it would make the queue longer; once the attempt is not behind any more, it is hedged as ever."""
    lanes.behind = {1}
    scoring = asyncio.create_task(new_call(lanes).score())
    await asyncio.sleep(DELAY_S * 3)
    assert lanes.sent == [1]

    lanes.behind = set()
    await until_sent(lanes, 3)

    scoring.cancel()


async def test_another_brain_is_hedged_to_also_under_load(lanes: FakeLanes) -> None:
    """It has a queue of its own, perhaps a shorter one."""
    lanes.behind, lanes.others = {1}, 1
    scoring = asyncio.create_task(new_call(lanes).score())

    await until_sent(lanes, 2)

    scoring.cancel()


@pytest.mark.parametrize(("others", "sent"), [(0, [1]), (1, [1, 2, 3])])
async def test_an_overloaded_brain_is_not_asked_again(lanes: FakeLanes, others: int, sent: list[int]) -> None:
    """The same again would only add to its load; another brain may have room."""
    lanes.others = others
    call = new_patient_call(lanes)
    scoring = asyncio.create_task(call.score())
    await until_sent(lanes, 1)

    for attempt_id in (1, 2, 3):
        call.answered(attempt_id, failure_outcome(attempt_id, fraud_pb2.Failure.OVERLOADED))

    with pytest.raises(ScorerOverloaded):
        await scoring
    assert lanes.sent == sent
