"""Measures a brain as a process: how long it takes to start, and its memory after work."""

import asyncio
import random
import statistics
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import grpc

from benchmarks.proc import cpu_s, resident_mib
from benchmarks.town import Town
from benchmarks.town_ledger import fill
from brain.domain import Query
from gateway.scoring.connection import open_channel
from local import mongod
from local.ports import LOOPBACK
from protos import fraud_pb2
from protos.fraud_pb2_grpc import FraudDetectionStub
from tests.processes import BrainProcess, MongodProcess

IN_FLIGHT = 64  # as many as a gateway with 64 clients
BUDGET_MS = 5000  # so that nothing expires: memory is measured, not latency


@dataclass(frozen=True, slots=True)
class Life:
    """
    Measurements of a brain.

    Attributes:
        start_s: Median time from launch until the health service says SERVING; seen in steps of 50 ms.
        filled_s: Time from launch until every payment of the ledger is in the memory.
        payments: How many those are.
        started_mib: Resident memory then.
        worked_mib: Resident memory after so many scores.
        scored: How many.
        with_history: Share of them whose history could be read in time.
        brain_us, mongod_us: CPU time of each for one score.
    """

    start_s: float
    filled_s: float
    payments: int
    started_mib: float
    worked_mib: float
    scored: int
    with_history: float
    brain_us: float
    mongod_us: float


def live(directory: Path, town: Town, *, starts: int, scores: int) -> Life:
    """
    Start a brain several times, beside a real mongod, and let the last one score.

    Args:
        directory: Existing, for data and logs.
        town: Whose history the mongod holds.
        starts: Odd, so that the median is one of them.
        scores: Payments of the town's last week, drawn at random.
    """
    with MongodProcess(mongod.ensure(), directory) as store:
        payments = fill(store.url, town)
        brain = BrainProcess(directory, mongodb_url=store.url, environment={"BRAIN_HISTORY_MIB": "256"})
        times_s = []
        for number in range(starts):
            if number:
                brain.stop()
            started_s = time.perf_counter()
            brain.start()
            times_s.append(time.perf_counter() - started_s)
        try:
            filled_s = _until_filled(brain.port) + times_s[-1]
            started_mib = resident_mib(brain.pid)
            rows = random.Random(1).choices(town.last_week.tolist(), k=scores)  # noqa: S311
            before_s = cpu_s(brain.pid), cpu_s(store.pid)
            with_history = asyncio.run(_score_all(brain.port, [town.query(row) for row in rows]))
            return Life(
                start_s=statistics.median(times_s),
                filled_s=filled_s,
                payments=payments,
                started_mib=started_mib,
                worked_mib=resident_mib(brain.pid),
                scored=scores,
                with_history=with_history / scores,
                brain_us=(cpu_s(brain.pid) - before_s[0]) / scores * 1e6,
                mongod_us=(cpu_s(store.pid) - before_s[1]) / scores * 1e6,
            )
        finally:
            brain.kill()


def _until_filled(port: int) -> float:
    """Wait until the brain has read its history. Returns how long that took."""
    started_s = time.perf_counter()
    with grpc.insecure_channel(f"{LOOPBACK}:{port}") as channel:
        stub = FraudDetectionStub(channel)
        while not stub.FindPayments(fraud_pb2.FindPaymentsRequest()).memory.is_complete:
            time.sleep(0.02)
    return time.perf_counter() - started_s


async def _score_all(port: int, queries: Sequence[Query]) -> int:
    """Send all over one stream, IN_FLIGHT at a time. Returns how many were scored with history."""
    waiting = iter(enumerate(queries))
    sent = asyncio.Queue[list[fraud_pb2.ScoreItem]]()
    sent.put_nowait(_items(islice(waiting, IN_FLIGHT)))

    async def requests() -> AsyncIterator[fraud_pb2.ScoreStreamRequest]:
        while items := await sent.get():
            yield fraud_pb2.ScoreStreamRequest(items=items)

    answered = with_history = 0
    async with open_channel(f"{LOOPBACK}:{port}") as channel:
        async for reply in FraudDetectionStub(channel).ScoreStream(requests()):
            for outcome in reply.outcomes:
                if not outcome.HasField("score"):
                    raise RuntimeError(f"no score: {outcome.failure}")
                with_history += not outcome.score.degraded
            answered += len(reply.outcomes)
            sent.put_nowait(_items(islice(waiting, len(reply.outcomes))))  # none in the end: the stream closes
    if answered != len(queries):
        raise RuntimeError(f"{answered} answers to {len(queries)} questions")
    return with_history


def _items(numbered: Iterator[tuple[int, Query]]) -> list[fraud_pb2.ScoreItem]:
    return [
        fraud_pb2.ScoreItem(
            attempt_id=number,
            budget_ms=BUDGET_MS,
            transaction=fraud_pb2.Transaction(
                transaction_id=query.transaction_id,
                amount=fraud_pb2.Money(minor_units=query.amount_minor or 0, currency="USD"),
                user_id=query.user_id,
                merchant_id=query.merchant_id,
                event_time_ms=query.time_ms,
            ),
        )
        for number, query in numbered
    ]
