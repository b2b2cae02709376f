"""When keys were last used: noted in memory with each request, written down once a minute."""

from collections.abc import Callable
from datetime import datetime

from gateway.access.store import KeyStore
from gateway.errors import LedgerFailure
from gateway.kit import clock
from gateway.kit.periodic import Periodic

_WRITE_S = 60.0


class KeyUsage(Periodic):
    """
    Runs as long as the process does.

    Args:
        used: Gives what was used since it was asked the last time: seconds since the epoch by public id.
    """

    def __init__(self, store: KeyStore, used: Callable[[], dict[str, float]], is_up: Callable[[], bool]) -> None:
        super().__init__("keys.used", self._write, every_s=_WRITE_S, expected=(LedgerFailure,))
        self._store = store
        self._used = used
        self._is_up = is_up

    async def _write(self) -> None:
        if not self._is_up():
            return  # what is noted meanwhile is written afterwards
        used: dict[str, datetime] = {key: clock.from_s(at_s) for key, at_s in self._used().items()}
        if used:
            await self._store.note_used(used)
