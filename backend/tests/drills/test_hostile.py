"""What a client that takes more than its share does to the others: floods of a brain's stream, and of batches."""

import asyncio
import multiprocessing
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import grpc
import pytest

from local.ports import LOOPBACK
from protos import fraud_pb2
from tests.brain_calls import NO_MONGODB, SERVICE, Stream, an_item, calling
from tests.drills.conftest import IS_FULL, full_only
from tests.drills.crowd import Crowd
from tests.processes import BrainProcess, ServiceProcess
from tests.stack import running_stack

Tell = Callable[[str], None]

CROWD_S = 60.0 if IS_FULL else 4.0
BRAIN_BATCH_MAX = "64" if IS_FULL else "1"  # one by one a brain is slow: the short form needs no minute to overload it
SCORED_MIN = 0.99  # of the single transactions
POLITE = 202
BUDGET_MS = 500


@pytest.mark.parametrize(
    "batches", [(8, 100), pytest.param((3, 100), marks=full_only), pytest.param((10, 500), marks=full_only)]
)
def test_hostile_batches(
    batches: tuple[int, int], mongod_url: str, tmp_path: Path, fresh_databases: dict[str, str], tell: Tell
) -> None:
    """However many post batches, single transactions are scored, batches are scored later, and no circuit opens."""
    clients, size = batches
    environment = fresh_databases | {"GATEWAY_LEDGER_BUDGET_MS": "150", "BRAIN_BATCH_MAX": BRAIN_BATCH_MAX}
    with running_stack(tmp_path, mongod_url, environment) as stack:
        with Crowd(stack.gateway.url, batch_clients=clients, batch_size=size) as crowd:
            time.sleep(CROWD_S)
        circuit = stack.get("/circuit/status")
        gateway_mib, brain_mib = _peak_mib(stack.gateway), _peak_mib(stack.brain)

    tell(f"{clients} clients, batches of {size}: singles {dict(crowd.singles)}, p99 {crowd.p99_ms:.0f} ms")
    tell(f"items of batches {dict(crowd.batched)}, {crowd.batched.total() / CROWD_S:.0f}/s")
    tell(f"memory at most {gateway_mib} MiB (gateway), {brain_mib} MiB (brain)")
    assert crowd.singles["scored"] >= SCORED_MIN * crowd.singles.total()
    assert circuit["changes"] == []
    assert crowd.batched.keys() <= {"scored", "OVERLOADED", "SCORER_TIMEOUT"}
    assert crowd.batched["SCORER_TIMEOUT"] <= (1 - SCORED_MIN) * crowd.batched.total()  # where the machine stood still
    assert crowd.batched["scored"] > 0


@full_only
def test_hostile_stream(tmp_path: Path, tell: Tell) -> None:
    """A client that writes to a brain without a pause takes no score from one that asks one by one, 500 ms each."""
    with BrainProcess(tmp_path, mongodb_url=NO_MONGODB) as brain:
        flood = multiprocessing.get_context("spawn").Process(target=pour, args=(brain.port,))
        flood.start()
        try:
            time.sleep(3.0)
            seconds, scored = asyncio.run(ask_politely(brain.port))
        finally:
            flood.kill()
            flood.join()
        brain_mib = _peak_mib(brain)

    tell(f"scored {scored} of {POLITE}, p50 {seconds[POLITE // 2] * 1000:.0f} ms, p99 {seconds[-3] * 1000:.0f} ms")
    tell(f"memory at most {brain_mib} MiB (brain)")
    assert scored == POLITE


def pour(port: int) -> None:
    """Write the same 50,000 items over and over, as fast as the brain reads. A process of its own."""
    messages = [
        fraud_pb2.ScoreStreamRequest(items=[an_item(n, budget_ms=BUDGET_MS) for n in range(start, start + 500)])
        for start in range(0, 50_000, 500)
    ]
    with grpc.insecure_channel(f"{LOOPBACK}:{port}") as channel:
        method: Any = channel.stream_stream(f"/{SERVICE}/ScoreStream")  # no serializer: bytes as they are
        for _ in method(cycle([message.SerializeToString() for message in messages])):
            pass


async def ask_politely(port: int) -> tuple[list[float], int]:
    """How long each of the transactions took, ascending, and how many were scored."""
    seconds: list[float] = []
    async with calling(port) as stub:
        stream = Stream(stub)
        for n in range(1, POLITE + 1):
            began_s = time.monotonic()
            await stream.send([an_item(n, budget_ms=BUDGET_MS)])
            await stream.receive_outcomes(n)
            seconds.append(time.monotonic() - began_s)
    return sorted(seconds), sum(outcomes[0].HasField("score") for outcomes in stream.outcomes.values())


def _peak_mib(process: ServiceProcess) -> int:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024
