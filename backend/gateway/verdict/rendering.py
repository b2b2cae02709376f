"""Verdicts and records as the API shows them. Amounts are text: a JSON number would pass through floats."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gateway.domain import Amendment, Decision, Label, LedgerStatus, ListEntry, RecordedVerdict, RiskLevel
from gateway.kit import clock
from gateway.kit.clock import to_rfc3339
from gateway.ledger.amendments import to_amendment
from gateway.ledger.client import plain
from gateway.review import ReviewState, amount_of


def to_reply(recorded: RecordedVerdict) -> dict[str, Any]:
    """The answer to a transaction."""
    verdict = recorded.verdict
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
        "budget": ruling.budget,
        "circuit_state": verdict.circuit_state,
        "model": {"name": score.model_name, "version": score.model_version} if score else None,
        "degraded": verdict.degraded,
        "ledger_status": recorded.ledger_status,
        "amendments": [to_amendment_out(amendment) for amendment in recorded.amendments],
        "latency_ms": verdict.latency_ms,
        "created_at": to_rfc3339(verdict.created_at),
        "trace_id": verdict.trace_id,
        "replayed": recorded.replayed,
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
        "budget": amendment.budget,
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
        "by": label.by,
    }


def to_alert_out(document: Mapping[str, Any]) -> dict[str, Any]:
    """An alert, and how far its delivery is."""
    return {
        "webhook_id": document["_id"],
        "kind": document["kind"],
        "key": document["key"],
        "data": plain(document["data"]),
        "at": to_rfc3339(document["at"]),
        "state": document["state"],
        "attempts": int(document["attempts"]),
        "next_at": _maybe_rfc3339(document["next_at"]),
        "last_error": document["last_error"],
        "ended_at": _maybe_rfc3339(document["ended_at"]),
    }


def to_review_out(review: Mapping[str, Any]) -> dict[str, Any]:
    """What people did, or are to do, about a record. A claim that has run out is none."""
    is_held = review["state"] == ReviewState.CLAIMED and review["claim_until"] > clock.LEDGER.best()
    has_run_out = review["state"] == ReviewState.CLAIMED and not is_held
    return {
        "state": ReviewState.OPEN if has_run_out else review["state"],
        "reason": review["reason"],
        "since": to_rfc3339(review["since"]),
        "amount_reference_minor": plain(amount_of(review)),
        "claimed_by": review["claimed_by"] if is_held else None,
        "claimed_at": to_rfc3339(review["claimed_at"]) if is_held else None,
        "claim_until": to_rfc3339(review["claim_until"]) if is_held else None,
        "decision": review.get("decision"),
        "note": review.get("note"),
        "decided_by": review.get("decided_by"),
        "decided_at": _maybe_rfc3339(review.get("decided_at")),
        "undo_until": _maybe_rfc3339((review.get("undo") or {}).get("until")),
        "history": [
            {
                "at": to_rfc3339(step["at"]),
                "by": step["by"],
                "via": step.get("via"),
                "action": step["action"],
                "decision": step.get("decision"),
                "note": step.get("note"),
            }
            for step in review["history"]
        ],
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
        "by": entry.by,
    }


def to_record(
    document: Mapping[str, Any], label: Label | None, status: LedgerStatus = LedgerStatus.COMMITTED
) -> dict[str, Any]:
    """A record of the ledger, as GET /transactions shows it: the reply's fields, the request, and its label."""
    verdict = dict(document["verdict"])
    verdict["degraded"] = [*verdict["degraded"], *verdict.pop("unusable", ())]
    return {
        "transaction_id": document["transaction_id"],
        "amount": str(document["amount"]),
        "currency": document["currency"],
        "user_id": document["user_id"],
        "merchant_id": document["merchant_id"],
        "event_time": to_rfc3339(document["event_time"]),
        # records from before there were any
        "shadow": None,
        "budget": None,
        "thresholds": None,
        **verdict,
        "ledger_status": status,
        "amendments": [to_amendment_out(to_amendment(stored)) for stored in document["amendments"]],
        "created_at": to_rfc3339(document["created_at"]),
        "label": to_label_out(label) if label is not None else None,
        "review": to_review_out(document["review"]) if "review" in document else None,
        "request": plain(document["request"]),
    }


def _maybe_rfc3339(time: datetime | None) -> str | None:
    return None if time is None else to_rfc3339(time)
