"""What the brain promises on a standing stream, against a real process over real gRPC."""

import asyncio
import time

import grpc

from protos.fraud_pb2 import Failure
from tests.brain_calls import Stream, a_transaction, an_item, calling
from tests.processes import BrainProcess


async def test_a_stream_greets_before_any_item(brain: BrainProcess) -> None:
    """Initial metadata comes at once: a gateway can tell a live brain from a black hole."""
    async with calling(brain.port) as stub:
        stream = Stream(stub)

        await asyncio.wait_for(stream.call.initial_metadata(), 1.0)

        await stream.call.done_writing()
        assert await stream.receive_to_the_end() == grpc.StatusCode.OK


async def test_every_item_of_a_stream_gets_its_own_outcome(brain: BrainProcess) -> None:
    """300 items in two messages: 300 outcomes, each once, each of its own transaction; then OK."""
    async with calling(brain.port) as stub:
        stream = Stream(stub)
        await stream.send([an_item(n) for n in range(1, 151)])
        await stream.send([an_item(n) for n in range(151, 301)])
        await stream.call.done_writing()

        status = await stream.receive_to_the_end()

    assert status == grpc.StatusCode.OK
    assert set(stream.outcomes) == set(range(1, 301))
    for attempt_id, outcomes in stream.outcomes.items():
        assert [outcome.score.transaction_id for outcome in outcomes] == [f"txn_{attempt_id}"]


async def test_one_bad_item_fails_by_itself(brain: BrainProcess) -> None:
    """Its neighbours in the same message are scored."""
    async with calling(brain.port) as stub:
        stream = Stream(stub)
        await stream.send([an_item(1), an_item(2, a_transaction(currency="???")), an_item(3)])

        await stream.receive_outcomes(3)

    assert stream.outcomes[2][0].failure.code == Failure.INVALID_ARGUMENT
    assert stream.outcomes[1][0].HasField("score")
    assert stream.outcomes[3][0].HasField("score")


async def test_two_hedges_of_one_transaction_are_answered_separately(brain: BrainProcess) -> None:
    """Both attempts get an outcome, and the same score: a hedge does not count as a second payment."""
    payment = a_transaction("txn_hedged", user_id="hedger")
    async with calling(brain.port) as stub:
        stream = Stream(stub)
        await stream.send([an_item(1, payment)])
        await stream.receive_outcomes(1)
        await stream.send([an_item(2, payment), an_item(3, payment)])

        await stream.receive_outcomes(3)

    scores = {stream.outcomes[n][0].score.risk_score for n in (1, 2, 3)}
    assert len(scores) == 1
    assert all(len(stream.outcomes[n]) == 1 for n in (1, 2, 3))


async def test_an_attempt_id_in_flight_cannot_be_used_again(slow_brain: BrainProcess) -> None:
    """With ten copies of one attempt_id in a message, the second of the id is the caller's mistake."""
    async with calling(slow_brain.port) as stub:
        stream = Stream(stub)
        await stream.send([an_item(1)] * 10)
        await stream.call.done_writing()

        await stream.receive_to_the_end()

    failures = [outcome.failure.code for outcome in stream.outcomes[1] if outcome.HasField("failure")]
    assert failures == [Failure.INVALID_ARGUMENT] * 9


async def test_an_item_without_budget_is_dropped(brain: BrainProcess) -> None:
    """What arrives with 0 ms left is not scored."""
    async with calling(brain.port) as stub:
        stream = Stream(stub)
        await stream.send([an_item(1, budget_ms=0)])

        await stream.receive_outcomes(1)

    assert stream.outcomes[1][0].failure.code == Failure.DEADLINE_EXCEEDED


async def test_a_slow_item_holds_up_nobody(slow_brain: BrainProcess) -> None:
    """About half of 40 items sleep for a second: the others are answered long before."""
    async with calling(slow_brain.port) as stub:
        stream = Stream(stub)
        started_s = time.monotonic()
        await stream.send([an_item(n) for n in range(1, 41)])
        await stream.receive_outcomes(5)
        at_first = len(stream.outcomes)

        await stream.receive_outcomes(40)

    assert at_first < 40
    assert time.monotonic() - started_s >= 1.0
    assert all(outcomes[0].HasField("score") for outcomes in stream.outcomes.values())


async def test_a_sleeping_item_is_answered_at_its_deadline(slow_brain: BrainProcess) -> None:
    """Those that sleep past their 500 ms get DEADLINE_EXCEEDED, not a late score."""
    async with calling(slow_brain.port) as stub:
        stream = Stream(stub)
        await stream.send([an_item(n, budget_ms=500) for n in range(1, 41)])

        await stream.receive_outcomes(40)

    failures = [o[0].failure.code for o in stream.outcomes.values() if o[0].HasField("failure")]
    assert 5 < len(failures) < 40
    assert set(failures) == {Failure.DEADLINE_EXCEEDED}


async def test_cancelled_items_are_never_answered(slow_brain: BrainProcess) -> None:
    """Cancelling the sleepers leaves nothing in flight: the half-closed stream ends before their sleep."""
    async with calling(slow_brain.port) as stub:
        stream = Stream(stub)
        await stream.send([an_item(n) for n in range(1, 41)])
        await stream.receive_outcomes(5)
        await asyncio.sleep(0.2)
        await stream.send(cancelled=range(1, 41))
        await stream.call.done_writing()

        status = await stream.receive_to_the_end()

    assert status == grpc.StatusCode.OK
    assert len(stream.outcomes) < 40
