"""Sends transactions: at a given rate, or as fast as each worker gets answers."""

import asyncio
import itertools
import json
import random
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import httpx

from chaos.outcome import Kind, Outcome, classify

TIMEOUT_S = 5.0  # a verdict is due within 0.65 s: so late an answer is a failure
LATE_AFTER_S = 0.1
USERS = 40
MERCHANTS = 25
CENTS_MEDIAN = 4_500
CENTS_MAX = 2_000_00


@dataclass(frozen=True, slots=True)
class Plan:
    """
    How much to send and how fast. Ends at `requests` or after `duration_s`, whichever comes first.

    With `rate_per_s` request n is due n / rate after the start, whatever became of those before it, as
    long as a worker is free. Without, each worker waits `think_s` after each answer.
    """

    workers: int
    requests: int | None
    duration_s: float | None
    rate_per_s: float | None
    think_s: float


class Load:
    """Runs one plan. Ids are unique over runs, as a repeated one would be answered from the ledger."""

    def __init__(
        self, plan: Plan, clients: Sequence[httpx.AsyncClient], *, on_outcome: Callable[[Outcome], None]
    ) -> None:
        """
        Args: clients: shared out among the workers.

        With one for each worker, twenty workers measured half the latency and twice the rate that they did
        with one for all: httpx looks through its whole pool at each request.
        """
        self.late = 0
        self._plan = plan
        self._clients = clients
        self._on_outcome = on_outcome
        self._run_id = secrets.token_hex(4)
        self._numbers = itertools.count()
        self._began_s = time.monotonic()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until the plan is done or `stop` is set; requests in flight are waited for."""
        self._began_s = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for worker in range(self._plan.workers):
                group.create_task(self._work(self._clients[worker % len(self._clients)], stop))

    async def _work(self, client: httpx.AsyncClient, stop: asyncio.Event) -> None:
        while not stop.is_set():
            number = next(self._numbers)
            begin_s = self._due_s(number)
            if self._is_beyond_plan(number, begin_s) or await _set_before(stop, begin_s):
                return
            if self._plan.rate_per_s and time.monotonic() - begin_s > LATE_AFTER_S:
                self.late += 1
            self._on_outcome(await _send(client, f"chaos-{self._run_id}-{number}"))
            if not self._plan.rate_per_s:
                await _set_before(stop, time.monotonic() + self._plan.think_s)

    def _due_s(self, number: int) -> float:
        rate_per_s = self._plan.rate_per_s
        return self._began_s + number / rate_per_s if rate_per_s else time.monotonic()

    def _is_beyond_plan(self, number: int, begin_s: float) -> bool:
        plan = self._plan
        begin_s = max(begin_s, time.monotonic())
        return (plan.requests is not None and number >= plan.requests) or (
            plan.duration_s is not None and begin_s - self._began_s >= plan.duration_s
        )


def transaction_body(transaction_id: str) -> str:
    """Make a plausible payment as JSON: few users and merchants, many small amounts and some large ones."""
    cents = min(CENTS_MAX, max(50, round(random.lognormvariate(0, 1) * CENTS_MEDIAN)))
    text = json.dumps(
        {
            "transaction_id": transaction_id,
            "amount": 0,
            "currency": "USD",
            "user_id": f"user_{random.randrange(USERS):03}",
            "merchant_id": f"merchant_{random.randrange(MERCHANTS):03}",
        }
    )
    # json has no Decimal, and money is never a float: the digits are inserted as they are
    return text.replace('"amount": 0', f'"amount": {Decimal(cents).scaleb(-2)}', 1)


async def _send(client: httpx.AsyncClient, transaction_id: str) -> Outcome:
    sent_s = time.monotonic()
    try:
        answer = await client.post(
            "/transaction",
            content=transaction_body(transaction_id),
            headers={"content-type": "application/json"},
        )
        kind, detail = classify(answer.status_code, _parsed(answer), transaction_id=transaction_id)
    except httpx.HTTPError as failure:
        kind, detail = Kind.ERROR, type(failure).__name__
    return Outcome(kind, detail, latency_ms=(time.monotonic() - sent_s) * 1000)


def _parsed(answer: httpx.Response) -> object:
    try:
        return answer.json()
    except ValueError:
        return None


async def _set_before(stop: asyncio.Event, moment_s: float) -> bool:
    """Sleep until `moment_s` on the monotonic clock, or until `stop` is set: then True."""
    left_s = moment_s - time.monotonic()
    if left_s <= 0:
        return stop.is_set()
    try:
        async with asyncio.timeout(left_s):
            return await stop.wait()
    except TimeoutError:
        return False
