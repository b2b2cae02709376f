"""Sending load: how many requests, at what pace, with which bodies; and the exit status of the whole."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import httpx
import pytest
import typer
from typer.testing import CliRunner

from chaos.load import Load, Plan, transaction_body
from chaos.main import UNREACHABLE
from chaos.main import run as chaos
from chaos.outcome import Kind, Outcome
from local.ports import pick_free_port


class FakeGateway:
    """Answers every transaction with a scored verdict after `answer_s`; counts what it has at once."""

    def __init__(self) -> None:
        self.answer_s = 0.0
        self.bodies: list[dict[str, Any]] = []
        self.at_once = 0
        self.at_once_max = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content, parse_float=Decimal)
        self.bodies.append(body)
        self.at_once += 1
        self.at_once_max = max(self.at_once_max, self.at_once)
        await asyncio.sleep(self.answer_s)
        self.at_once -= 1
        verdict = {"decision": "approve", "scored": True, "risk_score": 0.1, "risk_level": "low"}
        return httpx.Response(200, json={"transaction_id": body["transaction_id"], **verdict})


@pytest.fixture
def gateway() -> FakeGateway:
    """A gateway that never fails."""
    return FakeGateway()


@pytest.fixture
async def client(gateway: FakeGateway) -> AsyncIterator[httpx.AsyncClient]:
    """A client that reaches the fake gateway without a network."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(gateway), base_url="http://gateway") as client:
        yield client


def plan(**changes: Any) -> Plan:
    """Ten workers without think time, unless changed."""
    return Plan(**{"workers": 10, "requests": None, "duration_s": None, "rate_per_s": None, "think_s": 0.0, **changes})


async def test_exactly_the_requested_number_is_sent_and_no_id_twice(
    client: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    """A repeated id would be answered from memory and prove nothing."""
    outcomes: list[Outcome] = []
    gateway.answer_s = 0.001

    await Load(plan(requests=105), [client], on_outcome=outcomes.append).run(asyncio.Event())

    assert len(outcomes) == 105
    assert len({body["transaction_id"] for body in gateway.bodies}) == 105
    assert {outcome.kind for outcome in outcomes} == {Kind.SUCCESS}


async def test_workers_bound_what_is_in_flight(client: httpx.AsyncClient, gateway: FakeGateway) -> None:
    """Twenty workers are twenty callers, all of them busy and never one more."""
    gateway.answer_s = 0.01

    await Load(plan(workers=20, requests=100), [client], on_outcome=lambda _: None).run(asyncio.Event())

    assert gateway.at_once_max == 20


async def test_a_rate_is_kept_whatever_the_answers_take(client: httpx.AsyncClient, gateway: FakeGateway) -> None:
    """Open loop: slow answers do not thin out the load while workers are free."""
    gateway.answer_s = 0.05
    outcomes: list[Outcome] = []
    began_s = time.monotonic()

    load = Load(plan(requests=40, rate_per_s=100.0), [client], on_outcome=outcomes.append)
    await load.run(asyncio.Event())

    assert len(outcomes) == 40
    assert time.monotonic() - began_s >= 0.39
    assert load.late < 40


async def test_a_rate_that_the_workers_cannot_keep_is_noticed(client: httpx.AsyncClient, gateway: FakeGateway) -> None:
    """One worker and 50 ms an answer are 20 requests per second; 200 were asked for."""
    gateway.answer_s = 0.05

    load = Load(plan(workers=1, requests=12, rate_per_s=200.0), [client], on_outcome=lambda _: None)
    await load.run(asyncio.Event())

    assert load.late >= 8


async def test_a_duration_ends_the_run(client: httpx.AsyncClient, gateway: FakeGateway) -> None:
    """Without a number of requests it is the clock that ends it, and every answer is waited for."""
    gateway.answer_s = 0.01
    outcomes: list[Outcome] = []
    began_s = time.monotonic()

    await Load(plan(duration_s=1.0), [client], on_outcome=outcomes.append).run(asyncio.Event())

    assert time.monotonic() - began_s >= 1.0
    assert len(outcomes) == len(gateway.bodies) > 10


async def test_stop_ends_the_run_at_once_and_keeps_what_was_answered(
    client: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    """Ctrl-C gives the table of what was sent so far, also while workers wait for their next turn."""
    outcomes: list[Outcome] = []
    stop = asyncio.Event()
    load = Load(plan(duration_s=60.0, rate_per_s=5.0), [client], on_outcome=outcomes.append)

    running = asyncio.create_task(load.run(stop))
    await asyncio.sleep(0.3)
    stop.set()
    await asyncio.wait_for(running, timeout=30.0)

    assert 1 <= len(outcomes) == len(gateway.bodies) < 10


async def test_a_broken_connection_is_an_error_with_a_name() -> None:
    """A refused connection is counted, and does not end the run."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    outcomes: list[Outcome] = []
    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse), base_url="http://gateway") as client:
        await Load(plan(requests=5), [client], on_outcome=outcomes.append).run(asyncio.Event())

    assert [(outcome.kind, outcome.detail) for outcome in outcomes] == [(Kind.ERROR, "ConnectError")] * 5


def test_amounts_are_exact_cents() -> None:
    """At most two decimals in each body, as USD has them: the gateway refuses a third."""
    amounts = [json.loads(transaction_body("t"), parse_float=Decimal)["amount"] for _ in range(500)]

    assert all(isinstance(amount, Decimal) and amount.as_tuple().exponent == -2 for amount in amounts)
    assert all(Decimal("0.50") <= amount <= 2000 for amount in amounts)
    assert len(set(amounts)) > 100


def test_no_gateway_at_the_start_is_one_line_that_says_how_to_start_it() -> None:
    """Exit status 2 tells "nothing was there" from "a request got no verdict"."""
    app = _typer_app()

    result = CliRunner().invoke(app, ["--url", f"http://127.0.0.1:{pick_free_port()}"])

    assert result.exit_code == UNREACHABLE
    assert "./setup.sh up" in result.output
    assert len(result.output.splitlines()) == 1


def _typer_app() -> typer.Typer:
    app = typer.Typer()
    app.command()(chaos)
    return app
