"""Shows the figures of `bench chain`."""

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.document.names import NAMES
from benchmarks.document.plots import bars
from benchmarks.document.tables import number, table


def _clients(count: int) -> str:
    return "1 client" if count == 1 else f"{count} clients"


RATIOS = {
    **{f"naive_{clients}": f"verdicts/s over naive, {_clients(clients)}" for clients in (1, 20, 64, 200)},
    **{f"echo_{clients}": f"verdicts/s over the FastAPI echo, {clients} clients" for clients in (64, 200)},
    "cpu_echo_64": "CPU of gateway, brain and mongod over the echo's, 64 clients",
}


def render(result: Mapping[str, Any]) -> str:
    """Return the ratios, then every cell."""
    ratios = table(
        ["Sentinel", "basic body", "full body"],
        [
            [name, *(_with_spread(result, f"ratios{body}", f"spread{body}", key) for body in ("", "_full"))]
            for key, name in RATIOS.items()
        ],
    )
    lone, tail = (result["latency_ratios"][key] for key in ("p50_naive_1", "p99_naive_64"))
    return (
        f"Medians of {result['rounds']} rounds with turns of {result['seconds']:g} s; least and most in brackets.\n\n"
        f"{ratios}\n\n"
        f"A lone client's p50 is {number(lone)} of the naive stack's; p99 at 64 clients {number(tail)} of it.\n\n"
        "![Verdicts a second](benchmarks-rate.svg)\n\n"
        "![CPU time of one verdict](benchmarks-cpu.svg)\n\n"
        + "\n\n".join(f"{title}\n\n{_cells(result, body)}" for body, title in _BODIES.items())
    )


_BODIES = {
    "basic": "The four fields that are required, with a merchant:",
    "full": "The full body, with the optional signals:",
}


def plots(result: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name and text of each plot."""
    cells = {(cell["candidate"], cell["clients"]): cell for cell in result["cells"] if cell["body"] == "basic"}
    clients = sorted({number for _, number in cells})
    yield (
        "benchmarks-rate",
        bars(
            "Verdicts a second, by clients (basic body)",
            {
                _clients(count): {NAMES[name]: cells[name, count]["per_s"] for name in ("echo", "naive", "sentinel")}
                for count in clients
            },
        ),
    )
    yield (
        "benchmarks-cpu",
        bars(
            "CPU microseconds for one verdict, 64 clients (basic body)",
            {
                NAMES[name]: {part: cells[name, 64]["cpu_us"].get(part, 0.0) for part in ("gateway", "brain", "mongod")}
                for name in ("echo", "naive", "sentinel")
            },
        ),
    )


def _with_spread(result: Mapping[str, Any], ratios: str, spread: str, key: str) -> str:
    low, high = result[spread][key]
    return f"**{number(result[ratios][key])}** ({number(low)} to {number(high)})"


def _cells(result: Mapping[str, Any], body: str) -> str:
    return table(
        ["clients", "", "verdicts/s", "p50 ms", "p99 ms", "CPU us a verdict", "scored"],
        [
            [
                str(cell["clients"]),
                NAMES[cell["candidate"]],
                *(number(cell[name]) for name in ("per_s", "p50_ms", "p99_ms")),
                ", ".join(f"{name} {number(us)}" for name, us in cell["cpu_us"].items()),
                "" if cell["scored"] is None else f"{cell['scored']:.1%}",
            ]
            for cell in _in_order(result, body)
        ],
    )


def _in_order(result: Mapping[str, Any], body: str) -> list[Mapping[str, Any]]:
    order = list(NAMES)
    cells = [cell for cell in result["cells"] if cell["body"] == body]
    return sorted(cells, key=lambda cell: (cell["clients"], order.index(cell["candidate"])))
