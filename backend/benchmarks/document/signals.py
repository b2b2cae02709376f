"""Shows the figures of `bench signals`."""

from collections.abc import Mapping
from typing import Any

from benchmarks.document.tables import number, table


def render(result: Mapping[str, Any]) -> str:
    """Return what a row costs in each batch, step by step, and how long a lone client waits."""
    costs, lone = result["us_a_row"], result["lone_p50_ms"]
    columns = [(kind, size) for size in next(iter(costs.values())) for kind in costs]
    steps = next(iter(costs.values()))[columns[0][1]]
    head = ["us a row", *(f"{size}: {kind}" for kind, size in columns)]
    rows = [[step, *(number(costs[kind][size][step]) for kind, size in columns)] for step in steps]
    return (
        f"{table(head, rows)}\n\n"
        f"A lone client waits {number(lone['basic'])} ms in the median with four fields, "
        f"{number(lone['full'])} ms with all signals: {lone['more']:.2f} ms more."
    )
