"""Injected faults of every brain: ask for them, and replace them on all brains at once."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, fields
from math import isfinite

import grpc
import structlog

from gateway.errors import GatewayError
from protos import fraud_pb2, fraud_pb2_grpc

_log = structlog.get_logger()
_DEGRADED_MAX = 10  # words; there is one
_ASK_TIMEOUT_S = 1.0  # of each brain; all are asked at once

Stubs = Callable[[], "Mapping[str, fraud_pb2_grpc.FraudDetectionAsyncStub]"]
_Answer = fraud_pb2.FaultsReply | grpc.StatusCode | None


class FaultsDisabled(GatewayError):
    """Faults are not to be switched at run time, here or on any brain. Nothing was changed."""

    status = 403
    code = "FAULTS_DISABLED"
    title = "Injected faults cannot be switched here"


class FaultsUnconfirmed(GatewayError):
    """No brain said that it took them; one that was only slow may have. To say it twice is safe."""

    status = 503
    code = "FAULTS_UNCONFIRMED"
    title = "No brain confirmed the faults"
    retry_after_s = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultSettings:
    """A whole set of faults. Rates are shares of attempts, 0..1; a constant_score of None is the model's."""

    latency_rate: float
    latency_s: float
    error_rate: float
    drop_rate: float
    nan_rate: float
    wrong_id_rate: float
    constant_score: float | None


@dataclass(frozen=True, slots=True)
class BrainFaults:
    """What one brain injects; None when it did not say."""

    address: str
    is_allowed: bool  # it takes changes, by its own word
    settings: FaultSettings | None
    degraded: tuple[str, ...] = ()  # what it scores without for other reasons, such as "history"


class FaultControl:
    """
    Beside the streams and the circuit: a brain that answers nothing else can still be healed.

    Nothing is kept here, so several gateways need not agree. Two replacements at once may meet brains in a different
    order; what each of them injects then is what `read` says.

    Args:
        stubs: A way to ask each brain that is known, by address.
        is_enabled: Whether this gateway passes replacements on.
    """

    def __init__(self, stubs: Stubs, *, is_enabled: bool) -> None:
        self._stubs = stubs
        self.is_enabled = is_enabled

    async def read(self) -> list[BrainFaults]:
        """What every known brain injects, by address. Never raises, and takes _ASK_TIMEOUT_S at most."""
        answers = await self._ask(fraud_pb2.FaultsRequest())
        return [_to_brain(address, answer) for address, answer in sorted(answers.items())]

    async def replace(self, settings: FaultSettings) -> list[BrainFaults]:
        """
        Have every known brain inject these. What each injects afterwards, also those that did not take them.

        Takes twice _ASK_TIMEOUT_S at most: who did not take them is asked what it injects.

        Raises:
            FaultsDisabled: this gateway, or every brain, takes no changes.
            FaultsUnconfirmed: no brain took them, as far as they answered. To say it again is safe.
        """
        self.check_enabled()
        wanted = fraud_pb2.FaultSettings(**asdict(settings))  # None leaves a field unset
        answers = await self._ask(fraud_pb2.FaultsRequest(replacement=wanted))
        others = {address for address, answer in answers.items() if not isinstance(answer, fraud_pb2.FaultsReply)}
        _log.info("faults.sent", brains=len(answers), confirmed=len(answers) - len(others), **asdict(settings))
        if len(others) == len(answers):
            raise _to_error(answers)
        if others:
            answers |= await self._ask(fraud_pb2.FaultsRequest(), others)
        return [_to_brain(address, answer) for address, answer in sorted(answers.items())]

    def check_enabled(self) -> None:
        """Raises FaultsDisabled when this gateway takes no changes."""
        if not self.is_enabled:
            raise FaultsDisabled("GATEWAY_FAULT_CONTROL is off: this gateway takes no changes of faults.")

    async def _ask(self, request: fraud_pb2.FaultsRequest, only: Collection[str] | None = None) -> dict[str, _Answer]:
        stubs = {address: stub for address, stub in self._stubs().items() if only is None or address in only}
        calls = (stub.Faults(request, timeout=_ASK_TIMEOUT_S) for stub in stubs.values())
        answers = await asyncio.gather(*calls, return_exceptions=True)
        return {address: _to_answer(answer) for address, answer in zip(stubs, answers, strict=True)}


def _to_answer(answer: fraud_pb2.FaultsReply | BaseException) -> _Answer:
    if isinstance(answer, grpc.aio.AioRpcError):
        return answer.code()
    if isinstance(answer, (asyncio.CancelledError, grpc.aio.UsageError)):  # its channel was closed: it is gone
        return None
    if isinstance(answer, BaseException):
        raise answer
    return answer


def _to_error(answers: Mapping[str, _Answer]) -> FaultsDisabled | FaultsUnconfirmed:
    if answers and set(answers.values()) == {grpc.StatusCode.PERMISSION_DENIED}:
        return FaultsDisabled("BRAIN_FAULT_CONTROL is off on every brain: nothing was changed.")
    if not answers:
        return FaultsUnconfirmed("No brain is known to this gateway.")
    return FaultsUnconfirmed(
        f"None of {len(answers)} brains confirmed it within {_ASK_TIMEOUT_S:g} s. GET /faults says what each injects."
    )


def _to_brain(address: str, answer: _Answer) -> BrainFaults:
    if not isinstance(answer, fraud_pb2.FaultsReply):
        return BrainFaults(address, is_allowed=False, settings=None)
    sent = answer.settings
    settings = FaultSettings(
        latency_rate=sent.latency_rate,
        latency_s=sent.latency_s,
        error_rate=sent.error_rate,
        drop_rate=sent.drop_rate,
        nan_rate=sent.nan_rate,
        wrong_id_rate=sent.wrong_id_rate,
        constant_score=sent.constant_score if sent.HasField("constant_score") else None,
    )
    values = (getattr(settings, field.name) for field in fields(settings))
    is_sensible = all(value is None or isfinite(value) for value in values)  # JSON has no word for the rest
    return BrainFaults(
        address,
        is_allowed=answer.is_allowed,
        settings=settings if is_sensible else None,
        degraded=tuple(answer.degraded[:_DEGRADED_MAX]),
    )
