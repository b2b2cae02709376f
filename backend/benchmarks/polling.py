"""
`sentinel bench polling`: measures what polls cost, and what a verdict pays for being counted.

Starts a mongod, a brain and a gateway of its own, and prints the CPU time of the gateway for one polled answer.
Then, in this process, what it takes to note one answer.
"""

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx
from starlette.types import Message, Scope

from benchmarks.client import make_requests, send_all
from benchmarks.proc import cpu_s
from benchmarks.progress import Progress
from benchmarks.timing import medians_us
from gateway.api.metrics import Families, RequestCounter
from gateway.domain import Decision, DecisionSource, RecordedVerdict, RiskLevel, Ruling, Score, Verdict
from gateway.features.traffic.bucket import Outcome
from gateway.features.traffic.recorder import Answers
from gateway.features.traffic.service import Traffic
from local import mongod
from tests.processes import BrainProcess, GatewayProcess, MongodProcess

POLLS = ("/transactions?limit=50", "/stats", "/circuit/status")
IDLE_S = 5.0
ASKED = 500  # a process's CPU time has steps of 10 ms
ROUNDS = 20_000  # of what is noted


def measure_polls(*, as_json: bool, progress: Progress) -> None:
    """Measure once and print."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        directory = Path(folder)
        with (
            MongodProcess(mongod.ensure(), directory) as ledger,
            BrainProcess(directory, mongodb_url=ledger.url) as brain,
            GatewayProcess(directory, mongodb_url=ledger.url, brain_port=brain.port) as gateway,
        ):
            asyncio.run(send_all(make_requests(500), port=gateway.port, clients=20))
            polled_ms = poll(gateway, progress)
    noted_us = note()
    if as_json:
        print(json.dumps({"polled_ms": polled_ms, "noted_us": noted_us, "load_average": os.getloadavg()[0]}))
        return
    print(f"{'polled':<24} {'ms':>9}")
    for path, cost_ms in polled_ms.items():
        print(f"{path:<24} {cost_ms:>9.2f}")
    for name, cost_us in noted_us.items():
        print(f"{name:<24} {cost_us:>6.2f} us")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def poll(gateway: GatewayProcess, progress: Progress) -> dict[str, float]:
    """CPU milliseconds of each answer by path, without what the gateway does in any case."""
    before_s = cpu_s(gateway.pid)
    time.sleep(IDLE_S)
    idle = (cpu_s(gateway.pid) - before_s) / IDLE_S
    costs_ms: dict[str, float] = {}
    with httpx.Client(base_url=gateway.url, trust_env=False, timeout=10) as client:
        for path in POLLS:
            progress(f"polls of {path}", len(costs_ms), len(POLLS))
            costs_ms[path] = _cost_ms(gateway, partial(client.get, path), idle)
    return costs_ms


def _cost_ms(gateway: GatewayProcess, ask: Callable[[], httpx.Response], idle: float) -> float:
    ask().raise_for_status()
    before_s, started_s = cpu_s(gateway.pid), time.perf_counter()
    for _ in range(ASKED):
        ask()
    used_s = cpu_s(gateway.pid) - before_s - idle * (time.perf_counter() - started_s)
    return used_s / ASKED * 1000


def note() -> dict[str, float]:
    """CPU microseconds that it costs to note one request, by what is noted."""
    families, traffic = Families(), Traffic(time.time, time.monotonic)
    answers, counter = Answers(traffic.note, families), RequestCounter(_answer, lambda _: families.request)
    score = Score(0.31, RiskLevel.MEDIUM, (), "model", "1", ())
    ruling = Ruling(Decision.APPROVE, DecisionSource.MODEL, score=score)
    verdict = Verdict("t", ruling, "closed", 1.0, datetime.now(UTC), "0" * 32)
    recorded = RecordedVerdict(verdict, b"", replayed=False)
    scope: Scope = {"type": "http", "method": "POST", "app": None}
    return medians_us(
        {
            "a bucket": lambda n: traffic.note(Outcome.APPROVE, n / ROUNDS, n / ROUNDS),
            "buckets and counters": lambda _: answers.given(recorded, since_s=time.perf_counter()),
            "a request, bare": lambda _: _run(_answer(scope, _receive, _send)),
            "a request, counted": lambda _: _run(counter(scope, _receive, _send)),
        },
        ROUNDS,
    )


def _run(answering: Awaitable[None]) -> None:
    """What waits for nothing runs without a loop."""
    for _ in answering.__await__():
        raise RuntimeError("it waited")


async def _answer(_scope: Scope, _receive: object, send: Callable[[Message], Awaitable[None]]) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def _send(_message: Message) -> None: ...


async def _receive() -> Message:
    return {"type": "http.disconnect"}
