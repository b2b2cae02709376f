"""
`sentinel bench guard`: fails when a verdict has become dearer than the committed figure allows.

What is compared is CPU time: of gateway, brain and mongod for one verdict, over the FastAPI echo's for one answer, with
64 clients. Rates would fail on every busy machine. The two take turns; what the processes do in any case, without a
single payment, is taken off, for it weighs more the fewer verdicts a busy machine leaves time for.

`./setup.sh test` runs it before the other tests. Whoever makes a verdict dearer on purpose, or cheaper, commits the new
figure (`--commit`), and says why.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import machine, results
from benchmarks.candidates import ECHO, SENTINEL, Candidate, running
from benchmarks.errors import BenchmarkError
from benchmarks.measure import idle_cpu, measure
from benchmarks.progress import Progress
from benchmarks.stats import Spread, spread

CLIENTS = 64
PAIRS = 10
TURN_S = 1.0
IDLE_S = 2.0
ALLOWED = 1.15  # times the committed figure: two runs on a machine under load differ by less
TRIES = 2


@dataclass(frozen=True, slots=True)
class Cost:
    """What was found: the ratio of CPU times over all pairs of the last try, and the tries that it took."""

    ratio: Spread
    tries: int


def check_cost(*, commit: bool, progress: Progress) -> dict[str, Any]:
    """
    Measure, and compare with results/guard.json.

    Args:
        commit: Write the figure there instead.

    Raises:
        BenchmarkError: a verdict costs more than ALLOWED times the committed figure, in each of TRIES tries.
    """
    about = machine.describe()
    committed = results.read("guard")
    allowed = None if commit or committed is None else committed["cpu_echo_64"] * ALLOWED
    cost = measure_cost(allowed, progress)
    found = {
        "cpu_echo_64": cost.ratio.median,
        "spread": [cost.ratio.low, cost.ratio.high],
        "allowed": allowed,
        "tries": cost.tries,
    }
    if commit:
        return results.write("guard", about | found)
    if allowed is not None and cost.ratio.median > allowed:
        raise BenchmarkError(
            f"a verdict costs {cost.ratio.median:.2f} times the CPU time of the FastAPI echo, and {allowed:.2f} is "
            f"allowed. Make it cheaper, or commit the new figure and say why: ./setup.sh bench guard --commit"
        )
    return found


def measure_cost(allowed: float | None, progress: Progress) -> Cost:
    """Measure PAIRS pairs, and again while more than `allowed` is found."""
    machine.go_first()
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        running(Path(folder), ECHO, SENTINEL) as (echo, sentinel),
    ):
        idle = idle_cpu(sentinel, seconds=IDLE_S)
        for candidate in (echo, sentinel):
            measure(candidate, clients=CLIENTS, seconds=2)  # warms it up
        tries, ratio = 1, _pairs(echo, sentinel, idle, progress)
        while allowed is not None and ratio.median > allowed and tries < TRIES:
            tries, ratio = tries + 1, _pairs(echo, sentinel, idle, progress)
    return Cost(ratio, tries)


def _pairs(echo: Candidate, sentinel: Candidate, idle: Mapping[str, float], progress: Progress) -> Spread:
    """Let the two take turns. Returns the ratio of CPU times over all pairs."""
    ratios = []
    for pair in range(PAIRS):
        progress("pairs", pair, PAIRS)
        of_echo = measure(echo, clients=CLIENTS, seconds=TURN_S)
        of_ours = measure(sentinel, clients=CLIENTS, seconds=TURN_S, idle=idle)
        ratios.append(of_ours.cpu_path_us / of_echo.cpu_path_us)
    return spread(ratios)
