"""Shows the figures of `bench lone` and `bench poisson`."""

from collections.abc import Mapping
from typing import Any

from benchmarks.document.names import NAMES
from benchmarks.document.tables import number, table


def render_lone(result: Mapping[str, Any]) -> str:
    """Return one row for each candidate, and what of it is the disk."""
    rows = [
        [
            NAMES[name],
            *(number(figures[key]) for key in ("p50_ms", "p99_ms")),
            ", ".join(f"{part} {number(us)}" for part, us in figures["cpu_us"].items()),
        ]
        for name, figures in result["candidates"].items()
    ]
    low, high = result["spread"]
    fsync_ms, p50_ms = result["fsync_ms"], result["candidates"]["sentinel"]["p50_ms"]
    return (
        f"{table(['one client', 'p50 ms', 'p99 ms', 'CPU us a request'], rows)}\n\n"
        f"Sentinel's p50 is **{number(result['p50_naive'])}** ({number(low)} to {number(high)}) of the naive stack's. "
        f"One block takes {number(fsync_ms)} ms to the disk by itself: {fsync_ms / p50_ms:.0%} of Sentinel's p50. "
        f"{result['rounds']} rounds of {result['seconds']:g} s each."
    )


def render_poisson(result: Mapping[str, Any]) -> str:
    """Return one row for each share and candidate."""
    rows = [
        [f"{cell['share']:.0%}", NAMES[cell["candidate"]], number(cell["p50_ms"]), number(cell["p99_ms"])]
        for cell in result["cells"]
    ]
    over = ", ".join(f"**{number(ratio)}** at {share}" for share, ratio in result["p99_naive"].items())
    return (
        f"{table(['of the capacity', '', 'p50 ms', 'p99 ms'], rows)}\n\n"
        f"The naive stack's capacity was {number(result['naive_per_s'])}/s. Sentinel's p99 over its: {over}."
    )
