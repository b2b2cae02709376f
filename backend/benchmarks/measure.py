"""Measures one candidate for some seconds: its rate, latencies, and the CPU time that each process spent."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from benchmarks.candidates import Candidate
from benchmarks.errors import BenchmarkError
from benchmarks.load import wrk
from benchmarks.proc import cpu_s
from benchmarks.stats import Spread, spread

# What is done after the answers is a cost of theirs: histories, the audit chain. Of 1,250 us of CPU time that a verdict
# of the first build took 125 came in the second after a load.
SETTLES_S = 1.0


@dataclass(frozen=True, slots=True)
class Figures:
    """
    What one candidate did in one turn.

    Attributes:
        per_s: Answers a second.
        cpu_us: CPU time of each process for one answer.
        scored: Share of the verdicts that were scored; None: it keeps none.
    """

    per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: dict[str, float]
    scored: float | None

    @property
    def cpu_path_us(self) -> float:
        """CPU time of what an answer waits for: without the worker, which catches up afterwards."""
        return sum(us for name, us in self.cpu_us.items() if name != "worker")


def measure(
    candidate: Candidate,
    *,
    clients: int,
    seconds: float,
    body: str = "basic",
    order: str = "ordered",
    idle: Mapping[str, float] = MappingProxyType({}),
) -> Figures:
    """
    Post payments for so long, then audit them.

    Args:
        body, order: As for `wrk.send`.
        idle: CPU seconds a second that each process takes in any case, by `idle_cpu`: they are taken off.

    Raises:
        BenchmarkError: a payment got no verdict, or a verdict is not in the ledger.
    """
    started_s, before = time.perf_counter(), _cpu_s(candidate)
    try:
        load = wrk.send(port=candidate.port, clients=clients, seconds=seconds, body=body, order=order)
    except BenchmarkError as error:
        raise BenchmarkError(f"{candidate.name}, {clients} clients: {error}") from error
    if candidate.ledger is not None:
        time.sleep(SETTLES_S)
    took_s = time.perf_counter() - started_s
    cpu_us = {
        name: (used_s - before[name] - idle.get(name, 0.0) * took_s) / load.ok * 1e6
        for name, used_s in _cpu_s(candidate).items()
    }
    return Figures(load.per_s, load.p50_ms, load.p99_ms, cpu_us, audited(candidate, load))


def audited(candidate: Candidate, load: wrk.Load) -> float | None:
    """Return the share of scored verdicts; None of a candidate that keeps none. Raises BenchmarkError."""
    return None if candidate.ledger is None else candidate.ledger.audit(load)


def idle_cpu(candidate: Candidate, *, seconds: float) -> dict[str, float]:
    """Return the CPU seconds a second that each process takes without any payment. Ask before the first one."""
    before = _cpu_s(candidate)
    time.sleep(seconds)
    return {name: (used_s - before[name]) / seconds for name, used_s in _cpu_s(candidate).items()}


def _cpu_s(candidate: Candidate) -> dict[str, float]:
    return {name: cpu_s(process.pid) for name, process in candidate.processes.items()}


def medians(turns: Sequence[Figures]) -> Figures:
    """Return the median of each figure over all turns."""

    def middle(values: Sequence[float]) -> float:
        return spread(values).median

    return Figures(
        middle([turn.per_s for turn in turns]),
        middle([turn.p50_ms for turn in turns]),
        middle([turn.p99_ms for turn in turns]),
        {name: middle([turn.cpu_us[name] for turn in turns]) for name in turns[0].cpu_us},
        None if turns[0].scored is None else middle([turn.scored or 0.0 for turn in turns]),
    )


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Divide turn by turn, so that a noisy moment affects both sides."""
    return spread([one / other for one, other in zip(ours, theirs, strict=True)])
