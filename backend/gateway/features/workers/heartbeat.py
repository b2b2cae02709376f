"""The heartbeat of a worker."""

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
    """

    def __init__(self, database: Database, *, name: str, circuit: Circuit, health: LedgerHealth) -> None:
        super().__init__("heartbeat", self._beat, every_s=BEAT_S)
        self._instances = Instances(database, name=name)
        self._circuit = circuit
        self._health = health

    async def close(self) -> None:
        """Stop, and sign off where that is possible."""
        await super().close()
        await self._instances.sign_off()

    async def _beat(self) -> None:
        try:
            await self._instances.beat({"role": WORKER, "circuit_state": self._circuit.state.value})
        except (PyMongoError, TimeoutError):
            self._health.answered(False)
            return
        self._health.answered(True)
