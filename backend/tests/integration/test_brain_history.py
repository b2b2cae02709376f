"""History as the gateway sees it: it survives restarts, and MongoDB's troubles cost history, never a score."""

import asyncio
import itertools
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

import grpc
import pytest

from protos import fraud_pb2
from tests.brain_calls import HOUR_MS, NOON_MS, Stream, a_transaction, an_item, calling
from tests.processes import BrainProcess, MongodProcess
from tests.stack import WITHIN_S
from tests.waiting import eventually

OBSERVED = [
    a_transaction(f"past_{n}", minor_units=2_000 + n, event_time_ms=NOON_MS - (n + 1) * HOUR_MS) for n in range(30)
]
STRANGERS = itertools.count()
BUDGET_MS = 250  # what a score waits for its history: a slow moment of the test machine is no lost history
NOW = a_transaction("now", minor_units=90_000)


@pytest.fixture
def fresh_databases(fresh_databases: dict[str, str]) -> dict[str, str]:
    """Those of every test, and time to read from them."""
    return fresh_databases | {"BRAIN_PROFILE_BUDGET_MS": str(BUDGET_MS)}


async def score(stub: Any, transaction: fraud_pb2.Transaction = NOW) -> fraud_pb2.ScoreReply:
    """One score by the unary call."""
    reply = await stub.Score(fraud_pb2.ScoreRequest(transaction=transaction), timeout=WITHIN_S)
    assert isinstance(reply, fraud_pb2.ScoreReply)
    return reply


async def until_history(stub: Any, *, is_back: bool) -> None:
    """Score strangers until replies say that history is there, or not."""
    started_s = time.monotonic()
    while True:
        stranger = f"stranger_{next(STRANGERS)}"  # new each time: nothing is known of them from a moment ago
        reply = await score(stub, a_transaction(stranger, user_id=stranger, merchant_id=stranger))
        if ("history" not in reply.degraded) == is_back:
            return
        assert time.monotonic() - started_s < WITHIN_S, "history did not change in time"
        await asyncio.sleep(0.02)


async def test_history_survives_a_kill(mongod_url: str, fresh_databases: Mapping[str, str], tmp_path: Path) -> None:
    """
    What was observed counts before and after kill -9 alike.

    The score and its reasons are the same, and they are not those of a stranger.
    """
    with BrainProcess(tmp_path, mongodb_url=mongod_url, environment=fresh_databases) as process:
        async with calling(process.port) as stub:
            await until_history(stub, is_back=True)
            reply = await stub.Observe(fraud_pb2.ObserveRequest(transactions=OBSERVED))
            before = await score(stub)
            stranger = await score(stub, a_transaction("other", minor_units=90_000, user_id="stranger"))
        process.kill()
        process.start()

        async with calling(process.port) as stub:
            await until_history(stub, is_back=True)
            after = await score(stub)

    assert reply.observed == len(OBSERVED)
    assert list(before.degraded) == []
    assert before == after
    assert before.risk_score != stranger.risk_score


async def test_what_was_observed_counts_at_once(
    mongod_url: str, fresh_databases: Mapping[str, str], tmp_path: Path
) -> None:
    """Also for a user and a merchant whose older history was read, and kept, a moment ago."""
    with BrainProcess(tmp_path, mongodb_url=mongod_url, environment=fresh_databases) as process:
        async with calling(process.port) as stub:
            await until_history(stub, is_back=True)
            before = await score(stub)
            await stub.Observe(fraud_pb2.ObserveRequest(transactions=OBSERVED))

            after = await score(stub)

    assert list(before.degraded) == list(after.degraded) == []
    assert before.risk_score != after.risk_score


async def test_two_brains_share_one_history(
    mongod_url: str, fresh_databases: Mapping[str, str], tmp_path: Path
) -> None:
    """Both observe all of it, twenty times at once; each scores as if it had come once."""
    with (
        BrainProcess(tmp_path, mongodb_url=mongod_url, environment=fresh_databases) as one,
        BrainProcess(tmp_path, mongodb_url=mongod_url, environment=fresh_databases) as two,
    ):
        async with calling(one.port) as first, calling(two.port) as second:
            await first.Observe(fraud_pb2.ObserveRequest(transactions=OBSERVED))
            await until_history(first, is_back=True)
            once = await score(first)

            await asyncio.gather(
                *(
                    stub.Observe(fraud_pb2.ObserveRequest(transactions=OBSERVED))
                    for _ in range(10)
                    for stub in (first, second)
                )
            )
            await until_history(second, is_back=True)
            assert await score(first) == once
            assert await score(second) == once


