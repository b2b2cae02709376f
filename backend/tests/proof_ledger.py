"""A ledger whose records are chained, and what its verification finds."""

from typing import Any

import bson
from bson.raw_bson import RawBSONDocument
from pymongo.database import Database

from audit.verifier import Report, verify
from gateway.domain import BlindReason, RecordedVerdict, Verdict
from gateway.fallback.policy import decide_blind
from gateway.ledger.audit_chain import Head
from gateway.ledger.service import Ledger
from gateway.verdict.intake.decoding import to_transaction
from records.positions import last_position, position
from tests.proof_records import LONG_AGO, REQUEST
from tests.waiting import eventually

RAW: bson.CodecOptions[RawBSONDocument] = bson.CodecOptions(document_class=RawBSONDocument)


async def record(ledger: Ledger, transaction_id: str, **changes: Any) -> RecordedVerdict:
    """Give a blind verdict, long ago: nothing is too young to be judged."""
    request = REQUEST | {"transaction_id": transaction_id} | changes
    verdict = Verdict(
        transaction_id, decide_blind(BlindReason.SCORER_TIMEOUT), "closed", 1.5, LONG_AGO, "0" * 32
    )  # fmt: skip
    return await ledger.record(to_transaction(request), verdict)


async def all_is_chained(database: Database[Any]) -> None:
    """Every sealed record is in a chain, and no flag is left: wait for it, as `eventually` does."""
    await eventually(lambda: is_all_chained(database))


def is_all_chained(database: Database[Any]) -> bool:
    """Whether nothing waits for a chain, or for a sweep."""
    records = database["transactions"]
    if records.count_documents({"chain_pending": True}):
        return False
    for run in database["chain_runs"].find():
        beyond = {"$gt": position(run["_id"], run["settled"]), "$lte": last_position(run["_id"])}
        if records.count_documents({"_id": beyond}):
            return False
    sealed = records.distinct("transaction_id", {"seal": {"$exists": True}})
    return set(sealed) <= set(database["chain"].distinct("entries.transaction_id"))


def look(database: Database[Any], kept: list[Head] | None = None) -> Report:
    """What verification says; `kept` are heads that a file outside has."""
    return verify(database, kept=kept or [], progress=lambda what, done, total: None)


def found(database: Database[Any], kept: list[Head] | None = None) -> list[str]:
    """What is broken, in words."""
    return [finding.what for finding in look(database, kept).findings.kept]
