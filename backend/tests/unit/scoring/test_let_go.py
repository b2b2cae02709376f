"""A brain that is replaced while it takes note fails the call, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest

from gateway.kit.circuit import Circuit
from gateway.scoring import pool
from gateway.scoring.errors import SCORER_ERRORS, ScorerUnavailable
from gateway.scoring.scorer import Scorer
from gateway.settings import Settings
from protos.fraud_pb2_grpc import FraudDetectionServicer, add_FraudDetectionServicer_to_server


class SlowBrain(FraudDetectionServicer):
    """Accepts streams; takes note of nothing in time."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.is_told = asyncio.Event()

    async def ScoreStream(self, request_iterator: Any, context: Any) -> None:  # type: ignore[override]  # noqa: N802
        """Until the gateway hangs up."""
        await context.send_initial_metadata(())
        async for _ in request_iterator:
            pass

    async def Observe(self, _request: Any, _context: Any) -> None:  # type: ignore[override]  # noqa: N802
        """For ever."""
        self.is_told.set()
        await asyncio.Event().wait()


@pytest.fixture
async def brain(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SlowBrain]:
    """It serves."""
    monkeypatch.setattr(pool, "_RESOLVE_S", 0.01)
    brain, server = SlowBrain(), grpc.aio.server()  # type: ignore[abstract]  # it is asked for two things
    add_FraudDetectionServicer_to_server(brain, server)
    brain.addresses.append(f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}")
    await server.start()
    yield brain
    await server.stop(None)


@pytest.fixture
async def telling(brain: SlowBrain) -> AsyncIterator["asyncio.Task[None]"]:
    """An Observe that the brain has, and has not answered."""

    async def resolve() -> list[str]:
        return list(brain.addresses)

    scorer = Scorer(Settings(), Circuit(SCORER_ERRORS, fail_max=3, reset_s=30), resolve=resolve)
    await scorer.start()
    task = asyncio.create_task(scorer.observe([]))
    await brain.is_told.wait()
    yield task
    await scorer.close()


async def test_a_brain_that_is_let_go_is_a_failure_and_no_cancellation(
    brain: SlowBrain, telling: "asyncio.Task[None]"
) -> None:
    """Its channel closes under the call: whoever told it tells another brain."""
    brain.addresses.clear()

    with pytest.raises(ScorerUnavailable):
        await telling


async def test_whoever_is_cancelled_while_it_tells_is_cancelled(telling: "asyncio.Task[None]") -> None:
    """A gateway that stops waits for no brain."""
    telling.cancel()

    with pytest.raises(asyncio.CancelledError):
        await telling
