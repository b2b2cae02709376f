"""Reports a run, for people and for scripts."""

import json

from rich.console import Console
from rich.table import Table

from chaos.outcome import Kind
from chaos.tally import CircuitChange, Tally

PERCENTS = (50, 95, 99)
STYLES = {
    Kind.SUCCESS: "green",
    Kind.FAIL_OPEN: "yellow",
    Kind.CIRCUIT_OPEN: "magenta",
    Kind.ERROR: "bold red",
}


def live_line(at_s: float, before: dict[Kind, int], now: dict[Kind, int], circuit: str) -> str:
    """Describe the last second in one line: counts by outcome, and the circuit's state."""
    counts = "  ".join(_styled(kind, now[kind] - before[kind]) for kind in Kind)
    return f"{at_s:4.0f} s  {counts}  circuit {circuit}"


def change_line(change: CircuitChange) -> str:
    """Describe a change of the circuit in one line."""
    return f"{change.at_s:6.1f} s  [bold]circuit {change.old} -> {change.new}[/bold]"


def print_summary(tally: Tally, console: Console) -> None:
    """Print the table, the reasons of missing scores, the circuit's changes and the conclusion."""
    table = Table("", "Requests", "Share", *(f"p{percent} ms" for percent in PERCENTS))
    for column in table.columns[1:]:
        column.justify = "right"
    for kind in Kind:
        count = tally.count(kind)
        share = f"{count / tally.total:.1%}" if tally.total else "-"
        table.add_row(kind, str(count), share, *(_ms(tally, kind, percent) for percent in PERCENTS))
    console.print(table)
    for (kind, detail), count in sorted(tally.details.items()):
        if kind is not Kind.SUCCESS:
            console.print(f"  {kind}: {count} x {detail}", markup=False)
    for change in tally.changes:
        console.print(change_line(change))
    if tally.late:
        console.print(f"{tally.late} requests began late: more --workers or a lower --rate would keep the rate")
    console.print(_last_word(tally))


def summary_json(tally: Tally) -> str:
    """Write the same as one line of JSON; latencies in ms, times in seconds since the start."""
    return json.dumps(
        {
            "total": tally.total,
            "late": tally.late,
            "outcomes": {
                kind.name.lower(): {
                    "count": tally.count(kind),
                    **{f"p{percent}_ms": tally.percentile_ms(kind, percent) for percent in PERCENTS},
                }
                for kind in Kind
            },
            "details": {f"{kind}: {detail}": count for (kind, detail), count in sorted(tally.details.items())},
            "circuit_changes": [
                {"at_s": round(change.at_s, 1), "old": change.old, "new": change.new} for change in tally.changes
            ],
        }
    )


def _last_word(tally: Tally) -> str:
    if not tally.total:
        return "[bold red]No request ended.[/bold red]"
    if errors := tally.count(Kind.ERROR):
        return f"[bold red]{errors} of {tally.total} requests got no verdict.[/bold red]"
    return f"[bold green]All {tally.total} requests got a verdict.[/bold green]"


def _styled(kind: Kind, count: int) -> str:
    text = f"{kind} {count:<3}"
    return f"[{STYLES[kind]}]{text}[/]" if count else text


def _ms(tally: Tally, kind: Kind, percent: float) -> str:
    value_ms = tally.percentile_ms(kind, percent)
    return "-" if value_ms is None else f"{value_ms:.1f}"
