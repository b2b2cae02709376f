"""Defines the command line of the chaos test and wires one run."""

import asyncio
import signal
import sys
import time
from contextlib import AsyncExitStack, suppress
from typing import Annotated

import httpx
import typer
from rich.console import Console

from chaos.circuit import CircuitWatch
from chaos.load import TIMEOUT_S, Load, Plan
from chaos.outcome import Kind
from chaos.report import change_line, live_line, print_summary, summary_json
from chaos.tally import CircuitChange, Tally

STEADY_DURATION_S = 120.0  # without options: time to stop the brain beside it, and to start it again
STEADY_RATE_PER_S = 50.0
UNREACHABLE = 2  # exit status
_LET_IN_NOBODY = (401, 403)


class NotLetIn(Exception):
    """The gateway asks for a key, or for another one."""


def run(
    *,
    url: Annotated[str, typer.Option(help="Where the gateway is.")] = "http://localhost:8000",
    requests: Annotated[int | None, typer.Option(min=1, help="End after so many requests.")] = None,
    key: Annotated[
        str | None, typer.Option(envvar="SENTINEL_KEY", help="Sent with each request, where the gateway asks for one.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=1000, help="Requests at a time, at most.")] = 20,
    duration: Annotated[float | None, typer.Option(min=0.1, help="End after so many seconds.")] = None,
    rate: Annotated[float | None, typer.Option(min=0.1, help="Requests per second, steadily.")] = None,
    think_ms: Annotated[float, typer.Option(min=0, help="Without --rate: pause of a worker after each answer.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as one JSON line on stdout.")] = False,
) -> None:
    """
    Send transactions to a running gateway and count how each one ends.

    Without --requests and --duration it runs 120 s; without --rate either, at 50 requests per second.
    Exit status: 0 when every request got a verdict, 1 when one did not, 2 when no gateway was there.
    """
    if requests is None and duration is None:
        duration, rate = STEADY_DURATION_S, rate or STEADY_RATE_PER_S
    plan = Plan(workers=workers, requests=requests, duration_s=duration, rate_per_s=rate, think_s=think_ms / 1000)
    console = Console(stderr=as_json, highlight=False, soft_wrap=True)
    try:
        tally = asyncio.run(run_plan(plan, url=url, key=key, console=console))
    except (httpx.TransportError, httpx.InvalidURL) as failure:  # before anything was sent
        console.print(
            f"No gateway answers at {url} ({type(failure).__name__}): start one with ./setup.sh up --detach",
            markup=False,
        )
        raise typer.Exit(UNREACHABLE) from None
    except NotLetIn:
        console.print(
            f"{url} does not take this key, or asks for one: pass --key or set SENTINEL_KEY (sentinel keys create)",
            markup=False,
        )
        raise typer.Exit(UNREACHABLE) from None
    print_summary(tally, console)
    if as_json:
        sys.stdout.write(summary_json(tally) + "\n")
    raise typer.Exit(tally.exit_status)


async def run_plan(plan: Plan, *, url: str, key: str | None, console: Console) -> Tally:
    """
    Run a plan with a live line per second. Ctrl-C ends it early; the tally then counts what was sent.

    Raises:
        httpx.TransportError: nothing answers at `url`; no transaction was sent.
        NotLetIn: it asks for another key.
    """
    tally = Tally()
    stop = asyncio.Event()
    async with AsyncExitStack() as opened:
        headers = {} if key is None else {"X-API-Key": key}
        tls = httpx.create_ssl_context(trust_env=False)  # made once: it reads every root certificate
        client, *workers = [
            await opened.enter_async_context(
                httpx.AsyncClient(base_url=url, timeout=TIMEOUT_S, verify=tls, headers=headers, trust_env=False)
            )
            for _ in range(1 + plan.workers)
        ]
        await look(client)
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)

        def note(change: CircuitChange) -> None:
            tally.changes.append(change)
            console.print(change_line(change))

        load = Load(plan, workers, on_outcome=tally.add)
        circuit = CircuitWatch(client, on_change=note)
        began_s = time.monotonic()
        watchers = [
            asyncio.create_task(circuit.run(began_s=began_s)),
            asyncio.create_task(_say_each_second(tally, circuit, console, began_s=began_s)),
        ]
        try:
            await load.run(stop)
        finally:
            for watcher in watchers:
                watcher.cancel()
                with suppress(asyncio.CancelledError):
                    await watcher
    tally.late = load.late
    return tally


async def look(client: httpx.AsyncClient) -> None:
    """Ask once, before anything is sent. Raises NotLetIn, httpx.TransportError."""
    answer = await client.get("/circuit/status")
    if answer.status_code in _LET_IN_NOBODY:
        raise NotLetIn


async def _say_each_second(tally: Tally, circuit: CircuitWatch, console: Console, *, began_s: float) -> None:
    before = dict.fromkeys(Kind, 0)
    for second in range(1, sys.maxsize):
        await asyncio.sleep(began_s + second - time.monotonic())
        now = {kind: tally.count(kind) for kind in Kind}
        console.print(live_line(second, before, now, circuit.state))
        before = now


def main() -> None:
    """Run the command line; ends the process with the exit status."""
    typer.run(run)
