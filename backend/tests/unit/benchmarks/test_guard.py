"""A verdict that became dearer fails the tests, and a busy machine does not."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks import guard, results
from benchmarks.candidates import ECHO, SENTINEL, Candidate
from benchmarks.errors import BenchmarkError
from benchmarks.measure import Figures

COMMITTED = 2.0


class Machine:
    """One on which an echo takes 100 us, and a verdict these many times that, turn by turn."""

    def __init__(self, *ratios: float) -> None:
        self._ratios = iter(ratios)
        self.verdicts = 0

    def measure(self, candidate: Candidate, **_how: Any) -> Figures:
        """Stands for `benchmarks.measure.measure`."""
        if candidate.name == ECHO:
            return Figures(1000, 1.0, 1.0, {"gateway": 100.0}, None)
        self.verdicts += 1
        warms_up = self.verdicts == 1
        ratio = COMMITTED if warms_up else next(self._ratios)
        return Figures(500, 2.0, 2.0, {"gateway": 60 * ratio, "brain": 40 * ratio, "worker": 999.0}, 1.0)


@contextmanager
def nothing_runs(_directory: Path, *_names: str) -> Iterator[list[Candidate]]:
    """Stands for `benchmarks.candidates.running`."""
    yield [Candidate(name, 0, {}) for name in (ECHO, SENTINEL)]


def check(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run the guard there."""
    monkeypatch.setattr(guard, "measure", machine.measure)
    monkeypatch.setattr(guard, "running", nothing_runs)
    monkeypatch.setattr(guard, "IDLE_S", 0.0)
    monkeypatch.setattr(guard, "idle_cpu", lambda _candidate, seconds: {})
    monkeypatch.setattr("benchmarks.machine.go_first", lambda: None)
    monkeypatch.setattr("benchmarks.machine.describe", dict)
    monkeypatch.setattr("benchmarks.results.read", lambda _name: {"cpu_echo_64": COMMITTED})
    return guard.check_cost(commit=False, progress=lambda *_: None)


def test_what_is_within_a_seventh_passes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pairs that something disturbed move no median."""
    machine = Machine(*[2.2] * 7, 9.0, 9.0, 9.0)

    assert check(machine, monkeypatch) == {"cpu_echo_64": 2.2, "spread": [2.2, 9.0], "allowed": 2.3, "tries": 1}


def test_what_is_dearer_is_measured_again_before_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the message says how dear it is."""
    machine = Machine(*[2.4] * 20)

    with pytest.raises(BenchmarkError, match=r"costs 2\.40 times .*, and 2\.30 is allowed"):
        check(machine, monkeypatch)
    assert machine.verdicts == 1 + 20


def test_a_disturbed_try_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the next one is fine."""
    assert check(Machine(*[2.4] * 10, *[2.1] * 10), monkeypatch)["tries"] == 2


def test_the_committed_figure_is_there() -> None:
    """Or nothing is guarded."""
    committed = results.read("guard")

    assert committed is not None
    assert committed["cpu_echo_64"] > 1
