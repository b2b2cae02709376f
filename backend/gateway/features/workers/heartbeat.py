"""The heartbeat of a worker, and what it hears of the gateways with it."""

from collections.abc import Sequence

from pymongo.errors import PyMongoError

from gateway.features.fleet.store import BEAT_S, WORKER, Document, Instances
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
        self._gateways: Sequence[Document] | None = None

    async def close(self) -> None:
        """Stop, and sign off where that is possible."""
        await super().close()
        await self._instances.sign_off()

    def journals_are_empty(self) -> bool:
        """Whether MongoDB has every verdict of the gateways that live; False while that cannot be known."""
        return self._gateways is not None and not any(gateway.get("journal_pending") for gateway in self._gateways)

    async def _beat(self) -> None:
        try:
            found = await self._instances.beat({"role": WORKER, "circuit_state": self._circuit.state.value})
        except (PyMongoError, TimeoutError):
            self._gateways = None
            self._health.answered(False)
            return
        self._gateways = [document for document in found if document.get("role") != WORKER]
        self._health.answered(True)
