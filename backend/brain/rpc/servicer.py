"""Serves the RPCs of the brain: translates calls, decides nothing about risk."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

import grpc
import structlog

from brain.batching.admission import Admission
from brain.domain import Label, Query
from brain.faults.settings import InvalidFault
from brain.history.memory import Memory
from brain.outcomes import Outcome
from brain.rpc.fault_control import FaultControl, FaultsNotAllowed
from brain.rpc.inflight import InFlight
from brain.rpc.remembered import find_payments
from brain.rpc.stream_session import StreamSession
from brain.wire import InvalidTransaction, read_label, read_transaction
from protos import fraud_pb2
from protos.fraud_pb2 import Failure
from protos.fraud_pb2_grpc import FraudDetectionServicer

log = structlog.get_logger()

Context = grpc.aio.ServicerContext[Any, Any]
Sent = TypeVar("Sent", fraud_pb2.Transaction, fraud_pb2.Label)
Read = TypeVar("Read", Query, Label)

OBSERVED_MAX = 500  # transactions or labels in one call, as the contract says
UNARY_BUDGET_S = 5.0  # for callers that set no deadline, such as grpcurl

STATUS_OF_FAILURE = {
    Failure.INVALID_ARGUMENT: grpc.StatusCode.INVALID_ARGUMENT,
    Failure.DEADLINE_EXCEEDED: grpc.StatusCode.DEADLINE_EXCEEDED,
    Failure.OVERLOADED: grpc.StatusCode.RESOURCE_EXHAUSTED,
}


class BrainServicer(FraudDetectionServicer):
    """Serves one model until `drain` is called."""

    def __init__(
        self,
        *,
        describe: Callable[[], fraud_pb2.ModelDescription],
        admission: Admission,
        memory: Memory,
        rates: Mapping[str, Decimal],
        fault_control: FaultControl,
    ) -> None:
        """
        Args:
            describe: Returns the reply to Describe.
            rates: Reference currency units for one unit of each currency.
        """
        self._describe = describe
        self._admission = admission
        self._memory = memory
        self._rates = rates
        self._fault_control = fault_control
        self._sessions: set[StreamSession] = set()
        self._calls = InFlight()
        self._draining = False

    async def Score(  # noqa: N802 (named by the contract)
        self, request: fraud_pb2.ScoreRequest, context: Context
    ) -> fraud_pb2.ScoreReply:
        """Score one transaction; a failure is the status of the call."""
        await self._refuse_when_draining(context)
        with self._calls:
            outcome = await self._score_one(request.transaction, context)
            if isinstance(outcome, Failure):
                code = STATUS_OF_FAILURE.get(outcome.code, grpc.StatusCode.INTERNAL)
                await context.abort(code, outcome.detail)
            return outcome

    # A coroutine that writes, not the generator of the stub: when the call is cancelled in the middle of a
    # write, a coroutine cleans up at once, a generator only when it is collected.
    async def ScoreStream(  # type: ignore[override]  # noqa: N802
        self,
        request_iterator: AsyncIterator[fraud_pb2.ScoreStreamRequest],
        context: Context,
    ) -> None:
        """Score items as they come, until the gateway half-closes or the brain drains."""
        await self._refuse_when_draining(context)
        session = StreamSession(self._admission)
        with self._calls:
            self._sessions.add(session)
            try:
                # At once, not with the first outcome: a gateway waits for it to know that the stream is open.
                await context.send_initial_metadata(())
                await session.run(request_iterator, context.write)
            finally:
                self._sessions.discard(session)

    async def Observe(  # noqa: N802
        self, request: fraud_pb2.ObserveRequest, context: Context
    ) -> fraud_pb2.ObserveReply:
        """Add transactions of the ledger to the memory of this brain, which reads them from there later too."""
        await self._check_batch(len(request.transactions), context)
        with self._calls:
            queries = _readable(request.transactions, lambda sent: read_transaction(sent, self._rates))
            queries = [query for query in queries if not query.is_canary]  # gateways send none, and none may be kept
            self._memory.add(queries)
            return fraud_pb2.ObserveReply(observed=len(request.transactions))

    async def Learn(  # noqa: N802
        self, request: fraud_pb2.LearnRequest, context: Context
    ) -> fraud_pb2.LearnReply:
        """Add labels and their transactions to the memory of this brain, likewise."""
        await self._check_batch(len(request.labels), context)
        with self._calls:
            labels = _readable(request.labels, lambda sent: read_label(sent, self._rates))
            self._memory.add([label.query for label in labels])
            for label in labels:
                self._memory.label(
                    label.query.transaction_id,
                    is_fraud=label.is_fraud,
                    known_at_ms=label.known_at_ms,
                    revision=label.revision,
                )
            return fraud_pb2.LearnReply(learnt=len(request.labels))

    async def FindPayments(  # noqa: N802
        self, request: fraud_pb2.FindPaymentsRequest, context: Context
    ) -> fraud_pb2.FindPaymentsReply:
        """Tell what the memory holds of some payments."""
        await self._check_batch(len(request.payments), context)
        return find_payments(self._memory, request)

    async def Describe(  # noqa: N802
        self, request: fraud_pb2.DescribeRequest, context: Context
    ) -> fraud_pb2.ModelDescription:
        """Describe the model that decides, the one in shadow, and what was scored lately."""
        return self._describe()

    async def Faults(  # noqa: N802
        self, request: fraud_pb2.FaultsRequest, context: Context
    ) -> fraud_pb2.FaultsReply:
        """Report the injected faults; replace them first, where the request says so and that is allowed."""
        try:
            return self._fault_control.answer(request)
        except FaultsNotAllowed as refusal:
            await context.abort(grpc.StatusCode.PERMISSION_DENIED, str(refusal))
        except InvalidFault as mistake:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(mistake))

    async def drain(self) -> None:
        """Refuse new calls, send GoingAway on every stream, and return when all calls in flight have ended."""
        self._draining = True
        for session in self._sessions:
            session.leave()
        await self._calls.wait_idle()

    async def _score_one(self, transaction: fraud_pb2.Transaction, context: Context) -> Outcome:
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        remaining_s = context.time_remaining()

        def deliver(outcome: Outcome) -> None:
            if not answer.done():  # cancelled when the caller hung up
                answer.set_result(outcome)

        attempt = self._admission.admit(
            transaction,
            source=context.peer(),
            budget_s=UNARY_BUDGET_S if remaining_s is None else remaining_s,
            deliver=deliver,
        )
        try:
            return await answer
        finally:
            if attempt is not None:
                attempt.cancel()

    async def _check_batch(self, size: int, context: Context) -> None:
        await self._refuse_when_draining(context)
        if size > OBSERVED_MAX:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"at most {OBSERVED_MAX} in one call, not {size}")

    async def _refuse_when_draining(self, context: Context) -> None:
        if self._draining:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "the brain is draining")


def _readable(sent: Iterable[Sent], read: Callable[[Sent], Read]) -> list[Read]:
    """Read those that are valid. The rest is dropped for good: sending it again would not help."""
    whole: list[Read] = []
    for one in sent:
        try:
            whole.append(read(one))
        except InvalidTransaction as mistake:
            transaction = one.transaction if isinstance(one, fraud_pb2.Label) else one
            log.warning("history.left_out", transaction_id=transaction.transaction_id, reason=str(mistake))
    return whole
