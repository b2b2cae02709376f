"""Sends payments through a running gateway in order of time, with their labels, as merchants and banks would."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray

from brain.features.windows import NEVER_MS
from training.payments import Payments
from training.requests import Request, Requests

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.object_]

BATCH = 500  # the gateway's own limit; one batch after the other, so that time goes forward
CAREFUL_BATCH = 10  # size of the first evaluated batch, and the step by which batches grow
PENDING_MAX = 5_000  # payments that the ledger may lack while the brain, which scored them, still remembers them
CATCH_UP_EVERY = 20 * BATCH
LABELS_AT_ONCE = 16
TIMEOUT_S = 60.0
TRIES_MAX = 5
BETWEEN_TRIES_S = 1.0
READ_S = 1.5  # the brain looks for new records and labels four times a second
AFTER_BLIND_S = 0.1
# A label takes a second to reach the brain, in which hours of the world's time pass here. So it is sent this many
# payments before it may be used; it carries the time from which it counts.
AHEAD = 10_000


class ReplayError(Exception):
    """The gateway did not do what a replay needs. The message says what."""


@dataclass(slots=True)
class Replayed:
    """
    The results of a replay.

    Attributes:
        scores: (n,) risk score of each payment sent, in order; NaN where the verdict was blind.
        models: (n,) "name version" of what scored it, "" where nothing did.
        blocked: (n,) whether it was blocked.
        blind: Count of verdicts without a score.
        degraded: Count of scores made without history.
        labels: Count of labels that were accepted.
    """

    scores: Floats
    models: Texts
    blocked: Bools
    blind: int = 0
    degraded: int = 0
    labels: int = 0

    @classmethod
    def of(cls, size: int) -> "Replayed":
        """Nothing is known yet of so many payments."""
        return cls(np.full(size, np.nan), np.full(size, "", dtype=object), np.zeros(size, dtype=np.bool_))


async def replay(
    payments: Payments,
    rows: Ints,
    url: str,
    *,
    judged_from: int,
    progress: Callable[[int], None],
    halfway: Callable[[], None] | None = None,
    run: str | None = None,
    earlier: Ints | None = None,
    key: str | None = None,
) -> Replayed:
    """
    Send some of the payments, ascending in time, and the label of each fraud when it became known.

    Nobody hears of a fraud that was blocked, so it gets no label.

    Payments before `judged_from` only fill histories. From there on scores are measured, not speed: the ledger may
    catch up, and the batch size halves whenever a score was made without history.

    Args:
        judged_from: Index into `rows`.
        progress: Called after each batch with the number of payments sent.
        halfway: Promotes a model, in a thread beside the payments, once half of those from `judged_from` on are sent.
            The last quarter of them waits until it decides.
        run: Begins every id; None: one of its own, so that replays on one ledger share no transactions.
        earlier: Payments that were sent before under this run and not blocked, whose labels may be still to come.
        key: What the gateway lets us in by.

    Raises:
        ReplayError: no gateway answers at `url`, or it refuses a valid request.
    """
    requests = Requests(payments, run or secrets.token_hex(4))
    replayed = Replayed.of(rows.size)
    waiting = _labels(payments, rows if earlier is None else np.concatenate([earlier, rows]))
    beside, is_over = None, False
    headers = {} if key is None else {"X-API-Key": key}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=TIMEOUT_S, trust_env=False) as client:
        start, size = 0, BATCH
        while start < rows.size:
            if start == judged_from:
                await _let_ledger_catch_up(client, pending_max=0)
                await asyncio.sleep(READ_S)
                size = CAREFUL_BATCH
            elif start >= judged_from or start % CATCH_UP_EVERY == 0:
                await _let_ledger_catch_up(client, pending_max=PENDING_MAX)
            batch = rows[start : min(start + size, judged_from if start < judged_from else rows.size)]
            soon_ms = payments.time_ms[rows[min(start + BATCH + AHEAD, rows.size - 1)]]
            # None before its payment is on record.
            due = (payments.known_at_ms[waiting] <= soon_ms) & (waiting < batch[0])
            done = (start - judged_from) / max(1, rows.size - judged_from)
            if halfway is not None and beside is None and done >= 1 / 2:
                beside = asyncio.create_task(asyncio.to_thread(halfway))
            if beside is not None and done >= 3 / 4 and not is_over:
                await beside
                is_over = await _brains_follow(client)
            await _label(client, requests, waiting[due])
            replayed.labels += int(np.count_nonzero(due))
            waiting = waiting[~due]
            verdicts = await _post(client, [requests[int(row)] for row in batch])
            blind, degraded = _note(replayed, start, verdicts)
            waiting = np.setdiff1d(waiting, batch[replayed.blocked[start : start + batch.size]])
            start += batch.size
            progress(start)
            if blind:  # a merchant would go on; a measurement waits, then tries one payment
                await _wait_for_a_trial(client)
            size = 1 if blind else _next_size(size, is_judged=start > judged_from, degraded=degraded)
    return replayed


async def _post(client: httpx.AsyncClient, transactions: list[Request]) -> list[dict[str, Any]]:
    """Get a verdict for each. Sends the same again after a failure: the first verdict stays."""
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


def _labels(payments: Payments, rows: Ints) -> Ints:
    """Return those of the rows that are called fraud some day; genuine payments are never labelled."""
    return rows[payments.fraud[rows] & (payments.known_at_ms[rows] < NEVER_MS)]


async def _label(client: httpx.AsyncClient, requests: Requests, rows: Ints) -> None:
    turn = asyncio.Semaphore(LABELS_AT_ONCE)

    async def put(row: int) -> None:
        known_at = _rfc3339(int(requests.payments.known_at_ms[row]))
        label = {"is_fraud": True, "source": "replay", "known_at": known_at}
        async with turn:
            await _sent(client.put(f"/transactions/{requests.transaction_id(row)}/label", json=label))

    await asyncio.gather(*(put(row) for row in rows.tolist()))


def _next_size(size: int, *, is_judged: bool, degraded: int) -> int:
    if not is_judged:
        return BATCH
    return max(1, size // 2) if degraded else min(BATCH, size + CAREFUL_BATCH)


async def _let_ledger_catch_up(client: httpx.AsyncClient, *, pending_max: int) -> None:
    """Wait until the ledger lacks `pending_max` payments at most: the brain remembers a payment one minute."""
    while True:
        status = (await _sent(client.get("/ledger/status"))).json()
        if status["pending"] <= pending_max:
            return
        await asyncio.sleep(BETWEEN_TRIES_S)


async def _brains_follow(client: httpx.AsyncClient) -> bool:
    """Wait until the gateway has heard from every brain that the promoted model decides there."""
    while True:
        told = (await _sent(client.get("/models"))).json()
        if told["brains"] and all(brain["artifact"] == told["live"] for brain in told["brains"]):
            return True
        if told["refused"]:
            raise ReplayError(f"a brain refuses the promoted model: {told['refused'][0]['reason']}")
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
    """Record verdicts; return how many were blind and how many were scored without history."""
    blind_before, degraded_before = replayed.blind, replayed.degraded
    for position, verdict in enumerate(verdicts, start):
        replayed.blocked[position] = verdict["decision"] == "block"
        if verdict["scored"]:
            replayed.scores[position] = verdict["risk_score"]
            replayed.models[position] = "{name} {version}".format(**verdict["model"])
            replayed.degraded += "history" in verdict["degraded"]
        else:
            replayed.blind += 1
    return replayed.blind - blind_before, replayed.degraded - degraded_before


def _rfc3339(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds")
