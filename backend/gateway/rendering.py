"""Verdicts and records as the API shows them. Amounts are text: a JSON number would pass through floats."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from gateway.domain import Amendment, Decision, Label, LedgerStatus, ListEntry, RiskLevel, Standing
from gateway.ledger.amendments import to_amendment


def to_reply(standing: Standing) -> dict[str, Any]:
    """The answer to a transaction."""
    verdict = standing.verdict
    ruling, score = verdict.ruling, verdict.ruling.score
    return {
        "transaction_id": verdict.transaction_id,
        "decision": ruling.decision,
        "is_fraud": ruling.decision is Decision.BLOCK,
        "scored": score is not None,
        "risk_score": score.risk_score if score else None,
        "risk_level": score.risk_level if score else RiskLevel.UNKNOWN,
        "reasons": ruling.reasons,
        "decision_source": ruling.source,
        "fallback": ruling.fallback,
        "circuit_state": verdict.circuit_state,
        "model": {"name": score.model_name, "version": score.model_version} if score else None,
        "degraded": score.degraded if score else (),
        "ledger_status": standing.ledger_status,
        "amendments": [to_amendment_out(amendment) for amendment in standing.amendments],
        "latency_ms": verdict.latency_ms,
        "created_at": to_rfc3339(verdict.created_at),
        "trace_id": verdict.trace_id,
        "replayed": standing.replayed,
    }


def to_amendment_out(amendment: Amendment) -> dict[str, Any]:
    """What was found out later: `old` stands, `new` is what a score would have decided."""
    score = amendment.score
    return {
        "at": to_rfc3339(amendment.at),
        "old": amendment.old_decision,
        "new": amendment.new_decision,
        "score": score.risk_score,
        "risk_level": score.risk_level,
        "reason": amendment.reason,
        "reasons": score.reasons,
        "model": {"name": score.model_name, "version": score.model_version},
        "degraded": score.degraded,
    }


def to_label_out(label: Label) -> dict[str, Any]:
    """What a transaction turned out to be."""
    return {
        "transaction_id": label.transaction_id,
        "is_fraud": label.is_fraud,
        "source": label.source,
        "known_at": to_rfc3339(label.known_at),
        "recorded_at": to_rfc3339(label.recorded_at),
        "revision": label.revision,
    }


def to_list_entry_out(entry: ListEntry) -> dict[str, Any]:
    """One entry of a list."""
    return {
        "list": entry.name,
        "kind": entry.kind,
        "value": entry.value,
        "reason": entry.reason,
        "expires_at": None if entry.expires_at is None else to_rfc3339(entry.expires_at),
        "created_at": to_rfc3339(entry.created_at),
        "updated_at": to_rfc3339(entry.updated_at),
    }


def to_record(
    document: Mapping[str, Any], label: Label | None, status: LedgerStatus = LedgerStatus.COMMITTED
) -> dict[str, Any]:
    """A record of the ledger, as GET /transactions shows it: the reply's fields, the request, and its label."""
    verdict = dict(document["verdict"])
    return {
        "transaction_id": document["transaction_id"],
        "amount": str(document["amount"]),
        "currency": document["currency"],
        "user_id": document["user_id"],
        "merchant_id": document["merchant_id"],
        "event_time": to_rfc3339(document["event_time"]),
        "shadow": None,  # records from before there was one
        **verdict,
        "ledger_status": status,
        "amendments": [to_amendment_out(to_amendment(stored)) for stored in document["amendments"]],
        "created_at": to_rfc3339(document["created_at"]),
        "label": to_label_out(label) if label is not None else None,
        "request": _plain(document["request"]),
    }


def _plain(value: Any) -> Any:
    """Without the driver's own kinds of number: a 64-bit integer comes back as Int64, which no encoder knows."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value


def to_rfc3339(time: datetime) -> str:
    """In UTC with milliseconds, such as 2026-11-22T10:00:00.123Z."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
