"""`sentinel bench`: how fast Sentinel is, and what it costs. docs/benchmarks.md is made of what these commands find."""

import json
from typing import Annotated, Any

import typer

from commands.options import AsJson
from commands.progress import ProgressBar
from commands.working import own_processes

app = typer.Typer(help="Measure how fast Sentinel is on this machine, with processes of its own.")
Rounds = Annotated[int, typer.Option(min=1, metavar="N", help="How often each candidate has its turn.")]
Seconds = Annotated[float, typer.Option(min=1, metavar="SECONDS", help="How long one turn takes.")]


@app.command()
def chain(*, rounds: Rounds = 5, seconds: Seconds = 3.0, as_json: AsJson = False) -> None:
    """Compare rate, latency and CPU time with two echoes and a naive stack, for 1, 20, 64 and 200 clients."""
    from benchmarks.chain import measure_chain

    with own_processes(), ProgressBar() as progress:
        found = measure_chain(rounds=rounds, seconds=seconds, progress=progress)
    _show("chain", found, as_json=as_json)


@app.command()
def guard(
    *,
    commit: Annotated[bool, typer.Option("--commit", help="Write the figure that later runs are held to.")] = False,
    as_json: AsJson = False,
) -> None:
    """Fail when a verdict costs more than 1.15 times the committed CPU time, counted in FastAPI echoes."""
    from benchmarks.guard import check_cost

    with own_processes(), ProgressBar() as progress:
        found = check_cost(commit=commit, progress=progress)
    if commit:
        _show("guard", found, as_json=as_json)
        return
    low, high = found["spread"]
    said = (
        f"a verdict costs {found['cpu_echo_64']:.2f} times the CPU time of the FastAPI echo ({low:.2f} to {high:.2f})"
    )
    print(json.dumps(found) if as_json else said)


@app.command()
def brain(
    *,
    starts: Annotated[int, typer.Option(min=1, metavar="N", help="How often the brain is started.")] = 7,
    scores: Annotated[int, typer.Option(min=1, metavar="N", help="How many payments the last one scores.")] = 40_000,
    as_json: AsJson = False,
) -> None:
    """Measure what a score costs in batches of 1, 32 and 256, how long a start takes, and what memory is held."""
    from benchmarks.brain import measure_brain

    with own_processes(), ProgressBar() as progress:
        measure_brain(starts=starts, scores=scores, as_json=as_json, progress=progress)


@app.command()
def polling(*, as_json: AsJson = False) -> None:
    """Measure what polls of the dashboard cost the gateway, and what a verdict pays for being counted."""
    from benchmarks.polling import measure_polls

    with own_processes(), ProgressBar() as progress:
        measure_polls(as_json=as_json, progress=progress)


def _show(name: str, found: dict[str, Any], *, as_json: bool) -> None:
    """Write the document anew, and print what it says of this benchmark."""
    from benchmarks.document import writer

    writer.write()
    print(json.dumps(found) if as_json else writer.section(name))
