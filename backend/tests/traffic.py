"""Payments that keep coming while a test breaks something."""

import secrets
from typing import Any

from tests.amount_model import RISKY
from tests.beside import Beside
from tests.callers import caller

_CLIENTS = 3


class Payments(Beside):
    """
    Posts new payments inside the block, each third a risky one, and keeps every reply.

    Args:
        url: Of the gateway.
        pause_s: Between a reply and the next payment of each client.
    """

    def __init__(self, url: str, *, pause_s: float = 0.05) -> None:
        self.replies: list[dict[str, Any]] = []
        self._url = url
        self._pause_s = pause_s
        super().__init__([self._work] * _CLIENTS)

    @property
    def degraded(self) -> list[dict[str, Any]]:
        """Those that were scored without history, in the order of their verdicts."""
        found = [reply for reply in list(self.replies) if "history" in reply["degraded"]]
        return sorted(found, key=lambda reply: str(reply["created_at"]))

    def _work(self) -> None:
        with caller(self._url) as client:
            while not self._stop.wait(self._pause_s):
                name, amount = secrets.token_hex(6), RISKY if len(self.replies) % 3 == 0 else 12.5
                body = {"transaction_id": f"p-{name}", "amount": amount, "currency": "USD", "user_id": f"user_{name}"}
                response = client.post("/transaction", json=body)
                response.raise_for_status()
                self.replies.append(response.json())
