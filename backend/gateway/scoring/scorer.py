"""The way to a score: circuit, then hedged attempts on the standing stream, then a plausible answer."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import grpc

from gateway.circuit import Circuit, CircuitState
from gateway.domain import Label, Score, Transaction
from gateway.errors import CircuitRefused, ScorerFailure, ScorerUnavailable
from gateway.scoring.hedging import HedgedCall
from gateway.scoring.pool import BrainPool, BrainStatus
from gateway.scoring.resolver import Resolve, by_name
from gateway.scoring.wire import to_wire, to_wire_label
from gateway.settings import Settings
from protos import fraud_pb2

_TELL_TIMEOUT_S = 2.0
_DESCRIBE_TIMEOUT_S = 2.0


class Scorer:
    """Scores transactions; tells the brain which ones stand."""

    def __init__(self, settings: Settings, circuit: Circuit, *, resolve: Resolve | None = None) -> None:
        """Args: resolve: where the brains are; by default the name in the settings says."""
        self.circuit = circuit
        self._budget_s = settings.scoring_budget_ms / 1000
        self._hedge_delay_s = settings.hedge_delay_ms / 1000
        self._attempts_max = settings.attempts_max
        self._pool = BrainPool(
            resolve or by_name(settings.brain_service_host, settings.brain_service_port),
            waiting_max=settings.scoring_waiting_max,
            connect_s=settings.brain_connect_s,
        )

    async def start(self) -> None:
        """Connect, or go on trying in the background: a gateway starts without a brain."""
        await self._pool.start()

    async def close(self) -> None:
        """Hang up."""
        await self._pool.close()

    @property
    def is_reachable(self) -> bool:
        """True while a stream to a brain is open."""
        return self._pool.is_reachable

    def brains(self) -> list[BrainStatus]:
        """Every brain behind the name."""
        return self._pool.brains()

    async def score(self, transaction: Transaction) -> Score:
        """
        Score one transaction within the scoring budget.

        Its final outcome after hedging is one event to the circuit, not each attempt.

        Raises:
            ScorerFailure: there is no score; its class says why.
        """
        if self.circuit.state is CircuitState.OPEN and not self.is_reachable:
            # A trial into a socket that is known to be dead would fail and cost another reset_s.
            raise CircuitRefused("the circuit is open and the scorer refuses connections")
        message = to_wire(transaction)  # before admission: nothing may raise between a permit and its outcome
        permit = self.circuit.admit()
        call = HedgedCall(
            message,
            self._pool,
            deadline_s=asyncio.get_running_loop().time() + self._budget_s,
            delay_s=self._hedge_delay_s,
            attempts_max=self._attempts_max,
        )
        try:
            score = await call.score()
        except ScorerFailure as failure:
            permit.failed(failure)
            raise
        except BaseException:
            permit.abandoned()
            raise
        permit.succeeded()
        return score

    async def describe(self) -> dict[str, fraud_pb2.ModelDescription]:
        """What every connected brain says of its models, by address; who does not answer in time is left out."""
        stubs = self._pool.stubs()
        request = fraud_pb2.DescribeRequest()
        calls = (stub.Describe(request, timeout=_DESCRIBE_TIMEOUT_S) for stub in stubs.values())
        answers = await asyncio.gather(*calls, return_exceptions=True)
        described: dict[str, fraud_pb2.ModelDescription] = {}
        for address, answer in zip(stubs, answers, strict=True):
            if isinstance(answer, fraud_pb2.ModelDescription):
                described[address] = answer
            elif not isinstance(answer, (grpc.aio.AioRpcError, asyncio.CancelledError)):  # its channel was closed
                raise answer
        return described

    async def observe(self, transactions: Sequence[Transaction]) -> None:
        """
        Tell the brain that these stand in the ledger. Safe to repeat.

        Raises:
            ScorerUnavailable: not promised; tell it again.
        """
        request = fraud_pb2.ObserveRequest(transactions=[to_wire(t) for t in transactions])
        with _told():
            await self._pool.pick((), may_probe=False).stub.Observe(request, timeout=_TELL_TIMEOUT_S)

    async def learn(self, labels: Sequence[tuple[Transaction, Label]]) -> None:
        """
        Tell the brain what these turned out to be. Safe to repeat.

        Raises:
            ScorerUnavailable: not promised; tell it again.
        """
        request = fraud_pb2.LearnRequest(labels=[to_wire_label(*labelled) for labelled in labels])
        with _told():
            await self._pool.pick((), may_probe=False).stub.Learn(request, timeout=_TELL_TIMEOUT_S)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except grpc.aio.AioRpcError as error:
        raise ScorerUnavailable(f"the brain did not take note: {error.code().name}") from None
