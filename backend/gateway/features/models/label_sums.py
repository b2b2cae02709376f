"""The question to MongoDB what labels say of models: of the payments behind the newest 5,000, added up."""

from typing import Any

from gateway.features.models.expressions import BY_MODEL, model_decision, sum_if
from records.account import account_key

LABELS_MAX = 5_000
BINS_PER_UNIT = 4  # of log-odds: neighbouring scores then differ by a quarter at most
_PAIRS_MAX = 20  # of models
_WANTED = ("model", "risk_score", "decision", "budget", "shadow")
_FLAGGED = ["review", "block"]
_LOWEST, _HIGHEST = 1e-6, 1 - 1e-6  # log-odds of 0 and 1 do not exist


def label_sums() -> list[dict[str, Any]]:
    """
    The pipeline over the collection `labels`. It gives one document.

        pairs: _id {model, shadow}, n, frauds, flagged, caught, shadow_flagged, shadow_caught; `shadow` is None where
            none ran.
        outcomes: _id {model, bin, model_decision, decision}, n, frauds, scores. `bin` is of the score's log-odds, four
            a unit; `model_decision` is by the model's level alone; `scores` is their sum.
    """
    return [
        {"$limit": LABELS_MAX},
        {"$match": account_key()},
        {"$set": {"of": {"$ifNull": ["$transaction_id", "$_id"]}}},  # the latter of one without an account yet
        {
            "$lookup": {
                "from": "transactions",
                "localField": "of",
                "foreignField": "transaction_id",
                "pipeline": [
                    {"$match": {**account_key(), "verdict.decision_source": BY_MODEL}},
                    {"$project": {"_id": 0, "verdict": dict.fromkeys(_WANTED, 1)}},
                ],
                "as": "record",
            }
        },
        {"$unwind": "$record"},
        {"$project": {"_id": 0, "is_fraud": 1, "verdict": "$record.verdict"}},
        {"$facet": {"pairs": _pairs(), "outcomes": _outcomes()}},
    ]


def _pairs() -> list[dict[str, Any]]:
    flagged = {"$in": [model_decision("$verdict"), _FLAGGED]}
    shadow_flagged = {"$in": ["$verdict.shadow.decision", _FLAGGED]}
    return [
        {
            "$group": {
                "_id": {"model": "$verdict.model", "shadow": {"$ifNull": ["$verdict.shadow.model", None]}},
                "n": {"$sum": 1},
                "frauds": sum_if("$is_fraud"),
                "flagged": sum_if(flagged),
                "caught": sum_if({"$and": [flagged, "$is_fraud"]}),
                "shadow_flagged": sum_if(shadow_flagged),
                "shadow_caught": sum_if({"$and": [shadow_flagged, "$is_fraud"]}),
            }
        },
        {"$sort": {"n": -1}},
        {"$limit": _PAIRS_MAX},
    ]


def _outcomes() -> list[dict[str, Any]]:
    score = {"$max": [_LOWEST, {"$min": [_HIGHEST, "$verdict.risk_score"]}]}
    log_odds = {"$ln": {"$divide": [score, {"$subtract": [1, score]}]}}
    return [
        {
            "$group": {
                "_id": {
                    "model": "$verdict.model",
                    "bin": {"$floor": {"$multiply": [BINS_PER_UNIT, log_odds]}},
                    "model_decision": model_decision("$verdict"),
                    "decision": "$verdict.decision",
                },
                "n": {"$sum": 1},
                "frauds": sum_if("$is_fraud"),
                "scores": {"$sum": "$verdict.risk_score"},
            }
        }
    ]
