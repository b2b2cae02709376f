"""The whole picture of one gateway, as GET /health tells it. Read from memory: it waits for no neighbour."""

from gateway import VERSION
from gateway.fallback.policy_file import PolicyFile
from gateway.features.fleet.service import instance_name
from gateway.features.health.schemas import (
    BrainHealthOut,
    ClockOut,
    HealthOut,
    LedgerHealthOut,
    ListsHealthOut,
    NeighboursOut,
    PolicyOut,
    ScorerHealthOut,
    StatusOut,
)
from gateway.features.health.service import StatusWatch
from gateway.features.lists.service import Lists
from gateway.kit import clock
from gateway.ledger.service import Ledger
from gateway.scoring.scorer import Scorer


class HealthReport:
    """Puts together what the parts of a gateway know of themselves."""

    def __init__(
        self, *, scorer: Scorer, ledger: Ledger, lists: Lists, policy: PolicyFile, status: StatusWatch
    ) -> None:
        self._scorer = scorer
        self._ledger = ledger
        self._lists = lists
        self._policy = policy
        self._status = status

    def current(self) -> HealthOut:
        """Report the state at this moment."""
        monitor, skew, policy = self._scorer.monitor, clock.LEDGER.skew, self._policy
        brain_is_up, ledger_is_up = self._scorer.health.is_reachable(), self._ledger.health.is_up()
        silent_s = monitor.seconds_since_score
        status = StatusOut.of(self._status.current())
        return HealthOut(
            status=status.status,
            summary=status.summary,
            conditions=status.conditions,
            service="sentinel-gateway",
            version=VERSION,
            instance=instance_name(),
            uptime_s=round(self._status.uptime_s, 1),
            services=NeighboursOut(
                brain=BrainHealthOut(status="up" if brain_is_up else "down", circuit=self._scorer.circuit.state),
                ledger=LedgerHealthOut(status="up" if ledger_is_up else "down", since=self._ledger.health.changed_at),
            ),
            scorer=ScorerHealthOut(
                last_score_at=monitor.last_score_at,
                seconds_since=None if silent_s is None else round(silent_s, 1),
                last_canary_at=monitor.last_canary_at,
                blind_share_1m=_share(monitor.blind_share),
                degraded_share_1m=_share(monitor.without_history.over().share),
                is_blind=monitor.blindness is not None,
            ),
            policy=PolicyOut(version=policy.current.version, loaded_at=policy.current.loaded_at, error=policy.error),
            lists=ListsHealthOut(entries=len(self._lists), as_of=self._lists.as_of),
            clock=ClockOut(
                skew_ms=None if skew is None else round(skew.total_seconds() * 1000), is_wrong=clock.LEDGER.is_wrong
            ),
        )


def _share(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
