"""
`sentinel bench profile`: where gateway and brain spend their time under 64 clients, by py-spy.

Samples that hold the interpreter's lock, so shares of the work in Python and in what it calls. Of mongod, which is no
Python, only the CPU time is known, from `sentinel bench chain`.
"""

import subprocess
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks import machine, results
from benchmarks.candidates import sentinel
from benchmarks.errors import BenchmarkError
from benchmarks.measure import measure
from benchmarks.progress import Progress
from local.commands import BACKEND

PROFILED = ("gateway", "brain")
SHOWN = 25
RATE_PER_S = 400
Frames = list[tuple[tuple[str, ...], int]]  # a stack from the outermost frame on, and in how many samples


def measure_profile(*, seconds: float, progress: Progress) -> dict[str, Any]:
    """Measure, write results/profile.json, and return what it says. Raises BenchmarkError without py-spy."""
    spy = Path(sys.executable).with_name("py-spy")
    if not spy.exists():
        raise BenchmarkError("py-spy is missing, which takes the samples: .venv/bin/pip install py-spy")
    about = machine.describe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, sentinel(Path(folder)) as candidate:
        measure(candidate, clients=20, seconds=2)  # warms it up
        found: dict[str, Any] = {}
        for number, name in enumerate(PROFILED):
            progress(f"samples of the {name}", number, len(PROFILED))
            load = threading.Thread(target=measure, args=(candidate,), kwargs={"clients": 64, "seconds": seconds + 2})
            load.start()
            file = Path(folder) / f"{name}.folded"
            _record(spy, candidate.processes[name].pid, seconds, file)
            load.join()
            found[name] = shares(read_folded(file.read_text(encoding="utf-8")))
    return results.write("profile", about | {"seconds": seconds, "processes": found})


def _record(spy: Path, pid: int, seconds: float, file: Path) -> None:
    command = [str(spy), "record", "--pid", str(pid), "--gil", "--rate", str(RATE_PER_S), "--format", "raw"]
    command += ["--duration", str(round(seconds)), "--output", str(file), "--function"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (no text of others)
    if done.returncode != 0:
        raise BenchmarkError(f"py-spy could not look at a process: {done.stderr.strip()}")


def read_folded(text: str) -> Frames:
    """Read "outermost;...;innermost count" lines."""
    parts = (line.rpartition(" ") for line in text.splitlines())
    return [(tuple(stack.split(";")), int(count)) for stack, _, count in parts]


def shares(frames: Frames) -> dict[str, dict[str, float]]:
    """Shares of all samples: of functions of ours with all that they call, and of every function by itself."""
    samples = sum(count for _, count in frames) or 1
    within, own = Counter[str](), Counter[str]()
    for stack, count in frames:
        for frame in {_shortened(frame) for frame in stack if _is_ours(frame)}:
            within[frame] += count
        own[_shortened(stack[-1])] += count
    return {
        "within": {name: count / samples for name, count in within.most_common(SHOWN)},
        "own": {name: count / samples for name, count in own.most_common(SHOWN)},
    }


def _is_ours(frame: str) -> bool:
    return any(f"({room}/" in frame or f"{BACKEND}/{room}/" in frame for room in ("gateway", "brain"))


def _shortened(frame: str) -> str:
    return frame.replace(f"{BACKEND}/", "")
