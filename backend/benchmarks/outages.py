"""
`sentinel bench outages`: how many verdicts a second there are while the brain or the ledger is away.

In each round Sentinel answers 64 clients with everything there, then with its brain killed and the circuit open, then
with its mongod killed and verdicts in the journal. Afterwards every verdict has to be in the ledger, once.
"""

import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import machine, results
from benchmarks.candidates import Candidate, sentinel
from benchmarks.errors import BenchmarkError
from benchmarks.load import wrk
from benchmarks.load.wrk import Load
from benchmarks.measure import audited, ratios
from benchmarks.progress import Progress
from benchmarks.stats import spread
from local.ports import at
from tests.callers import get

CLIENTS = 64
RESET_S = 3  # instead of 30: how soon the circuit is tried after the brain is back
BACK_WITHIN_S = 60.0
STATES = ("normal", "circuit_open", "ledger_down")


def measure_outages(*, rounds: int, seconds: float, progress: Progress) -> dict[str, Any]:
    """Measure, write results/outages.json, and return what it says. Raises BenchmarkError as `measure` does."""
    about = machine.describe()
    machine.go_first()
    per_s: dict[str, list[float]] = {state: [] for state in STATES}
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        sentinel(Path(folder), {"GATEWAY_CIRCUIT_RESET_S": str(RESET_S)}) as candidate,
    ):
        wrk.send(port=candidate.port, clients=20, seconds=2)  # warms it up
        for turn in range(rounds):
            progress("normal, brain away, ledger away", turn, rounds)
            per_s["normal"].append(_load(candidate, seconds).per_s)
            per_s["circuit_open"].append(_without(candidate, "brain", seconds))
            per_s["ledger_down"].append(_without(candidate, "mongod", seconds))
    found = {
        "rounds": rounds,
        "seconds": seconds,
        "per_s": {state: spread(found).median for state, found in per_s.items()},
        "of_normal": {state: ratios(per_s[state], per_s["normal"]).median for state in STATES[1:]},
    }
    return results.write("outages", about | found)


def _load(candidate: Candidate, seconds: float) -> Load:
    load = wrk.send(port=candidate.port, clients=CLIENTS, seconds=seconds)
    audited(candidate, load)
    return load


def _without(candidate: Candidate, neighbour: str, seconds: float) -> float:
    """Kill this process, return verdicts a second without it, and bring it back."""
    process = candidate.processes[neighbour]
    process.kill()
    early = wrk.send(port=candidate.port, clients=CLIENTS, seconds=1)  # the circuit opens meanwhile
    load = wrk.send(port=candidate.port, clients=CLIENTS, seconds=seconds)
    process.start()
    wait_for_neighbours(candidate)
    for each in (early, load):
        audited(candidate, each)
    return load.per_s


def wait_for_neighbours(candidate: Candidate) -> None:
    """Wait until the gateway says that circuit and ledger are well. Raises BenchmarkError when that takes too long."""
    deadline_s = time.monotonic() + BACK_WITHIN_S
    url = f"http://{at(candidate.port)}/health"
    while time.monotonic() < deadline_s:
        services = get(url).json()["services"]
        if services["brain"]["circuit"] == "closed" and services["ledger"]["status"] == "up":
            return
        time.sleep(0.1)
    raise BenchmarkError(f"a neighbour is back, and the gateway has not noticed in {BACK_WITHIN_S:g} s")
