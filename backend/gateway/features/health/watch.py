"""The status of this gateway, kept up to date in the background, and what makes an outage of it."""

from time import monotonic

from gateway.features.health.conditions import Condition, ConditionCode, Severity
from gateway.features.health.service import Status, StatusBoard
from gateway.features.health.sources import Sources
from gateway.features.outages.causes import OutageCause
from gateway.features.outages.shortages import Shortages
from gateway.kit import clock
from gateway.kit.periodic import Periodic
from gateway.scoring.scorer import Scorer

_LOOK_S = 0.5


class StatusWatch(Periodic):
    """Looks twice a second, whoever asks."""

    def __init__(self, sources: Sources, scorer: Scorer) -> None:
        """Args: scorer: its circuit knows why there was no score."""
        super().__init__("status", self._look, every_s=_LOOK_S)
        self._started_at_s = monotonic()
        self._board = StatusBoard(sources.read, now_s=monotonic, now=clock.now)
        self._circuit = scorer.circuit
        self.shortages = Shortages(
            (sources.unscored, self._why_unscored),
            (sources.degraded, self._why_degraded),
        )

    @property
    def uptime_s(self) -> float:
        """Seconds since this gateway began to look."""
        return monotonic() - self._started_at_s

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

    async def _look(self) -> None:
        self.current()
