"""Clients of one gateway that post batches as fast as they are answered, and one that posts single transactions."""

import secrets
import time
from collections import Counter
from typing import Any

from tests.beside import Beside
from tests.callers import caller

TIMEOUT_S = 60.0  # as balancers give a request
THINK_S = 0.02  # of the single client: a checkout, not a load


class Crowd(Beside):
    """
    Post inside the block; what the verdicts said is kept.

    Attributes:
        singles: Of the client that posts one at a time: "scored", a fallback's reason, or a problem's code.
        batched: Likewise, of the items of all batches.
        single_s: How long each single transaction took.
    """

    def __init__(self, url: str, *, batch_clients: int, batch_size: int) -> None:
        self.singles: Counter[str] = Counter()
        self.batched: Counter[str] = Counter()
        self.single_s: list[float] = []
        self._url = url
        super().__init__([self._post_singles, *[lambda: self._post_batches(batch_size)] * batch_clients])

    @property
    def p99_ms(self) -> float:
        """Of the single transactions."""
        return sorted(self.single_s)[int(len(self.single_s) * 0.99)] * 1000

    def _post_singles(self) -> None:
        with caller(self._url, timeout_s=TIMEOUT_S) as client:
            while not self._stop.wait(THINK_S):
                began_s = time.monotonic()
                response = client.post("/transaction", json=_payment())
                self.single_s.append(time.monotonic() - began_s)
                self.singles[_outcome(response.status_code, response.json())] += 1

    def _post_batches(self, size: int) -> None:
        with caller(self._url, timeout_s=TIMEOUT_S) as client:
            while not self._stop.is_set():
                response = client.post("/transactions", json={"transactions": [_payment() for _ in range(size)]})
                for result in response.json()["results"]:
                    self.batched[_outcome(result["status"], result.get("verdict") or result["problem"])] += 1


def _payment() -> dict[str, Any]:
    return {
        "transaction_id": f"crowd-{secrets.token_hex(8)}",
        "amount": "12.50",
        "currency": "USD",
        "user_id": f"user_{secrets.randbelow(300)}",
        "merchant_id": f"shop_{secrets.randbelow(60)}",
    }


def _outcome(status: int, body: dict[str, Any]) -> str:
    if status != 200:
        return str(body["code"])
    return "scored" if body["scored"] else str(body["fallback"]["reason_code"])
