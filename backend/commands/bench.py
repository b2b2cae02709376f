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
def chain(*, rounds: Rounds = 5, seconds: Seconds = 2.0, as_json: AsJson = False) -> None:
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
        found = measure_brain(starts=starts, scores=scores, progress=progress)
    _show("brain", found, as_json=as_json)


@app.command()
def signals(*, rounds: Rounds = 8, seconds: Seconds = 3.0, as_json: AsJson = False) -> None:
    """Measure what a score costs with all signals and with four fields, step by step, and how long one client waits."""
    from benchmarks.signals import measure_signals

    with own_processes(), ProgressBar() as progress:
        found = measure_signals(rounds=rounds, seconds=seconds, progress=progress)
    _show("signals", found, as_json=as_json)


@app.command()
def lone(*, rounds: Rounds = 5, seconds: Seconds = 5.0, as_json: AsJson = False) -> None:
    """Measure how long one client waits, beside a naive stack, and how much of it is the disk."""
    from benchmarks.lone import measure_lone

    with own_processes(), ProgressBar() as progress:
        found = measure_lone(rounds=rounds, seconds=seconds, progress=progress)
    _show("lone", found, as_json=as_json)


@app.command()
def poisson(*, rounds: Rounds = 3, seconds: Seconds = 15.0, as_json: AsJson = False) -> None:
    """Measure latencies while payments come at random, at 50 and 70 % of a naive stack's capacity."""
    from benchmarks.poisson import measure_poisson

    with own_processes(), ProgressBar() as progress:
        found = measure_poisson(rounds=rounds, seconds=seconds, progress=progress)
    _show("poisson", found, as_json=as_json)


@app.command()
def outages(*, rounds: Rounds = 5, seconds: Seconds = 4.0, as_json: AsJson = False) -> None:
    """Measure the rate while the brain is away and the circuit open, and while the ledger is down."""
    from benchmarks.outages import measure_outages

    with own_processes(), ProgressBar() as progress:
        found = measure_outages(rounds=rounds, seconds=seconds, progress=progress)
    _show("outages", found, as_json=as_json)


@app.command()
def polling(*, rounds: Rounds = 7, seconds: Seconds = 6.0, as_json: AsJson = False) -> None:
    """Measure what ten dashboards take from the rate, and what their answers cost."""
    from benchmarks.polling import measure_polling

    with own_processes(), ProgressBar() as progress:
        found = measure_polling(rounds=rounds, seconds=seconds, progress=progress)
    _show("polling", found, as_json=as_json)


@app.command()
def auth(*, rounds: Rounds = 10, as_json: AsJson = False) -> None:
    """Measure what a key costs a verdict, and whether the time of a refusal tells which keys there are."""
    from benchmarks.auth import measure_auth

    with ProgressBar() as progress:
        found = measure_auth(rounds=rounds, progress=progress)
    _show("auth", found, as_json=as_json)


@app.command()
def rescoring(*, seconds: Seconds = 10.0, as_json: AsJson = False) -> None:
    """Measure what checkouts notice of a worker that re-scores 10,000 verdicts."""
    from benchmarks.rescoring import measure_rescoring

    with own_processes(), ProgressBar() as progress:
        found = measure_rescoring(seconds=seconds, progress=progress)
    _show("rescoring", found, as_json=as_json)


@app.command()
def history(*, seconds: Seconds = 60.0, as_json: AsJson = False) -> None:
    """Measure how many scores have their history on a busy machine, with the demo faults."""
    from benchmarks.with_history import measure_with_history

    with own_processes(), ProgressBar() as progress:
        found = measure_with_history(seconds=seconds, progress=progress)
    _show("history", found, as_json=as_json)


@app.command()
def documents(
    *,
    rounds: Rounds = 5,
    seconds: Seconds = 4.0,
    largest: Annotated[int, typer.Option(min=5, max=7, metavar="N", help="10^N records in the largest ledger.")] = 6,
    as_json: AsJson = False,
) -> None:
    """Measure how much slower a ledger of 10^6 records is than one of 10^4; of 10^7 with --largest 7."""
    from benchmarks.documents import measure_documents

    sizes = [10_000, *(10**n for n in range(6, largest + 1))]
    with own_processes(), ProgressBar() as progress:
        found = measure_documents(sizes=sizes, rounds=rounds, seconds=seconds, progress=progress)
    _show("documents", found, as_json=as_json)


@app.command()
def soak(
    *,
    minutes: Annotated[float, typer.Option(min=0.1, metavar="MINUTES", help="How long.")] = 10.0,
    per_s: Annotated[float, typer.Option(min=1, metavar="N", help="Payments a second.")] = 500.0,
    as_json: AsJson = False,
) -> None:
    """Measure the memory of each process over ten minutes of load."""
    from benchmarks.soak import measure_soak

    with own_processes(), ProgressBar() as progress:
        found = measure_soak(minutes=minutes, per_s=per_s, progress=progress)
    _show("soak", found, as_json=as_json)


@app.command()
def profile(*, seconds: Seconds = 15.0, as_json: AsJson = False) -> None:
    """Take samples of gateway and brain under 64 clients with py-spy."""
    from benchmarks.profile_chain import measure_profile

    with own_processes(), ProgressBar() as progress:
        found = measure_profile(seconds=seconds, progress=progress)
    _show("profile", found, as_json=as_json)


@app.command("all")
def measure_all() -> None:
    """Run every benchmark but the guard, one after the other: about an hour."""
    for measure in (
        chain,
        lone,
        poisson,
        outages,
        polling,
        rescoring,
        history,
        documents,
        brain,
        signals,
        profile,
        soak,
    ):
        measure()


def _show(name: str, found: dict[str, Any], *, as_json: bool) -> None:
    """Write the document anew, and print what it says of this benchmark."""
    from benchmarks.document import writer

    writer.write()
    print(json.dumps(found) if as_json else writer.section(name))
