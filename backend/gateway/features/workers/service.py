"""How a worker works: it says that it lives, and does each job while it holds the lease of it."""

from collections.abc import Awaitable, Callable, Sequence

from pymongo.errors import PyMongoError

from gateway.errors import LedgerFailure
from gateway.features.fleet.store import BEAT_S, WORKER, Instances
from gateway.features.workers.store import JobLeases
from gateway.kit.circuit import Circuit
from gateway.kit.periodic import Periodic
from gateway.ledger.audit_chain import Head
from gateway.ledger.client import Database
from gateway.ledger.health import LedgerHealth


class WorkerHeartbeat(Periodic):
    """
    Tells the gateways each second that this worker lives.

    Args:
        name: Of this process.
        circuit: Of this worker, to the brains.
        health: Told whether each heartbeat was answered.
        heads: The ends of its chains: nobody can cut them unnoticed while it lives.
        settled: How many unscored verdicts it has dealt with; the gateways see by it whether it works.
    """

    def __init__(
        self,
        database: Database,
        *,
        name: str,
        circuit: Circuit,
        health: LedgerHealth,
        settled: Callable[[], int],
        heads: Callable[[], Sequence[Head]],
    ) -> None:
        super().__init__("heartbeat", self._beat, every_s=BEAT_S)
        self._instances = Instances(database, name=name)
        self._circuit = circuit
        self._health = health
        self._settled = settled
        self._heads = heads

    async def close(self) -> None:
        """Stop, and sign off where that is possible."""
        await super().close()
        await self._instances.sign_off()

    async def _beat(self) -> None:
        try:
            state = {
                "role": WORKER,
                "circuit_state": self._circuit.state.value,
                "settled": self._settled(),
                "chains": [head.to_document() for head in self._heads()],
            }
            await self._instances.beat(state)
        except (PyMongoError, TimeoutError):
            self._health.answered(False)
            return
        self._health.answered(True)


class Job(Periodic):
    """
    Repeats a step while MongoDB is up and this worker holds the lease of the job.

    Args:
        step: Returns True when there is more to do at once. Raises LedgerFailure.
        every_s: Seconds between two steps; who does not hold the lease asks for it as often.
        is_open: Whether the step can do anything now.
    """

    def __init__(
        self,
        name: str,
        step: Callable[[], Awaitable[bool | None]],
        leases: JobLeases,
        *,
        every_s: float,
        is_open: Callable[[], bool],
    ) -> None:
        super().__init__(name, self._turn, every_s=every_s, expected=(LedgerFailure,))
        self._do = step
        self._leases = leases
        self._is_open = is_open

    async def _turn(self) -> bool:
        return self._is_open() and await self._leases.take(self._name) and bool(await self._do())
