"""An unhealthy brain is not asked; without a healthy one the circuit opens before a customer finds out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import grpc
import pytest

from gateway.kit.circuit import Circuit, CircuitState
from gateway.scoring.errors import SCORER_ERRORS, ScorerInvalidResponse
from gateway.scoring.pool import BrainPool
from gateway.scoring.scorer import Scorer
from gateway.scoring.stream import Reach
from gateway.settings import Settings
from protos.fraud_pb2_grpc import FraudDetectionServicer, add_FraudDetectionServicer_to_server


class OpenBrain(FraudDetectionServicer):
    """Accepts streams, and says nothing."""

    async def ScoreStream(self, request_iterator: Any, context: Any) -> None:  # type: ignore[override]  # noqa: N802
        """Until the gateway hangs up."""
        await context.send_initial_metadata(())
        async for _ in request_iterator:
            pass


@pytest.fixture
async def addresses() -> AsyncIterator[list[str]]:
    """Of two brains."""
    async with AsyncExitStack() as running:
        found = []
        for _ in range(2):
            server = grpc.aio.server()
            add_FraudDetectionServicer_to_server(OpenBrain(), server)  # type: ignore[abstract]  # only streams are asked for
            found.append(f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}")
            await server.start()
            running.push_async_callback(server.stop, None)
        yield sorted(found)


async def until_live(brains: BrainPool | Scorer) -> None:
    """Both have accepted a stream."""
    async with asyncio.timeout(10):
        while not all(brain.reach is Reach.LIVE for brain in brains.brains()):
            await asyncio.sleep(0.01)


async def test_the_pool_passes_over_who_is_distrusted(addresses: list[str]) -> None:
    """Until it is healthy again; with nobody left, that is said, and not that nobody is there."""

    async def resolve() -> list[str]:
        return addresses

    pool = BrainPool(resolve, waiting_max=10, connect_s=5)
    await pool.start()
    try:
        await until_live(pool)
        pool.distrust(addresses[0], True)
        with_one = {pool.pick(()).address for _ in range(10)}, pool.is_reachable, pool.has_only_unhealthy
        pool.distrust(addresses[1], True)
        with_none = pool.is_reachable, pool.has_only_unhealthy
        with pytest.raises(ScorerInvalidResponse):
            pool.pick(())
        pool.distrust(addresses[0], False)
        afterwards = {pool.pick(()).address for _ in range(10)}
        shown = [brain.is_distrusted for brain in pool.brains()]
    finally:
        await pool.close()

    assert with_one == ({addresses[1]}, True, False)
    assert with_none == (False, True)
    assert afterwards == {addresses[0]}
    assert shown == [False, True]


async def test_the_last_distrust_opens_the_circuit(addresses: list[str]) -> None:
    """Nobody is approved by an unhealthy brain while three customers find out."""

    async def resolve() -> list[str]:
        return addresses

    scorer = Scorer(Settings(), Circuit(SCORER_ERRORS, fail_max=3, reset_s=30), resolve=resolve)
    await scorer.start()
    try:
        await until_live(scorer)
        scorer.distrust(addresses[0], True)
        after_one = scorer.circuit.state
        scorer.distrust(addresses[1], True)
    finally:
        await scorer.close()

    assert after_one is CircuitState.CLOSED
    assert scorer.circuit.state is CircuitState.OPEN
    assert scorer.circuit.last_failure is not None
    assert scorer.circuit.last_failure.reason == "SCORER_INVALID_RESPONSE"
