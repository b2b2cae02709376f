"""
Two models on the same payments, and what labels say of each: added up by MongoDB, so that a few numbers cross.

Both questions are bounded by how many records they look at and by time, and read from a secondary where there is one.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ReadPreference

from gateway.ledger.client import Database, giving_up, reading
from records.account import account_key

RECORDS_MAX = 5_000  # that carry a shadow; a share is then known to a point or less
SCANNED_MAX = 20_000  # newest records that are looked at for them: as many, when one brain in four has a shadow
LABELS_MAX = 5_000
AGE_MAX = timedelta(hours=24)
PAIRS_MAX = 20  # of models; each change of a version makes a new one
EXAMPLES_MAX = 10
QUERY_S_MAX = 1.5  # below what a reader waits

# Of scores in a histogram. Nearly all are small, so equal widths would show one bar.
SCORE_EDGES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 0.95)

_FLAGGED = ["review", "block"]
_BY_MODEL = "model"  # what somebody else decided says nothing of a model
Document = Mapping[str, Any]


async def compare(database: Database) -> Document:
    """
    Sums over the newest records of the last day that carry a shadow, by pair of models.

    Returns:
        pairs: _id {model, shadow}, n, disagree, sums of both scores, their squares, product and distance, examples.
        decisions: _id {model, shadow, decision, shadow_decision}, n.
        scores, shadow_scores: _id {model, shadow, bin}, n.

    Raises:
        LedgerUnreadable: the ledger is away or too slow.
    """
    found = await _aggregate(database, "transactions", _comparison(since=datetime.now(UTC) - AGE_MAX))
    return found[0]


async def judge(database: Database) -> Sequence[Document]:
    """
    What is known of the records behind the newest labels, by pair of models; `shadow` is None where none ran.

    Labels come days after their payments, so these are seldom the records that `compare` looks at.

    Returns:
        _id {model, shadow}, n, frauds, flagged, caught, shadow_flagged, shadow_caught.

    Raises:
        LedgerUnreadable: the ledger is away or too slow.
    """
    # newest first as they were put in, which needs no index
    return await _aggregate(database, "labels", _judgement(), hint={"$natural": -1})


async def _aggregate(
    database: Database, collection: str, pipeline: Sequence[Document], **options: Any
) -> list[Document]:
    async with reading(), giving_up(database, after_s=QUERY_S_MAX):
        preference: Any = ReadPreference.SECONDARY_PREFERRED  # motor's types know only the class of all preferences
        secondary = database[collection].with_options(read_preference=preference)
        cursor = secondary.aggregate(list(pipeline), **options)
        found: list[Document] = await cursor.to_list(PAIRS_MAX)
        return found


def _comparison(*, since: datetime) -> list[Document]:
    pair = {"model": "$model", "shadow": "$shadow"}
    return [
        {"$match": {**account_key(), "created_at": {"$gte": since}}},
        {"$sort": {"created_at": -1, "_id": -1}},  # the index "account_newest"
        {"$limit": SCANNED_MAX},
        {"$match": {"verdict.shadow": {"$type": "object"}, "verdict.decision_source": _BY_MODEL}},
        {"$limit": RECORDS_MAX},
        {
            "$project": {
                "_id": 0,
                "id": "$transaction_id",
                "model": "$verdict.model",
                "shadow": "$verdict.shadow.model",
                "score": "$verdict.risk_score",
                "shadow_score": "$verdict.shadow.risk_score",
                "decision": _model_decision("$verdict"),
                "shadow_decision": "$verdict.shadow.decision",
                "disagrees": {"$ne": [_model_decision("$verdict"), "$verdict.shadow.decision"]},
                "distance": {"$abs": {"$subtract": ["$verdict.risk_score", "$verdict.shadow.risk_score"]}},
            }
        },
        {
            "$facet": {
                "pairs": [{"$group": {"_id": pair} | _sums()}, {"$sort": {"n": -1}}, {"$limit": PAIRS_MAX}],
                "decisions": [_count(pair | {"decision": "$decision", "shadow_decision": "$shadow_decision"})],
                "scores": [_count(pair | {"bin": _bin("$score")})],
                "shadow_scores": [_count(pair | {"bin": _bin("$shadow_score")})],
            }
        },
    ]


def _sums() -> dict[str, Any]:
    example = {name: f"${name}" for name in ("id", "score", "shadow_score", "decision", "shadow_decision", "distance")}
    return {
        "n": {"$sum": 1},
        "disagree": {"$sum": {"$cond": ["$disagrees", 1, 0]}},
        "distance": {"$sum": "$distance"},
        "score": {"$sum": "$score"},
        "shadow_score": {"$sum": "$shadow_score"},
        "squares": {"$sum": {"$multiply": ["$score", "$score"]}},
        "shadow_squares": {"$sum": {"$multiply": ["$shadow_score", "$shadow_score"]}},
        "products": {"$sum": {"$multiply": ["$score", "$shadow_score"]}},
        # another decision first, then the larger distance
        "examples": {
            "$topN": {"n": EXAMPLES_MAX, "sortBy": {"disagrees": -1, "distance": -1}, "output": example},
        },
    }


def _count(key: Document) -> Document:
    return {"$group": {"_id": key, "n": {"$sum": 1}}}


def _bin(score: str) -> Document:
    """How many edges the score has reached."""
    return {"$size": {"$filter": {"input": list(SCORE_EDGES), "cond": {"$lte": ["$$this", score]}}}}


def _judgement() -> list[Document]:
    verdict = "$record.verdict"
    flagged = {"$in": [_model_decision(verdict), _FLAGGED]}
    shadow_flagged = {"$in": [f"{verdict}.shadow.decision", _FLAGGED]}
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
                    {"$match": {**account_key(), "verdict.decision_source": _BY_MODEL}},
                    {"$project": {"_id": 0, "verdict": {"model": 1, "decision": 1, "budget": 1, "shadow": 1}}},
                ],
                "as": "record",
            }
        },
        {"$unwind": "$record"},
        {
            "$group": {
                "_id": {"model": f"{verdict}.model", "shadow": {"$ifNull": [f"{verdict}.shadow.model", None]}},
                "n": {"$sum": 1},
                "frauds": _sum_if("$is_fraud"),
                "flagged": _sum_if(flagged),
                "caught": _sum_if({"$and": [flagged, "$is_fraud"]}),
                "shadow_flagged": _sum_if(shadow_flagged),
                "shadow_caught": _sum_if({"$and": [shadow_flagged, "$is_fraud"]}),
            }
        },
        {"$sort": {"n": -1}},
        {"$limit": PAIRS_MAX},
    ]


def _model_decision(verdict: str) -> Document:
    """By the model's level, as the shadow's is: budgets hold back the one that decides, and would make them differ."""
    return {"$ifNull": [f"{verdict}.budget.model_decision", f"{verdict}.decision"]}


def _sum_if(condition: Any) -> Document:
    return {"$sum": {"$cond": [condition, 1, 0]}}
