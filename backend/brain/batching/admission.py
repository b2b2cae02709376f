"""Admits attempts: checks each one, applies the fault that chance drew for it, and queues it for the model."""

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from brain.batching.attempts import Attempt, Deliver, Source
from brain.batching.batcher import MicroBatcher
from brain.batching.fair_queue import FairQueue
from brain.faults.injector import Fault, Faults
from brain.outcomes import Outcome, failure
from brain.wire import InvalidTransaction, read_transaction
from protos.fraud_pb2 import Failure, Transaction

BUDGET_S_MAX = 60.0  # no caller waits longer for a score; bounds what an abandoned call leaves behind
DROPPED_S = 1.0  # how long past its deadline a dropped attempt is kept: by then its caller has given up


class Admission:
    """Turns a transaction and a budget into an attempt that always ends in time."""

    def __init__(self, batcher: MicroBatcher, faults: Faults, rates: Mapping[str, Decimal], *, asleep_max: int) -> None:
        """
        Args:
            rates: Reference currency units for one unit of each currency.
            asleep_max: How many attempts may sleep through an injected fault at once.
        """
        self._batcher = batcher
        self._faults = faults
        self._rates = rates
        self._asleep = FairQueue(size_max=asleep_max, overloaded="too many attempts sleep through injected faults")

    def admit(self, transaction: Transaction, *, source: Source, budget_s: float, deliver: Deliver) -> Attempt | None:
        """
        Admit one attempt. Its outcome is delivered exactly once, perhaps before this returns, unless it is cancelled.

        Args:
            source: The caller. Under load sources take turns; past the limits the one that asks most is OVERLOADED.
            budget_s: Seconds from now after which the answer is useless.

        Returns:
            The attempt, which can be cancelled; None when the transaction was invalid.
        """
        try:
            query = read_transaction(transaction, self._rates)
        except InvalidTransaction as mistake:
            deliver(failure(Failure.INVALID_ARGUMENT, str(mistake)))
            return None
        fault = self._faults.draw()
        if fault.wrong_answer is not None:
            deliver = partial(self._deliver_falsified, deliver, fault)
        now_s = asyncio.get_running_loop().time()
        attempt = Attempt(query, source=source, deadline_s=now_s + min(budget_s, BUDGET_S_MAX), deliver=deliver)
        if budget_s <= 0.0:
            attempt.expire()
            return attempt
        if fault.is_dropped:
            self._drop(attempt)
        elif fault.sleep_s > 0.0:
            self._put_to_sleep(attempt, fault, now_s)
        else:
            self._proceed(attempt, fault)
        return attempt

    def _deliver_falsified(self, deliver: Deliver, fault: Fault, outcome: Outcome) -> None:
        deliver(self._faults.falsify(outcome, fault))

    def _drop(self, attempt: Attempt) -> None:
        """Leave the attempt unanswered until its caller has given up; then free its place."""
        if self._may_sleep(attempt):
            gone_s = attempt.deadline_s + DROPPED_S
            attempt.timer = asyncio.get_running_loop().call_at(gone_s, attempt.expire)

    def _may_sleep(self, attempt: Attempt) -> bool:
        self._asleep.put(attempt)
        return not attempt.is_over

    def _put_to_sleep(self, attempt: Attempt, fault: Fault, now_s: float) -> None:
        if not self._may_sleep(attempt):
            return
        awake_s = now_s + fault.sleep_s
        if awake_s < attempt.deadline_s:
            attempt.timer = asyncio.get_running_loop().call_at(awake_s, self._wake, attempt, fault)
        else:
            attempt.timer = asyncio.get_running_loop().call_at(attempt.deadline_s, attempt.expire)

    def _wake(self, attempt: Attempt, fault: Fault) -> None:
        self._asleep.discard(attempt)
        self._proceed(attempt, fault)

    def _proceed(self, attempt: Attempt, fault: Fault) -> None:
        if fault.fails:
            attempt.finish(failure(Failure.INTERNAL, "an injected fault"))
        else:
            self._batcher.put(attempt)
