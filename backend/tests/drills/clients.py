"""Checkouts that post until they have a verdict, and now and then the same again, or another body for a known id."""

import random
import secrets
from functools import partial
from typing import Any

import httpx

from tests.beside import Beside
from tests.callers import caller
from tests.drills.receipts import Receipts

REPLAY_SHARE = 0.10
CONFLICT_SHARE = 0.05
AGAIN_AFTER_S = 0.1
TIMEOUT_S = 10.0
REMEMBERED = 2_000  # of its own ids, a client comes back to the newest


class Clients(Beside):
    """
    Post inside the block, each at its own pace, and write everything into the receipts.

    Args:
        urls: Of gateways; clients are shared out among them and stay with theirs.
        clients: How many.
        think_s: Between an answer and the next payment of a client.
    """

    def __init__(self, urls: list[str], receipts: Receipts, *, clients: int, think_s: float = 0.0) -> None:
        self._receipts = receipts
        self._think_s = think_s
        super().__init__(partial(self._work, urls[n % len(urls)], random.Random(n)) for n in range(clients))

    def _work(self, url: str, chance: random.Random) -> None:
        mine: list[dict[str, Any]] = []
        with caller(url, timeout_s=TIMEOUT_S) as client:
            while not self._stop.wait(self._think_s):
                draw = chance.random()
                if mine and draw < CONFLICT_SHARE:
                    body = chance.choice(mine[-REMEMBERED:])
                    other = body | {"amount": "99999.99"}  # more than any of ours
                    if (status := self._post_until_answered(client, other)) is not None:
                        self._receipts.conflicted(body["transaction_id"], status)
                elif mine and draw < CONFLICT_SHARE + REPLAY_SHARE:
                    self._post_until_answered(client, chance.choice(mine[-REMEMBERED:]))
                else:
                    body = _payment(chance)
                    if self._post_until_answered(client, body) == 200:
                        mine.append(body)

    def _post_until_answered(self, client: httpx.Client, body: dict[str, Any]) -> int | None:
        """Like a checkout with a queue: tries again after a broken connection or a 503. None: the drill ended first."""
        while not self._stop.is_set():
            try:
                response = client.post("/transaction", json=body)
            except httpx.TransportError:
                self._receipts.answered(0)
            else:
                self._receipts.answered(response.status_code)
                if response.status_code == 200:
                    self._receipts.acknowledged(response.json())
                if response.status_code != 503:
                    return response.status_code
            self._stop.wait(AGAIN_AFTER_S)
        return None


def _payment(chance: random.Random) -> dict[str, Any]:
    cents = round(min(40_000.0, 300 * 2 ** chance.gauss(2.5, 1.5)))
    return {
        "transaction_id": f"drill-{secrets.token_hex(8)}",
        "amount": f"{cents // 100}.{cents % 100:02}",
        "currency": "USD",
        "user_id": f"user_{chance.randrange(300)}",
        "merchant_id": f"shop_{chance.randrange(60)}",
    }
