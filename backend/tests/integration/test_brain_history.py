"""History as the gateway sees it: it is the ledger's, whatever dies, and MongoDB's troubles cost no score."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

import grpc
import pytest

from brain.history.coverage import LATE_S
from protos import fraud_pb2
from tests.brain_calls import DAY_MS, HOUR_MS, NOON_MS, Stream, a_transaction, an_item, calling
from tests.processes import BrainProcess, MongodProcess
from tests.recorded import CommittedRun, committed_run
from tests.stack import WITHIN_S

PAST = [a_transaction(f"past_{n}", minor_units=2_000 + n, event_time_ms=NOON_MS - (n + 1) * HOUR_MS) for n in range(30)]
NOW = a_transaction("now", minor_units=90_000)
STRANGER = a_transaction("other", minor_units=90_000, user_id="stranger", merchant_id="nobody_yet")


@pytest.fixture
def run(mongod_url: str, fresh_databases: Mapping[str, str]) -> Iterator[CommittedRun]:
    """A gateway's run in the ledger of this test."""
    with committed_run(mongod_url, fresh_databases) as run:
        yield run


async def score(stub: Any, transaction: fraud_pb2.Transaction = NOW) -> fraud_pb2.ScoreReply:
    """One score by the unary call."""
    reply = await stub.Score(fraud_pb2.ScoreRequest(transaction=transaction), timeout=WITHIN_S)
    assert isinstance(reply, fraud_pb2.ScoreReply)
    return reply


async def until_scored(stub: Any, wanted: Any, transaction: fraud_pb2.Transaction = NOW) -> fraud_pb2.ScoreReply:
    """Score until the reply is as wanted; the payment itself never counts for its own score."""
    started_s = time.monotonic()
    while not wanted(reply := await score(stub, transaction)):
        assert time.monotonic() - started_s < WITHIN_S, f"still {reply}"
        await asyncio.sleep(0.02)
    return reply


def has_history(reply: fraud_pb2.ScoreReply) -> bool:
    """Whether the score was made with all that it should see."""
    return not reply.degraded


async def test_history_survives_a_kill(
    run: CommittedRun, mongod_url: str, fresh_databases: Mapping[str, str], tmp_path: Path
) -> None:
    """
    What stands in the ledger counts before and after kill -9 alike, also what a brain never saw.

    The score and its reasons are the same, and they are not those of a stranger.
    """
    run.commit(PAST[:10])
    with BrainProcess(tmp_path, mongodb_url=mongod_url, environment=fresh_databases) as process:
        async with calling(process.port) as stub:
            some = await until_scored(stub, has_history)
            run.commit(PAST[10:20])
            more = await until_scored(stub, lambda reply: reply.risk_score != some.risk_score)
        process.kill()
        run.commit(PAST[20:])
        process.start()

        async with calling(process.port) as stub:
            all_ = await until_scored(stub, has_history)
            stranger = await score(stub, STRANGER)
        process.kill()
        process.start()

        async with calling(process.port) as stub:
            again = await until_scored(stub, has_history)

    assert again == all_
    assert len({reply.risk_score for reply in (stranger, some, more, all_)}) == 4


async def test_what_is_observed_counts_at_once(
    run: CommittedRun, mongod_url: str, fresh_databases: Mapping[str, str], tmp_path: Path
) -> None:
    """Before it is read from the ledger, and once: twenty calls and the ledger say the same."""
    with (
        BrainProcess(tmp_path, mongodb_url=mongod_url, environment=fresh_databases) as one,
        BrainProcess(tmp_path, mongodb_url=mongod_url, environment=fresh_databases) as two,
    ):
        async with calling(one.port) as first, calling(two.port) as second:
            before = await until_scored(first, has_history)
            request = fraud_pb2.ObserveRequest(transactions=[a_transaction("bad", currency="???"), *PAST])
            replies = await asyncio.gather(*(first.Observe(request) for _ in range(20)))
            told = await score(first)

            run.commit(PAST)
            read = await until_scored(
                second, lambda reply: has_history(reply) and reply.risk_score != before.risk_score
            )
            await until_scored(first, has_history)

            assert {reply.observed for reply in replies} == {len(PAST) + 1}
            assert told.risk_score != before.risk_score
            assert await score(first) == told == read
            assert "history.left_out" in one.log()


async def test_a_late_score_sees_the_history_as_of_its_own_time(
    run: CommittedRun, mongod_url: str, fresh_databases: Mapping[str, str], tmp_path: Path
) -> None:
    """
    Re-scored after an outage, a transaction gets the very score that it would have got in time.

    Meanwhile it became history itself, later payments were made, and old ones turned out to be fraud. What it had
    to be scored by arrives late and out of order.
    """
    later = [
        a_transaction(f"later_{n}", minor_units=70_000, event_time_ms=NOON_MS + (n + 1) * HOUR_MS) for n in range(40)
    ]
    run.commit(PAST)
    with BrainProcess(tmp_path, mongodb_url=mongod_url, environment=fresh_databases) as process:
        async with calling(process.port) as stub:
            in_time = await until_scored(stub, has_history)
    run.ledger["transactions"].delete_many({})

    with BrainProcess(tmp_path, mongodb_url=mongod_url, environment=fresh_databases) as process:
        async with calling(process.port) as stub:
            await until_scored(stub, has_history, STRANGER)
            for transactions in ([*later, NOW], PAST[20:], PAST[:20][::-1]):
                run.commit(transactions)
            for past in PAST:
                run.label(past.transaction_id, is_fraud=True, known_at_ms=NOON_MS + HOUR_MS)

            late = await until_scored(stub, lambda reply: reply.risk_score == in_time.risk_score)
            after = a_transaction("after", minor_units=90_000, event_time_ms=NOON_MS + 2 * HOUR_MS)
            await until_scored(stub, lambda reply: any("FRAUD" in reason.code for reason in reply.reasons), after)
            assert await score(stub) == late == in_time


