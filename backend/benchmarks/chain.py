"""
`sentinel bench chain`: measures what one transaction costs each process of the whole chain.

Starts a mongod, a brain and a gateway of its own (faults off), and prints for 1, 20 and 64 clients the rate, the
latency, and the CPU time that each process spent on a transaction. Rates depend on other load of the machine; CPU
time a transaction does so much less, and sizes are derived from it.
"""

import asyncio
import json
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.client import make_requests, send_all
from benchmarks.proc import cpu_s
from benchmarks.progress import Progress
from local import mongod
from tests.processes import BrainProcess, GatewayProcess, MongodProcess, ServiceProcess

CLIENTS = (1, 20, 64)


def measure_chain(*, seconds: float, as_json: bool, progress: Progress) -> None:
    """
    Measure once and print.

    Args:
        seconds: About how long each number of clients takes.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        directory = Path(folder)
        with (
            MongodProcess(mongod.ensure(), directory) as ledger,
            BrainProcess(directory, mongodb_url=ledger.url) as brain,
            GatewayProcess(directory, mongodb_url=ledger.url, brain_port=brain.port) as gateway,
        ):
            processes = {"gateway": gateway, "brain": brain, "mongod": ledger}
            # these requests warm everything up, and say how many are sent for each row
            latencies_ms, _ = asyncio.run(send_all(make_requests(500), port=gateway.port, clients=20))
            rows: list[Row] = []
            for clients in CLIENTS:
                progress(f"{clients} clients", len(rows), len(CLIENTS))
                guess = clients * 1000 / statistics.median(latencies_ms) * seconds / (20 if clients == 1 else 1)
                requests = make_requests(max(300, min(30_000, round(guess))))
                row, latencies_ms = measure(processes, requests, clients=clients)
                rows.append(row)
                if not as_json:
                    _print_row(row, is_first=len(rows) == 1)
    load = os.getloadavg()[0]
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if as_json:
        print(json.dumps({"rows": [asdict(row) for row in rows], "load_average": load, "load_peak_mib": peak_mib}))
    else:
        print(f"load average {load:.1f} on {os.cpu_count()} cores; peak of the load generator {peak_mib} MiB")


@dataclass(frozen=True, slots=True)
class Row:
    """
    What was measured with so many clients.

    Attributes:
        scored: Share of the answers that were scored.
        cpu_us: CPU time of each process, and of the load generator, for one transaction.
    """

    clients: int
    per_s: float
    p50_ms: float
    p99_ms: float
    scored: float
    cpu_us: dict[str, float]


def measure(processes: Mapping[str, ServiceProcess], requests: list[bytes], *, clients: int) -> tuple[Row, list[float]]:
    """Send all. Returns the row, and the latencies in milliseconds."""
    before = {name: cpu_s(process.pid) for name, process in processes.items()}
    own_s, started_s = time.process_time(), time.perf_counter()
    latencies_ms, scored = asyncio.run(send_all(requests, port=processes["gateway"].port, clients=clients))
    took_s, count = time.perf_counter() - started_s, len(requests)
    cpu_us = {name: (cpu_s(process.pid) - before[name]) / count * 1e6 for name, process in processes.items()}
    cpu_us["load"] = (time.process_time() - own_s) / count * 1e6
    ordered = sorted(latencies_ms)
    p99_ms = ordered[int(count * 0.99)]
    row = Row(clients, count / took_s, statistics.median(ordered), p99_ms, scored / count, cpu_us)
    return row, latencies_ms


def _print_row(row: Row, *, is_first: bool) -> None:
    if is_first:
        print(f"{'clients':>7} {'per s':>7} {'p50 ms':>7} {'p99 ms':>7} {'scored':>7}  CPU us a transaction")
    costs = " ".join(f"{name} {cost:.0f}" for name, cost in row.cpu_us.items())
    print(
        f"{row.clients:>7} {row.per_s:>7.0f} {row.p50_ms:>7.1f} {row.p99_ms:>7.1f} {row.scored:>7.1%}  {costs}",
        flush=True,
    )
