"""Shows the figures of `bench brain`."""

from collections.abc import Mapping
from typing import Any

from benchmarks.document.tables import number, table

WHOLE = "whole"


def render(result: Mapping[str, Any]) -> str:
    """Return what a row costs in each batch, then what the process takes."""
    costs, life = result["us_a_row"], result["process"]
    head = ["us a row", *(f"batch of {size}" for size in costs)]
    rows = [[f"**{name}**" if name == WHOLE else name, *_row(costs, name)] for name in next(iter(costs.values()))]
    return (
        f"{table(head, rows)}\n\n"
        f"Start: {number(life['start_s'])} s until SERVING, {number(life['filled_s'])} s until {life['payments']:,} "
        f"payments were read; {number(life['started_mib'])} MiB resident then, and {number(life['worked_mib'])} MiB "
        f"after {life['scored']:,} scores, {life['with_history']:.1%} of them with history. CPU time of a score: "
        f"{number(life['brain_us'])} us of the brain, {number(life['mongod_us'])} us of mongod."
    )


def _row(costs: Mapping[str, Mapping[str, float]], name: str) -> list[str]:
    return [number(cost[name]) for cost in costs.values()]
