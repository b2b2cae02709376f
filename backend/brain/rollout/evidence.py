"""Compares the model in shadow with the one that decides, by what became of the payments that both scored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pymongo.database import Database

from records.account import of_account
from records.labels import LABELS
from records.payments import TRANSACTIONS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

PAYMENTS_MAX = 100_000  # the newest: about 20 MB
_AT_ONCE = 10_000  # ids that are asked for: of 255 characters these are 10 MB, and MongoDB takes 16
_BY_MODEL = "model"  # what somebody else decided says nothing of a model


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    What is known of payments that both models scored.

    Attributes:
        payments: Of the last PAYMENTS_MAX.
        frauds: Of them, by their labels. A payment without a label counts as genuine, for both alike.
        live_ap, shadow_ap: Average precision of each; None without a fraud.
    """

    payments: int
    frauds: int
    live_ap: float | None
    shadow_ap: float | None


def gather_evidence(
    ledger: Database[dict[str, Any]], model: Mapping[str, str], shadow: Mapping[str, str], *, since: datetime
) -> Evidence:
    """
    Read what the ledger knows.

    Args:
        model, shadow: Name and version, as verdicts name them.
        since: When the shadow began.

    Raises:
        PyMongoError: the ledger does not answer.
    """
    query = of_account() | {
        "created_at": {"$gte": since},
        "verdict.model": dict(model),
        "verdict.shadow.model": dict(shadow),
        "verdict.decision_source": _BY_MODEL,
    }
    fields = {"transaction_id": 1, "verdict.risk_score": 1, "verdict.shadow.risk_score": 1}
    found = list(ledger[TRANSACTIONS].find(query, fields).sort("created_at", -1).limit(PAYMENTS_MAX))
    ids = [record["transaction_id"] for record in found]
    frauds = {
        label["_id"]
        for start in range(0, len(ids), _AT_ONCE)
        for label in ledger[LABELS].find({"_id": {"$in": ids[start : start + _AT_ONCE]}, "is_fraud": True}, {"_id": 1})
    }
    fraud = np.array([transaction_id in frauds for transaction_id in ids], dtype=np.bool_)
    scores = np.array([record["verdict"]["risk_score"] for record in found], dtype=np.float64)
    shadow_scores = np.array([record["verdict"]["shadow"]["risk_score"] for record in found], dtype=np.float64)
    return Evidence(
        len(found), int(fraud.sum()), average_precision(fraud, scores), average_precision(fraud, shadow_scores)
    )


def average_precision(fraud: Bools, scores: Floats) -> float | None:
    """Compute the average precision of n scores, equal ones together; None without a fraud."""
    if not fraud.any():
        return None
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.diff(scores[order]) != 0, True)
    caught = np.cumsum(fraud[order])[ends]
    flagged = np.flatnonzero(ends) + 1
    return float((np.diff(caught, prepend=0) * caught / flagged).sum() / fraud.sum())
