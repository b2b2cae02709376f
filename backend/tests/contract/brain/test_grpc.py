"""What the brain promises its callers, against a real process over real gRPC, without any MongoDB."""

import asyncio
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from brain.features.formulas import FEATURE_NAMES
from brain.model.levels import risk_level
from gateway.scoring.canary.pair import ANY_TWO, Finding, judge, read_pair
from local.ports import LOOPBACK
from protos import fraud_pb2
from tests.brain_calls import ANSWER_WITHIN_S, NO_MONGODB, NOON_MS, SERVICE, a_transaction, calling, health_of
from tests.processes import BrainProcess


async def test_a_score_is_complete(brain: BrainProcess) -> None:
    """The reply echoes the id and carries a probability, a level, reasons, the model and what was missing."""
    async with calling(brain.port) as stub:
        reply = await stub.Score(fraud_pb2.ScoreRequest(transaction=a_transaction("txn_007")))
        model = await stub.Describe(fraud_pb2.DescribeRequest())

    assert reply.transaction_id == "txn_007"
    assert 0.0 < reply.risk_score < 1.0
    assert reply.risk_level != fraud_pb2.RISK_LEVEL_UNSPECIFIED
    assert 1 <= len(reply.reasons) <= 5
    assert all(reason.code and reason.message for reason in reply.reasons)
    assert (reply.model_name, reply.model_version) == (model.name, model.version)
    assert list(reply.degraded) == ["history"]


async def test_the_model_describes_itself(brain: BrainProcess) -> None:
    """Name, hash, the features that it looks at, ascending thresholds, and what it was trained on."""
    async with calling(brain.port) as stub:
        model = await stub.Describe(fraud_pb2.DescribeRequest())

    assert model.features
    assert set(model.features) <= set(FEATURE_NAMES)
    assert len(bytes.fromhex(model.sha256)) == 32
    assert set(model.thresholds) == {"medium", "high", "critical"}
    assert model.thresholds["medium"] <= model.thresholds["high"] <= model.thresholds["critical"]
    assert model.trained_on


async def test_what_was_scored_is_counted_beside_what_was_expected(brain: BrainProcess) -> None:
    """Each histogram has a bin more than its edges and one for unknown; each score is counted once in each of them."""
    async with calling(brain.port) as stub:
        before = await stub.Describe(fraud_pb2.DescribeRequest())
        await stub.Score(fraud_pb2.ScoreRequest(transaction=a_transaction("counted")))
        model = await stub.Describe(fraud_pb2.DescribeRequest())

    assert {histogram.name for histogram in model.live} > {"risk_score", "amount_to_user_median"}
    for earlier, histogram in zip(before.live, model.live, strict=True):
        assert len(histogram.counts) == len(histogram.expected_shares) == len(histogram.edges) + 2
        assert sum(histogram.expected_shares) == pytest.approx(1, abs=1e-4)
        assert sum(histogram.counts) == sum(earlier.counts) + 1
    assert model.metrics["ap"] > 0.4
    assert not model.HasField("shadow")


async def test_the_level_follows_the_thresholds_of_the_reply(brain: BrainProcess) -> None:
    """A plain amount and an absurd one of somebody new: each level is that of its score, the absurd one the riskier."""
    async with calling(brain.port) as stub:
        model = await stub.Describe(fraud_pb2.DescribeRequest())
        plain = await stub.Score(fraud_pb2.ScoreRequest(transaction=a_transaction("a", minor_units=2_000)))
        absurd = await stub.Score(fraud_pb2.ScoreRequest(transaction=a_transaction("b", minor_units=900_000)))

    assert 2 * plain.risk_score < absurd.risk_score
    for reply in (plain, absurd):
        assert reply.risk_level == risk_level(reply.risk_score, model.thresholds)


async def test_a_brain_brings_the_pair_by_which_it_is_watched(brain: BrainProcess) -> None:
    """A gateway accepts it, and the brain's own answers keep its bounds: here without a readable history."""
    async with calling(brain.port) as stub:
        pair = read_pair(await stub.Describe(fraud_pb2.DescribeRequest()))
        sent = pair.make("1", now_ms=NOON_MS)
        replies = [await stub.Score(fraud_pb2.ScoreRequest(transaction=canary)) for canary in sent]

    assert pair is not ANY_TWO
    assert judge(pair, sent, replies) is Finding.PASSED
    assert judge(pair, sent, [replies[1], replies[1]]) is Finding.FAILED


