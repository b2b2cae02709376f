"""
`sentinel bench polling`: what ten open dashboards take from the verdicts, and what one polled answer costs.

Rounds with ten pollers take turns with rounds without, at 64 clients. Each polls as the overview page does, the dearest
one: see PACE_MS in frontend/dashboard/src/lib/pace.ts.
"""

import asyncio
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import machine, results
from benchmarks.candidates import Candidate, sentinel
from benchmarks.load.connection import Connections
from benchmarks.load.requests import get_request
from benchmarks.measure import Figures, idle_cpu, measure, ratios
from benchmarks.proc import cpu_s
from benchmarks.progress import Progress
from benchmarks.stats import spread
from local.ports import at
from tests.callers import caller

DASHBOARDS = 10
SHARED_UNTIL_S = 5.0  # after the last payment: a busy gateway shares answers, and would be priced for none
SPREAD_S = 2.0  # within which they were opened
EVERY_S = {
    "/circuit/status": 1.0,
    "/ledger/status": 1.4,
    "/transactions?limit=20": 1.75,
    "/stats": 3.0,
    "/alerts?fold=true&limit=6": 10.0,
    "/health": 10.0,
    "/faults": 15.0,
}
PRICED = ("/transactions?limit=50", "/stats", "/circuit/status")
ASKED = 300


def measure_polling(*, rounds: int, seconds: float, progress: Progress) -> dict[str, Any]:
    """Measure, write results/polling.json, and return what it says. Raises BenchmarkError as `measure` does."""
    about = machine.describe()
    machine.go_first()
    alone, watched = list[Figures](), list[Figures]()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, sentinel(Path(folder)) as candidate:
        idle = idle_cpu(candidate, seconds=3)["gateway"]
        measure(candidate, clients=20, seconds=2)  # warms it up
        for turn in range(rounds):
            progress("with and without dashboards", turn, rounds)
            alone.append(measure(candidate, clients=64, seconds=seconds))
            with _dashboards(candidate.port):
                watched.append(measure(candidate, clients=64, seconds=seconds))
        time.sleep(SHARED_UNTIL_S)
        answers_ms = {path: _cost_ms(candidate, path, idle) for path in PRICED}
    left = ratios([turn.per_s for turn in watched], [turn.per_s for turn in alone])
    found = {
        "rounds": rounds,
        "seconds": seconds,
        "per_s": {"alone": spread([turn.per_s for turn in alone]).median},
        "per_s_left": left.median,
        "spread": [left.low, left.high],
        "answer_cpu_ms": answers_ms,
    }
    return results.write("polling", about | found)


@contextmanager
def _dashboards(port: int) -> Iterator[None]:
    """Keep DASHBOARDS open while it lasts. Raises BenchmarkError where one got no answer."""
    over = threading.Event()
    with ThreadPoolExecutor(1) as thread:
        polling = thread.submit(lambda: asyncio.run(_poll_all(port, over)))
        try:
            yield
        finally:
            over.set()
        polling.result()


async def _poll_all(port: int, over: threading.Event) -> None:
    connections = Connections(port)

    async def poll(path: str, every_s: float, late_s: float) -> None:
        await asyncio.sleep(late_s)
        while not over.is_set():
            await connections.exchange(get_request(path))
            await asyncio.sleep(every_s)

    polls = [
        asyncio.create_task(poll(path, every_s, min(every_s, SPREAD_S) * number / DASHBOARDS))
        for number in range(DASHBOARDS)
        for path, every_s in EVERY_S.items()
    ]
    await asyncio.to_thread(over.wait)
    for each in polls:
        each.cancel()
    for ended in await asyncio.gather(*polls, return_exceptions=True):
        if isinstance(ended, Exception):  # a cancelled poll is none
            raise ended
    connections.close()


def _cost_ms(candidate: Candidate, path: str, idle: float) -> float:
    """CPU milliseconds of the gateway for one answer, without what it does in any case."""
    pid = candidate.processes["gateway"].pid
    with caller(f"http://{at(candidate.port)}") as client:
        client.get(path).raise_for_status()
        before_s, started_s = cpu_s(pid), time.perf_counter()
        for _ in range(ASKED):
            client.get(path)
        used_s = cpu_s(pid) - before_s - idle * (time.perf_counter() - started_s)
    return used_s / ASKED * 1000