async def test_chargebacks_change_a_merchants_risk_from_the_moment_they_are_known(
    run: CommittedRun, mongod_url: str, fresh_databases: Mapping[str, str], tmp_path: Path
) -> None:
    """Eight payments turn out to be fraud: a later payment is high, one from before they were known is low."""
    past = [
        a_transaction(f"past_{n}", user_id=f"u{n}", minor_units=3_000, event_time_ms=NOON_MS - 8 * DAY_MS - n * HOUR_MS)
        for n in range(8)
    ]
    known_at_ms = NOON_MS - DAY_MS
    after, before = (
        a_transaction(name, user_id="someone", minor_units=2_000, event_time_ms=time_ms)
        for name, time_ms in (("after", NOON_MS), ("before", known_at_ms - 1))
    )
    run.commit(past)
    for payment in past[:4]:
        run.label(payment.transaction_id, is_fraud=True, known_at_ms=known_at_ms)
    labels = [
        fraud_pb2.Label(transaction=payment, is_fraud=True, known_at_ms=known_at_ms, revision=1) for payment in past[4:]
    ]
    senseless = fraud_pb2.Label(transaction=a_transaction("bad"), is_fraud=True, known_at_ms=0, revision=1)

    with BrainProcess(tmp_path, mongodb_url=mongod_url, environment=fresh_databases) as process:
        async with calling(process.port) as stub:
            reply = await stub.Learn(fraud_pb2.LearnRequest(labels=[senseless, *labels]), wait_for_ready=True)
            late = await until_scored(
                stub, lambda reply: has_history(reply) and reply.risk_level >= fraud_pb2.RISK_LEVEL_HIGH, after
            )
            early = await score(stub, before)
            with pytest.raises(grpc.aio.AioRpcError) as refusal:
                await stub.Learn(fraud_pb2.LearnRequest(labels=labels[:1] * 501))

    assert reply.learnt == 5
    assert late.reasons[0].code == "MERCHANT_FRAUD_HISTORY"
    assert early.risk_level == fraud_pb2.RISK_LEVEL_LOW
    assert refusal.value.code() == grpc.StatusCode.INVALID_ARGUMENT


async def test_a_frozen_mongodb_costs_no_score(
    own_mongod: MongodProcess, fresh_databases: Mapping[str, str], tmp_path: Path
) -> None:
    """
    SIGSTOP to mongod: every score still comes, soon and with the history that there is.

    Once that may lack too much, scores say so; SIGCONT: all is well. The change is logged once in each direction.
    """
    with (
        committed_run(own_mongod.url, fresh_databases) as run,
        BrainProcess(tmp_path, mongodb_url=own_mongod.url, environment=fresh_databases) as process,
    ):
        run.commit(PAST)
        async with calling(process.port) as stub:
            with_history = await until_scored(stub, has_history)
            own_mongod.freeze()

            latencies_ms: list[float] = []
            stream = Stream(stub)
            for number in range(1, 101):
                started_s = time.monotonic()
                await stream.send([an_item(number, a_transaction(f"t{number}", user_id=f"u{number}"))])
                await stream.receive_outcomes(number)
                latencies_ms.append((time.monotonic() - started_s) * 1000)
            late = await until_scored(stub, lambda reply: not has_history(reply))

            own_mongod.thaw()
            await until_scored(stub, has_history)

    late.ClearField("degraded")
    assert late == with_history
    assert median(latencies_ms) < LATE_S * 1000 / 100  # nobody waits for MongoDB
    assert process.log().count("history.unavailable") == process.log().count("history.recovered") == 1


async def test_a_brain_needs_its_mongodb_neither_to_start_nor_to_end(
    own_mongod: MongodProcess, fresh_databases: Mapping[str, str], tmp_path: Path
) -> None:
    """It scores at once, says what it lacks, needs no restart when MongoDB comes, and ends while that is frozen."""
    own_mongod.kill()
    with BrainProcess(tmp_path, mongodb_url=own_mongod.url, environment=fresh_databases) as process:
        async with calling(process.port) as stub:
            assert list((await score(stub)).degraded) == ["history"]
            own_mongod.start()
            await until_scored(stub, has_history)

            own_mongod.freeze()
            await asyncio.sleep(0.5)  # so that a read has begun
            assert await asyncio.to_thread(process.stop) == 0
