"""
An open loop: payments come when they come, as from many shops, whether or not the last ones are answered.

A closed loop such as wrk's sends less while the server is slow, and so never sees the queue that a slow moment leaves.
"""

import asyncio
import random
import secrets
import time
from collections.abc import Iterable, Sequence

import uvloop

from benchmarks.errors import BenchmarkError
from benchmarks.load.connection import Connections
from benchmarks.load.requests import make_requests
from benchmarks.load.wrk import Load

UNDER_WAY_MAX = 1_000  # payments; past it the next one waits, and its latency counts from when it was due


def offer(*, port: int, per_s: float, seconds: float) -> Load:
    """
    Post payments at random moments (Poisson), `per_s` a second in the mean. Latencies count from when each was due.

    Raises:
        BenchmarkError: an answer was not a 200.
    """
    return uvloop.run(_offer(port, _moments(per_s, seconds)))


def _moments(per_s: float, seconds: float) -> list[float]:
    """Draw the moments of all payments, in seconds from the start."""
    moments, at_s = [], 0.0
    while (at_s := at_s + random.expovariate(per_s)) < seconds:
        moments.append(at_s)
    return moments


async def _offer(port: int, moments: Sequence[float]) -> Load:
    prefix = f"b{secrets.token_hex(6)}"
    connections, turn = Connections(port), asyncio.Semaphore(UNDER_WAY_MAX)
    latencies_ms, failures = list[float](), list[BenchmarkError]()
    started_s = time.perf_counter()

    async def post(request: bytes, due_s: float) -> None:
        try:
            async with turn:
                await connections.exchange(request)
        except BenchmarkError as error:
            failures.append(error)
        latencies_ms.append((time.perf_counter() - due_s) * 1000)

    async with asyncio.TaskGroup() as tasks:
        for moment, request in zip(moments, make_requests(len(moments), prefix), strict=True):
            due_s = started_s + moment
            await asyncio.sleep(max(0.0, due_s - time.perf_counter()))
            tasks.create_task(post(request, due_s))
    connections.close()
    if failures:
        raise failures[0]
    count, p50_ms, p99_ms = len(latencies_ms), *percentiles(latencies_ms)
    return Load(prefix, 0, count, count, time.perf_counter() - started_s, p50_ms, p99_ms)


def percentiles(latencies_ms: Iterable[float]) -> tuple[float, float]:
    """Return p50 and p99 of one latency or more."""
    ordered = sorted(latencies_ms)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
