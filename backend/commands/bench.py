"""`sentinel bench`: what Sentinel costs. Each starts its own mongod, brain and gateway; docs/benchmarks.md explains."""

from typing import Annotated

import typer

from commands.options import AsJson
from commands.progress import ProgressBar
from commands.working import own_processes

app = typer.Typer(help="Measure what Sentinel costs on this machine, with processes of its own.")


@app.command()
def chain(
    *,
    seconds: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="About how long each number of clients takes.")
    ] = 8.0,
    as_json: AsJson = False,
) -> None:
    """Measure rate, latency, and the CPU time of each process for one transaction, with 1, 20 and 64 clients."""
    from benchmarks.chain import measure_chain

    with own_processes(), ProgressBar() as progress:
        measure_chain(seconds=seconds, as_json=as_json, progress=progress)


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


@app.command()
def reads(*, as_json: AsJson = False) -> None:
    """Measure ways of reading the histories of a batch from MongoDB, in turn."""
    from benchmarks.profile_reads import measure_reads

    with own_processes(), ProgressBar() as progress:
        measure_reads(as_json=as_json, progress=progress)
