"""Merchants who go on posting while something is being killed."""

import secrets
import time
from dataclasses import dataclass
from typing import Any

import httpx

from tests.beside import Beside
from tests.callers import caller

THINK_S = 0.05  # about 50 transactions a second from four merchants: the demo's pace


@dataclass(frozen=True, slots=True)
class Answer:
    """One transaction's end. `status` is 0 when the connection broke instead."""

    transaction_id: str
    status: int
    body: dict[str, Any]
    latency_ms: float


class Load(Beside):
    """Posts new transactions inside the block; `answers` grows until its end."""

    def __init__(self, url: str, *, merchants: int = 4) -> None:
        """Args: url: of the gateway; merchants: each posts, waits for the answer, pauses, and posts again."""
        self.answers: list[Answer] = []
        self._url = url
        super().__init__([self._post_on] * merchants)

    def since(self, count: int, status: int) -> bool:
        """Whether an answer after the first `count` has this status."""
        return any(answer.status == status for answer in self.answers[count:])

    def _post_on(self) -> None:
        with caller(self._url) as client:
            while not self._stop.wait(THINK_S):
                self.answers.append(_post(client, f"load-{secrets.token_hex(8)}"))


def _post(client: httpx.Client, transaction_id: str) -> Answer:
    body = {"transaction_id": transaction_id, "amount": 100, "currency": "USD", "user_id": f"user_{transaction_id}"}
    began_s = time.monotonic()
    try:
        response = client.post("/transaction", json=body)
    except httpx.TransportError as error:
        return Answer(transaction_id, 0, {"error": repr(error)}, (time.monotonic() - began_s) * 1000)
    return Answer(transaction_id, response.status_code, response.json(), (time.monotonic() - began_s) * 1000)
