"""Whether the ledger is healthy: the one answer for all who look before they ask it, and for people."""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog

from gateway.errors import LedgerRefused, LedgerUnavailable
from gateway.kit.circuit import Circuit, CircuitState, ErrorKinds

_log = structlog.get_logger()
# one event is one batch: its insert came back in time, or did not
LEDGER_ERRORS = ErrorKinds(refusal=LedgerUnavailable, excluded=(LedgerRefused,))


_UNKNOWN_FOR = timedelta(seconds=5)  # a new ledger's collections and indexes take 2 s on a busy machine


class LedgerHealth:
    """
    By its writes, which the circuit sees, and by a heartbeat each second.

    Attributes:
        is_ready: Set once validators and indexes are in place.
        changed_at: Since when heartbeats are answered, or are not.

    Args:
        circuit: To the ledger; None where nothing is written that somebody waits for.
    """

    def __init__(self, circuit: Circuit | None = None) -> None:
        self.is_ready = asyncio.Event()
        self.changed_at = datetime.now(UTC)
        self._circuit = circuit
        self._is_answered: bool | None = None  # the newest heartbeat; None before the first

    def is_healthy(self) -> bool:
        """Whether it makes sense to ask MongoDB for what can wait: its writes are acknowledged in time."""
        if self._circuit is None:
            return self.is_up()
        return self.is_ready.is_set() and self._circuit.state is CircuitState.CLOSED

    def is_up(self) -> bool:
        """Whether MongoDB answered the newest heartbeat. Before the first one, being ready is enough."""
        return self.is_ready.is_set() and self._is_answered is not False

    def is_down(self) -> bool:
        """Whether MongoDB is known to be away. In the first seconds of a process nothing is known yet."""
        is_news = datetime.now(UTC) < self.changed_at + _UNKNOWN_FOR
        return not self.is_up() and not (self._is_answered is not False and is_news)

    def answered(self, is_answered: bool) -> None:
        """Note what became of a heartbeat. Each change is logged once."""
        if is_answered != self._is_answered:
            self._is_answered = is_answered
            self.changed_at = datetime.now(UTC)
            say = _log.info if is_answered else _log.warning
            say("ledger.up" if is_answered else "ledger.down")
