"""One switch for many brains: each is asked, each says for itself, and none can hold up the others."""

import math
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest

from gateway.scoring.faults import BrainFaults, FaultControl, FaultsDisabled, FaultSettings, FaultsUnconfirmed
from local.ports import LOOPBACK, pick_free_port
from protos import fraud_pb2, fraud_pb2_grpc
from protos.fraud_pb2_grpc import (
    FraudDetectionServicer,
    FraudDetectionStub,
    add_FraudDetectionServicer_to_server,
)
from tests.brain_calls import NO_MONGODB
from tests.processes import BrainProcess

OFF = FaultSettings(
    latency_rate=0.0, latency_s=2.0, error_rate=0.0, drop_rate=0.0, nan_rate=0.0, wrong_id_rate=0.0, constant_score=None
)
FAILING = replace(OFF, error_rate=1.0, constant_score=0.0)
ALLOWED = {"BRAIN_FAULT_CONTROL": "true"}
UNREAD = ("history",)  # these brains have no MongoDB


class Brains:
    """Ways to brains, as a pool has them."""

    def __init__(self, channels: AsyncExitStack) -> None:
        self._channels = channels
        self.stubs: dict[str, fraud_pb2_grpc.FraudDetectionAsyncStub] = {}

    async def add(self, port: int) -> str:
        """One more, whether or not anybody listens there; its address."""
        address = f"{LOOPBACK}:{port}"
        channel = await self._channels.enter_async_context(grpc.aio.insecure_channel(address))
        self.stubs[address] = FraudDetectionStub(channel)
        return address


@pytest.fixture
async def brains() -> AsyncIterator[Brains]:
    """None yet."""
    async with AsyncExitStack() as channels:
        yield Brains(channels)


@pytest.fixture
def control(brains: Brains) -> FaultControl:
    """A gateway's switch to them, which may be used."""
    return FaultControl(lambda: brains.stubs, is_enabled=True)


@pytest.fixture(scope="module")
def willing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrainProcess]:
    """A brain that takes changes; each test leaves all faults off."""
    with BrainProcess(tmp_path_factory.mktemp("willing"), mongodb_url=NO_MONGODB, environment=ALLOWED) as process:
        yield process


@pytest.fixture(scope="module")
def unwilling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrainProcess]:
    """A brain that takes none."""
    with BrainProcess(tmp_path_factory.mktemp("unwilling"), mongodb_url=NO_MONGODB) as process:
        yield process


async def test_who_takes_a_change_takes_it_whatever_the_others_do(
    brains: Brains, control: FaultControl, willing: BrainProcess, unwilling: BrainProcess, tmp_path: Path
) -> None:
    """Of four brains one refuses, one is frozen, and one is not there: the answer says so of each."""
    with BrainProcess(tmp_path, mongodb_url=NO_MONGODB, environment=ALLOWED) as frozen:
        taking, refusing, silent, absent = [
            await brains.add(port) for port in (willing.port, unwilling.port, frozen.port, pick_free_port())
        ]
        frozen.freeze()
        replaced = await control.replace(FAILING)
        seen = await control.read()
        await control.replace(OFF)

    expected = {
        taking: BrainFaults(taking, is_allowed=True, settings=FAILING, degraded=UNREAD),
        refusing: BrainFaults(refusing, is_allowed=False, settings=OFF, degraded=UNREAD),
        silent: BrainFaults(silent, is_allowed=False, settings=None),
        absent: BrainFaults(absent, is_allowed=False, settings=None),
    }
    assert replaced == [expected[address] for address in sorted(expected)]
    assert seen == replaced


async def test_when_every_brain_refuses_to_ask_again_is_no_help(
    brains: Brains, control: FaultControl, unwilling: BrainProcess
) -> None:
    """Said as a refusal, with the name of the setting that would allow it."""
    await brains.add(unwilling.port)

    with pytest.raises(FaultsDisabled, match="BRAIN_FAULT_CONTROL"):
        await control.replace(FAILING)


async def test_when_none_confirms_and_one_may_have_taken_it_that_is_no_refusal(
    brains: Brains, control: FaultControl, unwilling: BrainProcess
) -> None:
    """One refuses, one cannot be reached: it may be there the next time."""
    await brains.add(unwilling.port)
    await brains.add(pick_free_port())

    with pytest.raises(FaultsUnconfirmed, match="None of 2 brains"):
        await control.replace(FAILING)


async def test_without_any_brain_there_is_nothing_to_see_and_nothing_confirmed(control: FaultControl) -> None:
    """The name resolves to nobody: reading is no error, switching is."""
    assert await control.read() == []
    with pytest.raises(FaultsUnconfirmed, match="No brain is known"):
        await control.replace(OFF)


async def test_a_disabled_switch_asks_nobody(brains: Brains, willing: BrainProcess) -> None:
    """The brain would take it."""
    address = await brains.add(willing.port)
    disabled = FaultControl(lambda: brains.stubs, is_enabled=False)

    with pytest.raises(FaultsDisabled, match="GATEWAY_FAULT_CONTROL"):
        await disabled.replace(FAILING)

    assert await disabled.read() == [BrainFaults(address, is_allowed=True, settings=OFF, degraded=UNREAD)]


class OldBrain(FraudDetectionServicer):
    """Has never heard of faults."""


class BrokenBrain(FraudDetectionServicer):
    """Says what cannot be."""

    async def Faults(  # noqa: N802
        self, request: fraud_pb2.FaultsRequest, context: Any
    ) -> fraud_pb2.FaultsReply:
        """A share that is no number."""
        return fraud_pb2.FaultsReply(settings=fraud_pb2.FaultSettings(error_rate=math.nan), is_allowed=True)


@pytest.mark.parametrize("kind", [OldBrain, BrokenBrain])
async def test_a_brain_that_says_nothing_of_use_counts_as_silent(
    brains: Brains, control: FaultControl, kind: type[FraudDetectionServicer]
) -> None:
    """One of an older version, or one that is broken: null, and never an error of the gateway."""
    server = grpc.aio.server()
    add_FraudDetectionServicer_to_server(kind(), server)
    address = await brains.add(server.add_insecure_port(f"{LOOPBACK}:0"))
    await server.start()
    try:
        (seen,) = await control.read()
    finally:
        await server.stop(None)

    assert (seen.address, seen.settings) == (address, None)
