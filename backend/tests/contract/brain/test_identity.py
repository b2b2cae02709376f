"""Only gateways may call a brain that asks for its token."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2_grpc
from pydantic import SecretStr

from gateway.scoring.connection import with_token
from gateway.scoring.pool import BrainPool
from gateway.scoring.stream import Reach
from local.ports import LOOPBACK
from protos import fraud_pb2
from tests.brain_calls import ANSWER_WITHIN_S, NO_MONGODB, SERVICE, a_transaction, calling, health_of
from tests.processes import BrainProcess

TOKEN = SecretStr("a-token-of-the-gateways-of-this-test")
WRONG = (None, SecretStr("another-token-of-the-same-length-xx"), SecretStr(""))


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrainProcess]:
    """A brain as production runs it."""
    environment = {"BRAIN_AUTH": "required", "BRAIN_TOKEN": TOKEN.get_secret_value()}
    with BrainProcess(tmp_path_factory.mktemp("guarded"), mongodb_url=NO_MONGODB, environment=environment) as process:
        yield process


@pytest.mark.parametrize("token", WRONG)
async def test_no_rpc_answers_without_the_token(guarded: BrainProcess, token: SecretStr | None) -> None:
    """Each RPC of the service is refused, a stream before its first message; probes need no token."""
    codes = {}
    async with calling(guarded.port) as plain:
        stub: Any = with_token(plain, token)
        methods = {method.name: method for method in fraud_pb2.DESCRIPTOR.services_by_name["FraudDetection"].methods}
        for name in methods.keys() - {"ScoreStream"}:
            request: Any = getattr(fraud_pb2, methods[name].input_type.name)()
            codes[name] = await getattr(stub, name)(request, timeout=ANSWER_WITHIN_S).code()
        stream = stub.ScoreStream(timeout=ANSWER_WITHIN_S)
        codes["ScoreStream"] = await stream.code()

    assert codes.keys() == methods.keys()
    assert set(codes.values()) == {grpc.StatusCode.UNAUTHENTICATED}
    assert "GATEWAY_BRAIN_TOKEN" in await stream.details()
    assert await health_of(guarded.port, SERVICE) == health_pb2.HealthCheckResponse.SERVING


async def test_a_gateway_with_the_token_is_served(guarded: BrainProcess) -> None:
    """Its stream stands and its calls are answered."""

    async def here() -> list[str]:
        return [f"{LOOPBACK}:{guarded.port}"]

    pool = BrainPool(here, waiting_max=4, connect_s=ANSWER_WITHIN_S, token=TOKEN)
    await pool.start()
    reached = [brain.reach for brain in pool.brains()]
    (stub,) = pool.stubs().values()
    reply = await stub.Score(fraud_pb2.ScoreRequest(transaction=a_transaction("known")), timeout=ANSWER_WITHIN_S)
    await pool.close()

    assert reached == [Reach.LIVE]
    assert reply.transaction_id == "known"


async def test_reflection_is_off_where_the_token_is_asked_for(guarded: BrainProcess) -> None:
    """Nobody is told which RPCs there are, unless BRAIN_REFLECTION says so."""
    async with grpc.aio.insecure_channel(f"{LOOPBACK}:{guarded.port}") as channel:
        make_stub: Any = reflection_pb2_grpc.ServerReflectionStub  # its types know no asyncio
        call = with_token(make_stub(channel), TOKEN).ServerReflectionInfo()

        assert await call.code() is grpc.StatusCode.UNIMPLEMENTED


def test_required_without_a_token_does_not_start(tmp_path: Path) -> None:
    """It says in one line which variable is missing."""
    process = BrainProcess(tmp_path, mongodb_url=NO_MONGODB, environment={"BRAIN_AUTH": "required"})
    process.launch()
    while process.is_running:
        time.sleep(0.02)

    assert process.returncode == 2
    assert "BRAIN_TOKEN" in process.log()
    assert process.log().count("\n") == 1
