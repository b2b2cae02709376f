"""What an exported row tells of a record."""

import csv
from typing import Any

from gateway.domain import Reason
from gateway.features.transactions.csv_export import to_csv

RECORD: dict[str, Any] = {
    "transaction_id": "t1", "created_at": "2026-11-22T10:00:00.000Z", "event_time": "2026-11-22T09:59:59.000Z",
    "user_id": "u1", "merchant_id": "m1", "amount": "12.50", "currency": "USD", "decision": "approve",
    "is_fraud": False, "scored": True, "risk_score": 0.01, "risk_level": "low", "decision_source": "model",
    "circuit_state": "closed", "ledger_status": "committed",
    "reasons": [
        {"code": "AMOUNT", "message": "amount is worth 12.50 USD", "contribution": 0.2},
        {"code": "NEW_USER", "message": "first payment of this user", "contribution": 0.1},
    ],
    "amendments": [], "label": None, "review": None, "fallback": None, "budget": None,
    "model": {"name": "m", "version": "2"},
    "request": {
        "merchant": {"name": "=HYPERLINK(1)", "country": "DE"}, "card": {"last4": "4242", "country": "US"},
        "location": {"country": "FR"},
    },
}  # fmt: skip


def row_of(**changes: Any) -> dict[str, str]:
    """The one row of a record with these changes, by column."""
    (row,) = csv.DictReader(to_csv([RECORD | changes]).splitlines())
    return row


def test_reasons_merchant_card_and_countries_have_columns() -> None:
    """A name that a spreadsheet would run as a formula is text."""
    row = row_of()

    assert row["reason_codes"] == "AMOUNT; NEW_USER"
    assert row["reasons"] == "amount is worth 12.50 USD; first payment of this user"
    assert row["merchant_name"] == "'=HYPERLINK(1)"
    assert (row["card_last4"], row["card_country"], row["merchant_country"], row["location_country"]) == (
        "4242", "US", "DE", "FR",
    )  # fmt: skip


def test_a_label_a_review_and_a_later_score_have_columns() -> None:
    """The newest later score counts, and says whether it would have decided otherwise."""
    later = {
        "at": "2026-11-22T10:01:00.000Z", "old": "approve", "new": "block", "score": 0.97,
        "reasons": (Reason("AMOUNT", "amount is high", 5.0),),
    }  # fmt: skip
    row = row_of(
        amendments=[later | {"new": "approve", "score": 0.2}, later],
        label={"is_fraud": True, "source": "chargeback", "known_at": "2026-11-23T00:00:00.000Z"},
        review={"state": "decided", "decision": "block", "decided_by": "alice"},
    )

    assert (row["later_score"], row["later_decision"], row["is_flip"]) == ("0.97", "block", "True")
    assert row["later_reasons"] == "amount is high"
    assert (row["label_is_fraud"], row["label_source"]) == ("True", "chargeback")
    assert (row["review_decision"], row["reviewed_by"]) == ("block", "alice")


def test_what_a_record_does_not_have_is_an_empty_cell() -> None:
    """Neither false nor 0: nobody said so."""
    row = row_of(request={"merchant": None}, model=None)

    for name in ("is_flip", "label_is_fraud", "merchant_name", "card_last4", "model", "review_state", "later_score"):
        assert row[name] == ""
