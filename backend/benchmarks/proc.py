"""Reads the kernel's figures of a process (Linux)."""

import time
from pathlib import Path

_SCHEDULED = 2  # CPUCLOCK_SCHED: what the scheduler gave to all threads of a process, to the nanosecond


def cpu_s(pid: int) -> float:
    """Return the CPU seconds that a process has used, threads included, also those that have ended."""
    return time.clock_gettime(~pid << 3 | _SCHEDULED)


def resident_mib(pid: int) -> float:
    """Return the memory that a process holds now, shared libraries included."""
    return _status_kib(pid, "VmRSS:") / 1024


def peak_mib(pid: int) -> float:
    """Return the most memory that a process has held."""
    return _status_kib(pid, "VmHWM:") / 1024


def _status_kib(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(name)))
