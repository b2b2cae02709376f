"""What becomes of payments that two models scored is read from the ledger, however much there is."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pymongo

from brain.rollout.evidence import gather_evidence
from gateway.values.fields import ID_CHARS_MAX
from records.account import ACCOUNT

MODEL, SHADOW = {"name": "m", "version": "1"}, {"name": "m", "version": "2"}
PAYMENTS = 70_000  # their ids alone are more than MongoDB takes in one question


def test_long_ids_of_many_payments_are_no_obstacle(mongod_url: str, fresh_databases: dict[str, str]) -> None:
    """Callers choose ids: a model could never be promoted by its time in shadow."""
    scored = {"model": MODEL, "risk_score": 0.5, "decision_source": "model"}
    at, prefix = datetime.now(UTC), secrets.token_hex(125)
    ids = [f"{prefix}{n:05}" for n in range(PAYMENTS)]
    assert {len(one) for one in ids} == {ID_CHARS_MAX}
    records = [
        {
            "account": ACCOUNT,
            "transaction_id": one,
            "created_at": at,
            "verdict": scored | {"shadow": {"model": SHADOW, "risk_score": 0.9 if n in {0, PAYMENTS - 1} else 0.1}},
        }
        for n, one in enumerate(ids)
    ]
    with pymongo.MongoClient[dict[str, Any]](mongod_url, tz_aware=True) as client:
        ledger = client[fresh_databases["BRAIN_LEDGER_DATABASE"]]
        ledger["transactions"].insert_many(records, ordered=False)
        ledger["labels"].insert_many([{"_id": ids[0], "is_fraud": True}, {"_id": ids[-1], "is_fraud": True}])

        evidence = gather_evidence(ledger, MODEL, SHADOW, since=at - timedelta(days=1))

    assert (evidence.payments, evidence.frauds, evidence.shadow_ap) == (PAYMENTS, 2, 1.0)
