"""Records as rows of a CSV file: what an analyst sorts and counts by, one column each."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Record = Mapping[str, Any]  # as rendering.to_record makes it

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_OWN = (
    "transaction_id", "created_at", "event_time", "user_id", "merchant_id", "amount", "currency", "decision",
    "is_fraud", "scored", "risk_score", "risk_level", "decision_source", "circuit_state", "ledger_status",
)  # fmt: skip
_PARTS = {
    "merchant_name": ("request", "merchant", "name"),
    "merchant_mcc": ("request", "merchant", "mcc"),
    "merchant_category": ("request", "merchant", "category"),
    "merchant_country": ("request", "merchant", "country"),
    "card_token": ("request", "card", "token"),
    "card_bin": ("request", "card", "bin"),
    "card_last4": ("request", "card", "last4"),
    "card_country": ("request", "card", "country"),
    "card_funding": ("request", "card", "funding"),
    "location_country": ("request", "location", "country"),
    "billing_country": ("request", "billing", "country"),
    "shipping_country": ("request", "shipping", "country"),
    "email_domain": ("request", "customer", "email_domain"),
    "account_created_at": ("request", "customer", "created_at"),
    "budget": ("budget", "name"),
    "model_decision": ("budget", "model_decision"),
    "let_through_probability": ("budget", "probability"),
    "model": ("model", "name"),
    "model_version": ("model", "version"),
    "fallback_reason": ("fallback", "reason_code"),
    "label_is_fraud": ("label", "is_fraud"),
    "label_source": ("label", "source"),
    "label_known_at": ("label", "known_at"),
    "review_state": ("review", "state"),
    "review_decision": ("review", "decision"),
    "reviewed_by": ("review", "decided_by"),
}
# of the newest score that came after the verdict
_LATER: Mapping[str, Callable[[Record], object]] = {
    "later_at": lambda later: later["at"],
    "later_score": lambda later: later["score"],
    "later_decision": lambda later: later["new"],
    "is_flip": lambda later: later["old"] != later["new"],
    "later_reason_codes": lambda later: _joined(later["reasons"], "code"),
    "later_reasons": lambda later: _joined(later["reasons"], "message"),
}
COLUMNS = (*_OWN, "reason_codes", "reasons", *_LATER, *_PARTS)


def to_csv(records: Iterable[Record]) -> str:
    """Write one row a record, under one head. What a record does not have is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in _row(record)] for record in records)
    return text.getvalue()


def _row(record: Record) -> list[object]:
    later = record["amendments"][-1] if record["amendments"] else None
    return [
        *(record[name] for name in _OWN),
        _joined(record["reasons"], "code"),
        _joined(record["reasons"], "message"),
        *(None if later is None else read(later) for read in _LATER.values()),
        *(_at(record, path) for path in _PARTS.values()),
    ]


def _joined(reasons: Sequence[Any], name: str) -> str:
    """Reasons of a verdict are stored, those of an amendment are the domain's."""
    return "; ".join(one[name] if isinstance(one, Mapping) else getattr(one, name) for one in reasons)


def _at(record: Record, path: Sequence[str]) -> object:
    value: Any = record
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def _cell(value: object) -> object:
    """A spreadsheet runs a cell that begins like a formula, and callers choose their ids and names."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value
