"""The way to a score: circuit, then hedged attempts on the standing stream, then a plausible answer."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from itertools import chain, islice
from time import monotonic
from typing import Any

import grpc

from gateway.domain import Score, Transaction
from gateway.kit import clock
from gateway.kit.circuit import Circuit, CircuitState, Permit
from gateway.scoring.errors import (
    CircuitRefused,
    ScorerFailure,
    ScorerInvalidResponse,
    ScorerRefusedRequest,
    ScorerTimedOut,
)
from gateway.scoring.health import ScorerHealth
from gateway.scoring.hedging import HedgedCall, Hedging
from gateway.scoring.monitor import ScoreMonitor
from gateway.scoring.pool import ONLY_UNHEALTHY, BrainPool, BrainStatus, Resolve, by_name
from gateway.scoring.wire import to_wire
from gateway.settings import Settings
from protos import fraud_pb2, fraud_pb2_grpc

_DESCRIBE_TIMEOUT_S = 2.0
_PROBE_TIMEOUT_S = 3.0  # above the injected 2 s: slowness is the stream's matter, this looks for lies

Answer = fraud_pb2.ScoreReply | None


class Scorer:
    """Scores transactions: asks the brains, where the circuit lets it."""

    def __init__(
        self,
        settings: Settings,
        circuit: Circuit,
        *,
        monitor: ScoreMonitor | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        """
        Args:
            monitor: Told of each score that came or did not.
            resolve: Where the brains are; by default the name in the settings says.
        """
        self.circuit = circuit
        self.monitor = monitor or ScoreMonitor(blind_after_s=settings.blind_alert_s, now_s=monotonic, now=clock.now)
        self._bulk_timed_out_s = -float("inf")  # when one of many last counted to the circuit
        self._pool = BrainPool(
            resolve or by_name(settings.brain_service_host, settings.brain_service_port),
            waiting_max=settings.scoring_waiting_max,
            connect_s=settings.brain_connect_s,
            token=settings.brain_token,
        )
        self._hedging = Hedging(
            self._pool,
            budget_s=settings.scoring_budget_ms / 1000,
            delay_s=settings.hedge_delay_ms / 1000,
            attempts_max=settings.attempts_max,
        )
        self.health = ScorerHealth(circuit, self._pool, self.monitor)

    async def start(self) -> None:
        """Connect, or go on trying in the background: a gateway starts without a brain."""
        await self._pool.start()

    async def close(self) -> None:
        """Hang up."""
        await self._pool.close()

    @property
    def has_only_unhealthy(self) -> bool:
        """True while brains are connected, and every one of them failed its canaries."""
        return self._pool.has_only_unhealthy

    @property
    def waiting(self) -> int:
        """Attempts that no brain has answered yet: live ones, hedges, and those of the backlog."""
        return self._pool.waiting

    def brains(self) -> list[BrainStatus]:
        """Every brain behind the name."""
        return self._pool.brains()

    def score(self, transaction: Transaction) -> Coroutine[Any, Any, Score]:
        """
        Score one transaction within the scoring budget.

        Its final outcome after hedging is one event to the circuit, not each attempt.

        Raises:
            ScorerFailure: there is no score; its class says why.
        """
        return self._score_watched(transaction, is_live=True)

    def score_in_batch(self, transaction: Transaction) -> Coroutine[Any, Any, Score]:
        """
        Likewise, for an item of a batch, of which many are under way at once.

        Those that time out together are one event to the circuit: one standstill must not look like three.
        """
        return self._score_watched(transaction, is_live=True, is_bulk=True)

    def rescore(self, transaction: Transaction) -> Coroutine[Any, Any, Score]:
        """Likewise, for a verdict that was given long ago: nobody waits for it, and many are under way at once."""
        return self._score_watched(transaction, is_live=False, is_bulk=True)

    async def score_canary(self, canary: fraud_pb2.Transaction) -> Score:
        """Likewise, for one that was made up: the whole way, and no real score."""
        permit = self._admit()
        try:
            score = await HedgedCall(canary, self._hedging).score()
        except BaseException as error:
            self._settle_failed(permit, error)
            raise
        permit.succeeded()
        return score

    async def _score_watched(self, transaction: Transaction, *, is_live: bool, is_bulk: bool = False) -> Score:
        began_s = monotonic() if is_bulk else None
        try:
            permit = self._admit()
            try:
                score = await HedgedCall(to_wire(transaction), self._hedging).score()
            except BaseException as error:
                self._settle_failed(permit, error, bulk_began_s=began_s)
                raise
        except ScorerRefusedRequest:  # the brain sees well, and this one it will not look at
            raise
        except ScorerFailure:
            self.monitor.unscored(is_live=is_live)
            raise
        permit.succeeded()
        self.monitor.scored(is_live=is_live, is_degraded=bool(score.degraded))
        return score

    def _admit(self) -> Permit:
        """Ask the circuit, before a message is made. Nothing may raise between a permit and its outcome."""
        if self.circuit.state is CircuitState.OPEN and not self.health.is_reachable():
            # A trial into a socket that is known to be dead would fail and cost another reset_s.
            raise CircuitRefused("the circuit is open and no brain can be asked")
        return self.circuit.admit()

    def _settle_failed(self, permit: Permit, error: BaseException, *, bulk_began_s: float | None = None) -> None:
        """Args: bulk_began_s: when one of many began."""
        if not isinstance(error, ScorerFailure):
            permit.abandoned()
        elif bulk_began_s is None:
            permit.failed(error)
        elif isinstance(error, ScorerTimedOut) and bulk_began_s < self._bulk_timed_out_s:
            permit.abandoned()
        else:
            permit.failed(error)
            self._bulk_timed_out_s = monotonic()

    async def probe(self, canaries_for: Callable[[str], Sequence[fraud_pb2.Transaction]]) -> dict[str, list[Answer]]:
        """
        What every connected brain answers to the canaries for its address, in order; None where it does not.

        Beside the stream and the circuit: so each brain is looked at, and one that lies among others is found.
        """
        calls = {
            address: [
                stub.Score(fraud_pb2.ScoreRequest(transaction=canary), timeout=_PROBE_TIMEOUT_S)
                for canary in canaries_for(address)
            ]
            for address, stub in self._pool.stubs().items()
        }
        answers = iter(await asyncio.gather(*chain.from_iterable(calls.values()), return_exceptions=True))
        return {
            address: [
                answer if isinstance(answer, fraud_pb2.ScoreReply) else None for answer in islice(answers, len(asked))
            ]
            for address, asked in calls.items()
        }

    def distrust(self, address: str, is_distrusted: bool) -> None:
        """Stop asking an unhealthy brain, or ask it again. While only unhealthy ones answer, the circuit is open."""
        self._pool.distrust(address, is_distrusted)
        if self.has_only_unhealthy:
            # at once: nobody has to be approved blind three times to find out what is known
            while self.circuit.state is CircuitState.CLOSED:
                self.circuit.admit().failed(ScorerInvalidResponse(ONLY_UNHEALTHY))

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

    def known_stubs(self) -> "dict[str, fraud_pb2_grpc.FraudDetectionAsyncStub]":
        """A way to ask every brain behind the name, connected or not, by address: for what is no score."""
        return self._pool.known_stubs()
