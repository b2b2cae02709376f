"""The heartbeat of a worker."""

from collections.abc import Callable

from pymongo.errors import PyMongoError

from gateway.features.fleet.store import BEAT_S, WORKER, Instances
from gateway.kit.circuit import Circuit
from gateway.kit.periodic import Periodic
from gateway.ledger.client import Database
from gateway.ledger.health import LedgerHealth


class WorkerHeartbeat(Periodic):
    """
    Tells the gateways each second that this worker lives.

    Args:
        name: Of this process.
        circuit: Of this worker, to the brains.
        health: Told whether each heartbeat was answered.
        settled: How many unscored verdicts it has dealt with; the gateways see by it whether it works.
    """

    def __init__(
        self, database: Database, *, name: str, circuit: Circuit, health: LedgerHealth, settled: Callable[[], int]
    ) -> None:
        super().__init__("heartbeat", self._beat, every_s=BEAT_S)
        self._instances = Instances(database, name=name)
        self._circuit = circuit
        self._health = health
        self._settled = settled

    async def close(self) -> None:
        """Stop, and sign off where that is possible."""
        await super().close()
        await self._instances.sign_off()

    async def _beat(self) -> None:
        try:
            state = {"role": WORKER, "circuit_state": self._circuit.state.value, "settled": self._settled()}
            await self._instances.beat(state)
        except (PyMongoError, TimeoutError):
            self._health.answered(False)
            return
        self._health.answered(True)
