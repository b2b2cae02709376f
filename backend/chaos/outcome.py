"""Classifies how one request ended, and checks whether the answer is a verdict at all."""

from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus


class Kind(StrEnum):
    """How a request ended, in the words of the README."""

    SUCCESS = "Success"  # a verdict with a score
    FAIL_OPEN = "Fail-open"  # a blind verdict: the brain was asked, and no score came in time
    CIRCUIT_OPEN = "Circuit Open"  # a blind verdict: the brain was not asked
    ERROR = "Error"  # no verdict, or one that contradicts itself


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one request ended. `detail` is a short reason from a small set, because reasons are counted."""

    kind: Kind
    detail: str
    latency_ms: float


def classify(status: int, body: object, *, transaction_id: str) -> tuple[Kind, str]:
    """
    Classify an answer and give the reason.

    A blind verdict that looks like a clean one is an Error: a client could not distinguish them.

    Args:
        status: of the HTTP answer.
        body: the parsed JSON, None when it was none.
        transaction_id: the one that was sent.
    """
    if status != HTTPStatus.OK:
        code = body.get("code") if isinstance(body, dict) else None
        return Kind.ERROR, f"HTTP {status} {code or ''}".strip()
    if not isinstance(body, dict) or not isinstance(body.get("scored"), bool):
        return Kind.ERROR, "not a verdict"
    if body.get("transaction_id") != transaction_id:
        return Kind.ERROR, "a verdict on another transaction"
    if body.get("decision") not in {"approve", "review", "block"}:
        return Kind.ERROR, "a verdict without a decision"
    return _scored(body) if body["scored"] else _blind(body)


def _scored(body: dict[str, object]) -> tuple[Kind, str]:
    score = body.get("risk_score")
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
        return Kind.ERROR, "scored without a risk_score in 0..1"
    return Kind.SUCCESS, "scored"


def _blind(body: dict[str, object]) -> tuple[Kind, str]:
    if body.get("risk_score") is not None or body.get("risk_level") != "unknown":
        return Kind.ERROR, "a blind verdict that looks like a scored one"
    fallback = body.get("fallback")
    reason = fallback.get("reason_code") if isinstance(fallback, dict) else None
    if not isinstance(reason, str) or not reason:
        return Kind.ERROR, "a blind verdict without a reason_code"
    return (Kind.CIRCUIT_OPEN if reason == "CIRCUIT_OPEN" else Kind.FAIL_OPEN), reason
