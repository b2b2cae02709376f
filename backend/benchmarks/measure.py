"""Measures one candidate for some seconds: its rate, latencies, and the CPU time that each process spent."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.candidates import Candidate
from benchmarks.errors import BenchmarkError
from benchmarks.load import wrk
from benchmarks.proc import cpu_s
from benchmarks.stats import Spread, spread


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


def measure(candidate: Candidate, *, clients: int, seconds: float, body: str = "basic") -> Figures:
    """Post payments for so long, then audit them. Raises BenchmarkError for a run that lost one."""
    before = {name: cpu_s(process.pid) for name, process in candidate.processes.items()}
    try:
        load = wrk.send(port=candidate.port, clients=clients, seconds=seconds, body=body)
    except BenchmarkError as error:
        raise BenchmarkError(f"{candidate.name}, {clients} clients: {error}") from error
    cpu_us = {
        name: (cpu_s(process.pid) - before[name]) / load.ok * 1e6 for name, process in candidate.processes.items()
    }
    scored = None if candidate.ledger is None else candidate.ledger.audit(load)
    return Figures(load.per_s, load.p50_ms, load.p99_ms, cpu_us, scored)


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
