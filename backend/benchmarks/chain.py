"""
Measures what one transaction costs each process of the chain: `PYTHONPATH=backend python -m benchmarks.chain`.

Starts a mongod, a brain and a gateway of its own (faults off), and prints for 1, 20 and 64 clients the rate, the
latency, and the CPU time that each process spent on a transaction. Rates depend on other load of the machine; CPU
time a transaction does so much less, and sizes are derived from it.
"""

import argparse
import asyncio
import os
import resource
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.client import make_requests, send_all
from benchmarks.proc import cpu_s
from local import mongod
from tests.processes import BrainProcess, GatewayProcess, MongodProcess, ServiceProcess


def main() -> None:
    """Run the table once."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8.0, help="about how long each row takes")
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        directory = Path(folder)
        with (
            MongodProcess(mongod.ensure(), directory) as ledger,
            BrainProcess(directory, mongodb_url=ledger.url) as brain,
            GatewayProcess(directory, mongodb_url=ledger.url, brain_port=brain.port) as gateway,
        ):
            asyncio.run(measure({"gateway": gateway, "brain": brain, "mongod": ledger}, seconds))


async def measure(processes: dict[str, ServiceProcess], seconds: float) -> None:
    """Print a row for each number of clients. The first row's requests also warm everything up."""
    port = processes["gateway"].port
    latencies_ms, _ = await send_all(make_requests(500), port=port, clients=20)
    print(f"{'clients':>7} {'per s':>7} {'p50 ms':>7} {'p99 ms':>7} {'scored':>7}  CPU us a transaction")
    for clients in (1, 20, 64):
        guess = clients * 1000 / statistics.median(latencies_ms) * seconds / (20 if clients == 1 else 1)
        requests = make_requests(max(300, min(30_000, round(guess))))
        before = {name: cpu_s(process.pid) for name, process in processes.items()}
        own_s = time.process_time()
        started_s = time.perf_counter()
        latencies_ms, scored = await send_all(requests, port=port, clients=clients)
        took_s = time.perf_counter() - started_s
        costs = {name: (cpu_s(process.pid) - before[name]) / len(requests) * 1e6 for name, process in processes.items()}
        costs["load"] = (time.process_time() - own_s) / len(requests) * 1e6
        ordered = sorted(latencies_ms)
        print(
            f"{clients:>7} {len(requests) / took_s:>7.0f} {statistics.median(ordered):>7.1f} "
            f"{ordered[int(len(ordered) * 0.99)]:>7.1f} {scored / len(requests):>7.1%}  "
            + " ".join(f"{name} {cost:.0f}" for name, cost in costs.items())
        )
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; peak of the load generator "
          f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")  # fmt: skip


if __name__ == "__main__":
    main()
