"""A world sent through a running gateway in order of time, with its labels, as merchants and their banks would."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray

from brain.features.windows import LABEL_DELAY_MS
from training.world.simulator import World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

BATCH = 500  # the gateway's own limit; one batch after the other, so that time goes forward
CAREFUL_BATCH = 10  # the first of what is judged, and the step by which batches grow
BEHIND_MAX = 5_000  # payments that history may lack while they are still in the brain's memory
CATCH_UP_EVERY = 20 * BATCH
LABELS_AT_ONCE = 16
TIMEOUT_S = 60.0
TRIES_MAX = 5
BETWEEN_TRIES_S = 1.0
COUNTED_S = 1.5  # the gateway counts once a second
AFTER_BLIND_S = 0.1
# A label is on its way to the brain for some seconds, in which hours of the world's time go by here. So it sets out so
# many payments before it may be seen; it carries the moment from which on it counts.
AHEAD = 10_000


class ReplayError(Exception):
    """The gateway did not do what a replay needs; the message says what."""


@dataclass(slots=True)
class Replayed:
    """
    What came back.

    Attributes:
        scores: (n,) risk score of each payment sent, in order; NaN where the verdict was blind.
        models: Every "name version" that scored.
        blind: Verdicts without a score.
        degraded: Scores that had to be made without history.
        labels: Labels that were taken.
    """

    scores: Floats
    models: set[str] = field(default_factory=set)
    blind: int = 0
    degraded: int = 0
    labels: int = 0


async def replay(world: World, rows: Ints, url: str, *, judged_from: int, progress: Callable[[int], None]) -> Replayed:
    """
    Send these payments of the world, ascending in time, and each fraud's label 7 days after it.

    What is before `judged_from` only fills histories. From there on scores are measured, not speed: the brain is let
    catch up, and the pace halves whenever a score had to be made without its history.

    Args:
        judged_from: Index into `rows`.
        progress: Told after each batch how many payments are through.

    Raises:
        ReplayError: no gateway answers there, or it refuses what it should take.
    """
    run = secrets.token_hex(4)  # ids of its own: runs on one ledger do not meet
    replayed = Replayed(np.full(rows.size, np.nan))
    frauds = rows[world.fraud[rows]]
    labelled = 0
    async with httpx.AsyncClient(base_url=url, timeout=TIMEOUT_S, trust_env=False) as client:
        start, size = 0, BATCH
        while start < rows.size:
            if start == judged_from:
                await asyncio.sleep(COUNTED_S)  # what was counted a moment ago knows nothing of the last batch
                await _let_history_catch_up(client, behind_max=0)
                size = CAREFUL_BATCH
            elif start >= judged_from or start % CATCH_UP_EVERY == 0:
                await _let_history_catch_up(client, behind_max=BEHIND_MAX)
            batch = rows[start : min(start + size, judged_from if start < judged_from else rows.size)]
            soon_ms = world.time_ms[rows[min(start + BATCH + AHEAD, rows.size - 1)]]
            known_soon = np.searchsorted(world.time_ms[frauds], soon_ms - LABEL_DELAY_MS, side="right")
            due = int(min(known_soon, np.searchsorted(frauds, batch[0])))  # none before its payment is on record
            await _label(client, world, frauds[labelled:due], run)
            labelled = due
            verdicts = await _post(client, [_transaction(world, int(row), run) for row in batch])
            blind, degraded = _note(replayed, start, verdicts)
            replayed.labels = labelled
            start += batch.size
            progress(start)
            if blind:  # a merchant would go on; a measurement waits, and asks with one payment whether it is over
                await _wait_for_a_trial(client)
            size = 1 if blind else _next_size(size, is_judged=start > judged_from, degraded=degraded)
    return replayed


def _transaction(world: World, row: int, run: str) -> dict[str, str]:
    return {
        "transaction_id": f"{run}-{row}",
        "amount": f"{world.amount_minor[row] / 100:.2f}",
        "currency": "USD",
        "user_id": f"{run}-u{world.user[row]}",
        "merchant_id": f"{run}-m{world.terminal[row]}",
        "timestamp": _rfc3339(int(world.time_ms[row])),
    }


async def _post(client: httpx.AsyncClient, transactions: list[dict[str, str]]) -> list[dict[str, Any]]:
    """One verdict for each. The same again after a fault: the first verdict stands anyway."""
    for _ in range(TRIES_MAX):
        response = await _sent(client.post("/transactions", json={"transactions": transactions}))
        results: list[dict[str, Any]] = response.json()["results"]
        refused = [result for result in results if result["status"] != 200]
        if not refused:
            return [result["verdict"] for result in results]
        if any(result["status"] != 503 for result in refused):
            raise ReplayError(f"a payment was refused: {refused[0]['problem']}")
        await asyncio.sleep(BETWEEN_TRIES_S)
    raise ReplayError("the ledger was away for too long")


async def _label(client: httpx.AsyncClient, world: World, rows: Ints, run: str) -> None:
    turn = asyncio.Semaphore(LABELS_AT_ONCE)

    async def put(row: int) -> None:
        known_at = _rfc3339(int(world.time_ms[row]) + LABEL_DELAY_MS)
        said = {"is_fraud": True, "source": "replay", "known_at": known_at}
        async with turn:
            await _sent(client.put(f"/transactions/{run}-{row}/label", json=said))

    await asyncio.gather(*(put(row) for row in rows.tolist()))


def _next_size(size: int, *, is_judged: bool, degraded: int) -> int:
    if not is_judged:
        return BATCH
    return max(1, size // 2) if degraded else min(BATCH, size + CAREFUL_BATCH)


async def _let_history_catch_up(client: httpx.AsyncClient, *, behind_max: int) -> None:
    """Wait until the brain was told of all but so many payments: its overlay in memory reaches a minute back."""
    while True:
        status = (await _sent(client.get("/ledger/status"))).json()
        behind = status["history_pending"]
        if behind is not None and behind + status["pending"] <= behind_max:
            return
        await asyncio.sleep(BETWEEN_TRIES_S)


async def _wait_for_a_trial(client: httpx.AsyncClient) -> None:
    status = (await _sent(client.get("/circuit/status"))).json()
    await asyncio.sleep(status["retry_after_ms"] / 1000 + AFTER_BLIND_S)


async def _sent(call: Any) -> httpx.Response:
    try:
        response: httpx.Response = await call
    except httpx.HTTPError as error:
        raise ReplayError(f"no answer from the gateway: {type(error).__name__}") from error
    if response.status_code != 200:
        raise ReplayError(f"status {response.status_code}: {response.text[:300]}")
    return response


def _note(replayed: Replayed, start: int, verdicts: list[dict[str, Any]]) -> tuple[int, int]:
    """How many of these were blind, and how many had to do without history."""
    blind_before, degraded_before = replayed.blind, replayed.degraded
    for position, verdict in enumerate(verdicts, start):
        if verdict["scored"]:
            replayed.scores[position] = verdict["risk_score"]
            replayed.models.add("{name} {version}".format(**verdict["model"]))
            replayed.degraded += bool(verdict["degraded"])
        else:
            replayed.blind += 1
    return replayed.blind - blind_before, replayed.degraded - degraded_before


def _rfc3339(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds")