async def test_no_amount_of_somebody_unknown_is_blocked(brain: BrainProcess) -> None:
    """
    Through the real process, whose ledger is away: from 0.5 to 10,000 in eight currencies, level low or medium.

    So with `may_block`, too. What is ordinary with a history is held by tests/unit/brain/test_model_harmless.py.
    """
    sent = [
        a_transaction(f"{minor}{currency}{named}", minor_units=minor, currency=currency, merchant_id=named)
        for currency in ("USD", "EUR", "GBP", "KWD", "JPY", "INR", "CHF", "BRL")
        for minor in (1, 50, 5_000, 30_000, 250_000, 1_000_000, 10_000_000)
        for named in (None, "shop_1")
    ]
    async with calling(brain.port) as stub:
        replies = [await stub.Score(fraud_pb2.ScoreRequest(transaction=one)) for one in sent]

    assert {reply.risk_level for reply in replies} <= {fraud_pb2.RISK_LEVEL_LOW, fraud_pb2.RISK_LEVEL_MEDIUM}
    assert {reply.limits.may_block for reply in replies} == {False}


@pytest.mark.parametrize(
    ("transaction", "word"),
    [
        (a_transaction(""), "transaction_id"),
        (a_transaction(user_id=""), "user_id"),
        (a_transaction(user_id="x" * 257), "user_id"),
        (a_transaction(merchant_id="x" * 257), "merchant_id"),
        (a_transaction(currency="XYZ"), "currency"),
        (a_transaction(currency=""), "currency"),
        (a_transaction(minor_units=-1), "minor_units"),
        (a_transaction(minor_units=2**62), "minor_units"),
        (a_transaction(event_time_ms=0), "event_time_ms"),
        (a_transaction(event_time_ms=2**62), "event_time_ms"),
    ],
)
async def test_a_callers_mistake_is_an_invalid_argument(
    brain: BrainProcess, transaction: fraud_pb2.Transaction, word: str
) -> None:
    """Never INTERNAL: the gateway's circuit must not count it. The detail names the field."""
    async with calling(brain.port) as stub:
        with pytest.raises(grpc.aio.AioRpcError) as refusal:
            await stub.Score(fraud_pb2.ScoreRequest(transaction=transaction))

    assert refusal.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert word in (refusal.value.details() or "")


async def test_faults_never_touch_health_or_describe(tmp_path: Path) -> None:
    """With every attempt slow and failing, the brain still looks as healthy as it is."""
    faults = {
        "BRAIN_FAULT_LATENCY_RATE": "1",
        "BRAIN_FAULT_LATENCY_S": "2",
        "BRAIN_FAULT_ERROR_RATE": "1",
    }
    with BrainProcess(tmp_path, mongodb_url=NO_MONGODB, environment=faults) as process:
        async with calling(process.port) as stub:
            await stub.Describe(fraud_pb2.DescribeRequest(), timeout=1.0)
            assert await health_of(process.port, SERVICE) == health_pb2.HealthCheckResponse.SERVING

            with pytest.raises(grpc.aio.AioRpcError) as fault:
                await stub.Score(fraud_pb2.ScoreRequest(transaction=a_transaction()), timeout=ANSWER_WITHIN_S)

        assert fault.value.code() == grpc.StatusCode.INTERNAL
        assert process.log().count("faults.on") == 1


async def test_the_deadline_of_a_call_is_its_budget(slow_brain: BrainProcess) -> None:
    """Calls of 700 ms either come with a score or end at the deadline; none takes the second."""
    async with calling(slow_brain.port) as stub:
        calls = [
            stub.Score(fraud_pb2.ScoreRequest(transaction=a_transaction(f"txn_{n}")), timeout=0.7) for n in range(20)
        ]
        answers = await asyncio.gather(*calls, return_exceptions=True)

    codes = {answer.code() for answer in answers if isinstance(answer, grpc.aio.AioRpcError)}
    assert codes == {grpc.StatusCode.DEADLINE_EXCEEDED}
    assert any(isinstance(answer, fraud_pb2.ScoreReply) for answer in answers)


async def test_observe_takes_at_most_500(brain: BrainProcess) -> None:
    """One more is the caller's mistake."""
    async with calling(brain.port) as stub:
        with pytest.raises(grpc.aio.AioRpcError) as refusal:
            await stub.Observe(fraud_pb2.ObserveRequest(transactions=[a_transaction()] * 501))

    assert refusal.value.code() == grpc.StatusCode.INVALID_ARGUMENT


async def test_health_is_served_for_the_server_and_the_service(brain: BrainProcess) -> None:
    """By both names that probes use."""
    assert await health_of(brain.port, "") == health_pb2.HealthCheckResponse.SERVING
    assert await health_of(brain.port, SERVICE) == health_pb2.HealthCheckResponse.SERVING


async def test_reflection_lists_the_service(brain: BrainProcess) -> None:
    """A person with grpcurl needs no proto file."""
    async with grpc.aio.insecure_channel(f"{LOOPBACK}:{brain.port}") as channel:
        make_stub: Any = reflection_pb2_grpc.ServerReflectionStub  # its types know no asyncio
        call = make_stub(channel).ServerReflectionInfo()
        await call.write(reflection_pb2.ServerReflectionRequest(list_services=""))
        answer = await call.read()

    names = {service.name for service in answer.list_services_response.service}
    assert {SERVICE, "grpc.health.v1.Health"} <= names
