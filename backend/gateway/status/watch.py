"""The status of this gateway, kept up to date in the background, and what makes an outage of it."""

import asyncio
from time import monotonic

import structlog

from gateway import clock
from gateway.background import Background
from gateway.ledger.causes import OutageCause
from gateway.scoring.scorer import Scorer
from gateway.status.board import Status, StatusBoard
from gateway.status.conditions import Condition, ConditionCode, Severity
from gateway.status.shortages import Shortages
from gateway.status.sources import Sources

_log = structlog.get_logger()
_LOOK_S = 0.5


class StatusWatch:
    """Looks twice a second, whoever asks. `start` and `close` belong to the gateway's lifespan."""

    def __init__(self, sources: Sources, scorer: Scorer) -> None:
        """Args: scorer: its circuit knows why there was no score."""
        self._board = StatusBoard(sources.read, now_s=monotonic, now=clock.now)
        self._circuit = scorer.circuit
        self.shortages = Shortages(
            (sources.unscored, self._why_unscored),
            (sources.degraded, self._why_degraded),
        )
        self._background = Background(self._run)

    async def start(self) -> None:
        """Begin to look."""
        self._background.start()

    async def close(self) -> None:
        """Stop."""
        await self._background.stop()

    def current(self) -> Status:
        """As of now."""
        return self._board.current()

    def told(self) -> list[str]:
        """The codes that other gateways are told: not of what these say themselves."""
        return [code.value for code in self.current().codes if code is not ConditionCode.OTHER_GATEWAY]

    def _why_unscored(self) -> str:
        faults = self._find(ConditionCode.INJECTED_FAULTS)
        if faults is not None and faults.severity is Severity.DEGRADED:
            return OutageCause.INJECTED_FAULTS
        failure = self._circuit.last_failure
        return failure.reason if failure is not None else OutageCause.UNKNOWN

    def _why_degraded(self) -> str:
        is_down = self._find(ConditionCode.LEDGER_DOWN) is not None
        return OutageCause.LEDGER_UNAVAILABLE if is_down else OutageCause.HISTORY_UNAVAILABLE

    def _find(self, code: ConditionCode) -> Condition | None:
        return next((condition for condition in self.current().conditions if condition.code is code), None)

    async def _run(self) -> None:
        while True:
            try:
                self.current()
            except Exception:
                _log.exception("status.crashed")
            await asyncio.sleep(_LOOK_S)
