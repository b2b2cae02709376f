"""
Two models on the same payments, and what labels say of each: added up by MongoDB, so that a few numbers cross.

Both questions are bounded by how many records they look at and by time, and read from a secondary where there is one.
Beside them: which models serve.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import DESCENDING, ReadPreference

from gateway.features.models.expressions import BY_MODEL, model_decision
from gateway.features.models.label_sums import label_sums
from gateway.ledger.client import Database, giving_up, reading
from records.account import ACCOUNT, account_key
from records.models import MODELS, ROLES, Roles

RECORDS_MAX = 5_000  # that carry a shadow; a share is then known to a point or less
SCANNED_MAX = 20_000  # newest records that are looked at for them: as many, when one brain in four has a shadow
AGE_MAX = timedelta(hours=24)
PAIRS_MAX = 20  # of models; each change of a version makes a new one
EXAMPLES_MAX = 10
QUERY_S_MAX = 1.5  # below what a reader waits
KEPT_MAX = CHANGES_MAX = 50  # that are told of

# Of scores in a histogram. Nearly all are small, so equal widths would show one bar.
SCORE_EDGES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 0.95)

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


async def judge(database: Database) -> Document:
    """
    What is known of the records behind the newest labels.

    Labels come days after their payments, so these are seldom the records that `compare` looks at.

    Returns:
        pairs, outcomes: as `label_sums` says.

    Raises:
        LedgerUnreadable: the ledger is away or too slow.
    """
    # newest first as they were put in, which needs no index
    found = await _aggregate(database, "labels", label_sums(), hint={"$natural": -1})
    return found[0]


class PromotedModels:
    """Reads which models were promoted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self) -> tuple[Roles, list[Document]]:
        """
        The roles; and the newest models that are kept, without their content: id, name, version, trained_on, by,
        created_at. All of it is in an index: no trees are read for a list.

        Raises:
            LedgerUnreadable: the ledger is away or too slow.
        """
        fields = ("name", "version", "trained_on", "by", "created_at")
        async with reading(), giving_up(self._database, after_s=QUERY_S_MAX):
            roles = Roles.of(await self._database[ROLES].find_one({"_id": ACCOUNT}))
            kept = self._database[MODELS].find({"account": ACCOUNT}, list(fields)).sort("created_at", -1)
            models = await kept.to_list(KEPT_MAX)
        return roles, [{"id": model["_id"], **{name: model[name] for name in fields}} for model in models]

    async def candidate(self) -> Document | None:
        """The model that was brought last, without its trees; None: there is none. Raises like `read`."""
        fields = {"name": 1, "version": 1, "by": 1, "created_at": 1, "metadata": 1}
        async with reading(), giving_up(self._database, after_s=QUERY_S_MAX):
            found: Document | None = await self._database[MODELS].find_one(
                {"account": ACCOUNT}, fields, sort=[("created_at", DESCENDING)]
            )
            return found


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
        {"$match": {"verdict.shadow": {"$type": "object"}, "verdict.decision_source": BY_MODEL}},
        {"$limit": RECORDS_MAX},
        {
            "$project": {
                "_id": 0,
                "id": "$transaction_id",
                "model": "$verdict.model",
                "shadow": "$verdict.shadow.model",
                "score": "$verdict.risk_score",
                "shadow_score": "$verdict.shadow.risk_score",
                "decision": model_decision("$verdict"),
                "shadow_decision": "$verdict.shadow.decision",
                "disagrees": {"$ne": [model_decision("$verdict"), "$verdict.shadow.decision"]},
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
