"""Whether the brain is healthy: the one answer for all who look before they ask it, or act on its scores."""

from typing import Protocol

from gateway.kit.circuit import Circuit, CircuitState
from gateway.scoring.monitor import ScoreMonitor

_BLIND_SHARE_MAX = 0.05  # of the last minute: more is an outage that the circuit does not see


class Brains(Protocol):
    """The connected brains: `gateway.scoring.pool.BrainPool` in production."""

    @property
    def is_reachable(self) -> bool:
        """Whether a stream to a trusted brain is open."""


class ScorerHealth:
    """
    From weak to strong: `is_reachable`, `is_healthy`, and two that include both: `is_proven` and `is_steady`.

    Args:
        circuit: To the scorer.
        brains: Those that are connected.
        monitor: What came of what was asked, and what the canaries found.
    """

    def __init__(self, circuit: Circuit, brains: Brains, monitor: ScoreMonitor) -> None:
        self._circuit = circuit
        self._brains = brains
        self._monitor = monitor

    def is_reachable(self) -> bool:
        """Whether a stream to a trusted brain is open. A trial may be made."""
        return self._brains.is_reachable

    def is_healthy(self) -> bool:
        """Whether the circuit is also closed. Scores can be expected."""
        return self.is_reachable() and self._circuit.state is CircuitState.CLOSED

    def is_proven(self) -> bool:
        """Whether a canary has also passed since the circuit closed, and no brain is under suspicion."""
        return self.is_healthy() and self._monitor.canaries_pass

    def is_steady(self) -> bool:
        """
        Whether nearly all customers of the last minute also got a score.

        Overloaded, or failing two times in three, a circuit stays closed, and much is approved blind all the same.
        """
        return self.is_healthy() and (self._monitor.blind_share or 0.0) < _BLIND_SHARE_MAX
