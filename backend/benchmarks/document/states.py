"""Shows the figures of `bench outages`, `bench polling`, `bench rescoring` and `bench history`."""

from collections.abc import Mapping
from typing import Any

from benchmarks.document.tables import number, table


def render_outages(result: Mapping[str, Any]) -> str:
    """Return the rate in each state."""
    per_s, of_normal = result["per_s"], result["of_normal"]
    rows = [
        ["all there", number(per_s["normal"]), ""],
        ["brain killed, circuit open", number(per_s["circuit_open"]), f"**{number(of_normal['circuit_open'])}**"],
        ["mongod killed, journal", number(per_s["ledger_down"]), f"**{number(of_normal['ledger_down'])}**"],
    ]
    return table(["64 clients", "verdicts/s", "of normal"], rows)


def render_polling(result: Mapping[str, Any]) -> str:
    """Return what is left of the rate, and the price of an answer."""
    low, high = result["spread"]
    costs = ", ".join(f"`{path}` {number(ms)} ms" for path, ms in result["answer_cpu_ms"].items())
    return (
        f"With ten dashboards **{result['per_s_left']:.1%}** ({low:.1%} to {high:.1%}) of the rate is left, which is "
        f"{number(result['per_s']['alone'])}/s without them. CPU time of the gateway for one polled answer: {costs}."
    )


def render_rescoring(result: Mapping[str, Any]) -> str:
    """Return the latencies beside a worker."""
    working, frozen = result["p99_ms"]["working"], result["p99_ms"]["frozen"]
    return (
        f"At {number(result['load_per_s'])} payments/s, p99 was {number(working)} ms while the worker was at work and "
        f"{number(frozen)} ms while it was frozen: **{number(result['p99_ratio'])}** times. It re-scored "
        f"{result['rescored']:,} of {result['unscored']:,} in windows of {number(result['seconds'])} s, "
        f"{number(result['rescored_per_s'])} a second."
    )


def render_history(result: Mapping[str, Any]) -> str:
    """Return the shares of scores and of those with history."""
    return (
        f"Of {result['payments']:,} payments {result['scored']:.1%} were scored, and **{result['with_history']:.2%}** "
        f"of the scores had their history. p50 {number(result['p50_ms'])} ms, p99 {number(result['p99_ms'])} ms, "
        "injected faults included."
    )