async def test_a_late_score_sees_the_history_as_of_its_own_time(
    mongod_url: str, fresh_databases: Mapping[str, str], tmp_path: Path
) -> None:
    """
    Re-scored after an outage, a transaction gets the very score that it would have got in time.

    Meanwhile it became history itself, later payments were made, and old ones turned out to be fraud. What it had
    to be scored by arrives late and out of order.
    """
    later = [
        a_transaction(f"later_{n}", minor_units=70_000, event_time_ms=NOON_MS + (n + 1) * HOUR_MS) for n in range(40)
    ]
    labels = [
        fraud_pb2.Label(transaction=past, is_fraud=True, known_at_ms=NOON_MS + HOUR_MS, revision=1) for past in OBSERVED
    ]
    with BrainProcess(tmp_path, mongodb_url=mongod_url, environment=fresh_databases) as process:
        async with calling(process.port) as stub:
            await until_history(stub, is_back=True)
            await stub.Observe(fraud_pb2.ObserveRequest(transactions=OBSERVED))
            in_time = await score(stub)

    other = {**fresh_databases, "BRAIN_PROFILES_DATABASE": fresh_databases["BRAIN_PROFILES_DATABASE"] + "_late"}
    with BrainProcess(tmp_path, mongodb_url=mongod_url, environment=other) as process:
        async with calling(process.port) as stub:
            await until_history(stub, is_back=True)
            for transactions in ([*later, NOW], OBSERVED[20:], OBSERVED[:20][::-1]):
                await stub.Observe(fraud_pb2.ObserveRequest(transactions=transactions))
            await stub.Learn(fraud_pb2.LearnRequest(labels=labels))
        process.kill()  # what is only in memory must not help
        process.start()
        async with calling(process.port) as stub:
            await until_history(stub, is_back=True)
            late = await score(stub)
            after = await score(stub, a_transaction("after", minor_units=90_000, event_time_ms=NOON_MS + 2 * HOUR_MS))

    assert late == in_time
    assert after.risk_score != in_time.risk_score


async def test_an_unreadable_transaction_does_not_block_an_observe(
    mongod_url: str, fresh_databases: Mapping[str, str], tmp_path: Path
) -> None:
    """It is left out and logged; the others become history, or the gateway would send them for ever."""
    with BrainProcess(tmp_path, mongodb_url=mongod_url, environment=fresh_databases) as process:
        async with calling(process.port) as stub:
            await until_history(stub, is_back=True)

            reply = await stub.Observe(
                fraud_pb2.ObserveRequest(transactions=[a_transaction("bad", currency="???"), *OBSERVED])
            )
            known = await score(stub)
            stranger = await score(stub, a_transaction("other", minor_units=90_000, user_id="stranger"))

    assert reply.observed == len(OBSERVED) + 1
    assert known.risk_score != stranger.risk_score
    assert "history.left_out" in process.log()


async def test_a_frozen_mongodb_costs_history_and_never_a_score(
    own_mongod: MongodProcess, fresh_databases: Mapping[str, str], tmp_path: Path
) -> None:
    """
    SIGSTOP to mongod: every score still comes, soon, and says what it lacks; SIGCONT: history is back.

    The change is logged once in each direction.
    """
    with BrainProcess(tmp_path, mongodb_url=own_mongod.url, environment=fresh_databases) as process:
        async with calling(process.port) as stub:
            await until_history(stub, is_back=True)
            own_mongod.freeze()
            await until_history(stub, is_back=False)

            latencies_ms: list[float] = []
            stream = Stream(stub)
            for number in range(1, 201):
                started_s = time.monotonic()
                stranger = a_transaction(f"t{number}", user_id=f"u{number}", merchant_id=f"m{number}")
                await stream.send([an_item(number, stranger)])
                await stream.receive_outcomes(number)
                latencies_ms.append((time.monotonic() - started_s) * 1000)
                await asyncio.sleep(0.01)

            own_mongod.thaw()
            await until_history(stub, is_back=True)

    scores = [outcomes[0].score for outcomes in stream.outcomes.values()]
    assert all(list(reply.degraded) == ["history"] and reply.risk_score > 0 for reply in scores)
    assert median(latencies_ms) < BUDGET_MS / 2  # one a second waits for a trial, all others for nothing
    assert process.log().count("history.unavailable") == process.log().count("history.recovered") == 1


async def test_a_brain_starts_before_its_mongodb(
    own_mongod: MongodProcess, fresh_databases: Mapping[str, str], tmp_path: Path
) -> None:
    """It scores at once, refuses Observe, and needs no restart when MongoDB comes."""
    own_mongod.kill()
    with BrainProcess(tmp_path, mongodb_url=own_mongod.url, environment=fresh_databases) as process:
        async with calling(process.port) as stub:
            assert list((await score(stub)).degraded) == ["history"]
            with pytest.raises(grpc.aio.AioRpcError) as refusal:
                await stub.Observe(fraud_pb2.ObserveRequest(transactions=OBSERVED))

            own_mongod.start()
            await until_history(stub, is_back=True)
            reply = await stub.Observe(fraud_pb2.ObserveRequest(transactions=OBSERVED))
            await eventually(lambda: "history.ready" in process.log())

    assert refusal.value.code() == grpc.StatusCode.UNAVAILABLE
    assert reply.observed == len(OBSERVED)


async def test_a_brain_ends_soon_while_its_mongodb_is_frozen(
    own_mongod: MongodProcess, fresh_databases: Mapping[str, str], tmp_path: Path
) -> None:
    """Threads that wait for MongoDB must not keep the process past its drain."""
    with BrainProcess(tmp_path, mongodb_url=own_mongod.url, environment=fresh_databases) as process:
        async with calling(process.port) as stub:
            await until_history(stub, is_back=True)
            own_mongod.freeze()
            observing = asyncio.ensure_future(stub.Observe(fraud_pb2.ObserveRequest(transactions=OBSERVED)))
            await score(stub, a_transaction("t", user_id="somebody"))

            assert await asyncio.to_thread(process.stop) == 0

            with pytest.raises(grpc.aio.AioRpcError) as refusal:
                await observing
    assert refusal.value.code() == grpc.StatusCode.UNAVAILABLE
