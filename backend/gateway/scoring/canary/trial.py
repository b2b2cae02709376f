"""
Makes the circuit's trial with a canary, so that recovery needs no customer, no ledger and no worker.

pybreaker turns half-open only when a call comes. Without traffic an open circuit would stay open for ever, and with
traffic a customer would have to try it out.
"""

import contextlib
from collections.abc import Awaitable, Callable

from gateway.kit.circuit import Circuit
from gateway.kit.periodic import Periodic
from gateway.scoring.errors import ScorerFailure

_LOOK_S = 0.25


class Trial(Periodic):
    """Looks four times a second whether a trial is due."""

    def __init__(
        self,
        circuit: Circuit,
        *,
        is_reachable: Callable[[], bool],
        try_canary: Callable[[], Awaitable[object]],
    ) -> None:
        """
        Args:
            is_reachable: Whether there is a brain that can be asked: no trial is wasted on a dead socket.
            try_canary: Scores a canary through the circuit; raises ScorerFailure.
        """
        super().__init__("trial", self._look, every_s=_LOOK_S)
        self._circuit = circuit
        self._is_reachable = is_reachable
        self._try_canary = try_canary

    async def look(self) -> bool:
        """Make the trial if it is due; whether one was made."""
        if not self._circuit.is_trial_due or not self._is_reachable():
            return False
        with contextlib.suppress(ScorerFailure):  # the circuit knows
            await self._try_canary()
        return True

    async def _look(self) -> None:
        await self.look()
