"""Watches the circuit from outside, through GET /circuit/status."""

import asyncio
import time
from collections.abc import Callable

import httpx

from chaos.tally import CircuitChange

POLL_S = 0.2  # so precisely are the times of changes known
UNKNOWN = "unknown"


async def read_state(client: httpx.AsyncClient) -> str:
    """Read the state that the gateway reports, such as "closed"; "unknown" without an answer."""
    try:
        answer = await client.get("/circuit/status")
        return str(answer.json()["state"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return UNKNOWN


class CircuitWatch:
    """Keeps the last state and reports each change."""

    def __init__(self, client: httpx.AsyncClient, *, on_change: Callable[[CircuitChange], None]) -> None:
        self.state = UNKNOWN
        self._client = client
        self._on_change = on_change

    async def run(self, *, began_s: float) -> None:
        """Poll until cancelled. Times of changes are counted from `began_s` on the monotonic clock."""
        self.state = await read_state(self._client)
        while True:
            await asyncio.sleep(POLL_S)
            state = await read_state(self._client)
            if state != self.state:
                self._on_change(CircuitChange(time.monotonic() - began_s, self.state, state))
                self.state = state
