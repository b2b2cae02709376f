"""A question that takes MongoDB too long is given up, by MongoDB too, and what can be said instead is said."""

import asyncio
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from bson.objectid import ObjectId
from pydantic import SecretStr
from pymongo.errors import OperationFailure
from structlog.testing import capture_logs

from gateway.domain import BlindReason, RiskLevel, Ruling, Score, ShadowScore, Verdict
from gateway.errors import LedgerUnreadable
from gateway.fallback.policy import decide_blind
from gateway.features.ledger_status import store
from gateway.features.ledger_status.store import count
from gateway.features.models.store import QUERY_S_MAX, compare
from gateway.features.outages.store import Outage, OutageStore
from gateway.ledger.client import Database, TooSlow, giving_up, open_database, reading
from gateway.ledger.encoding import to_document
from gateway.settings import Settings
from gateway.verdict.intake.decoding import to_transaction
from gateway.verdict.policy import decide
from tests.processes import MongodProcess
from tests.proof_records import sent
from tests.stored import fill
from tests.waiting import eventually

HOUR = timedelta(hours=1)
RECORD_MS = 60  # what each record costs MongoDB, once it `is_slow`
RECORDS = 40  # all together more than the 2 s that any question has


async def record(database: Database, rulings: list[Ruling]) -> None:
    """Write verdicts down, evenly over the last hour."""
    now = datetime.now(UTC)
    for n, ruling in enumerate(rulings):
        given = {"transaction_id": f"t{n}", "amount": Decimal(10), "currency": "USD", "user_id": "u"}
        verdict = Verdict(f"t{n}", ruling, "closed", 1.0, now - HOUR * (n + 0.5) / len(rulings), "0" * 32)
        await database["transactions"].insert_one(sent(to_document(to_transaction(given), verdict)))


async def make_slow(database: Database) -> None:
    """From now on MongoDB takes RECORD_MS for each record that it looks at, through the same indexes."""
    await database["transactions"].rename("records")
    waits = {"body": f"function() {{ sleep({RECORD_MS}); return true; }}", "args": [], "lang": "js"}
    slowly = [{"$match": {"$expr": {"$function": waits}}}]
    await database.create_collection("transactions", viewOn="records", pipeline=slowly)


async def under_way(database: Database) -> list[Mapping[str, Any]]:
    """Sums over this ledger that MongoDB is making now."""
    match = {"ns": {"$regex": f"^{database.name}[.]"}, "command.aggregate": {"$exists": True}}
    return await database.client["admin"].aggregate([{"$currentOp": {}}, {"$match": match}]).to_list(100)


def only_failure(logs: list[MutableMapping[str, Any]]) -> str:
    """What the one line about a failed question names as its cause."""
    (error,) = [line["error"] for line in logs if line["event"] == "ledger.read_failed"]
    return str(error)


async def test_records_that_are_too_many_to_count_are_estimated(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All else is told as ever, and `is_exact` says what was done."""
    fill(settings, [{"transaction_id": n} for n in range(100_000)])
    monkeypatch.setattr(store, "_COUNT_S_MAX", 0.01)

    counts = await count(database)

    assert (counts.committed, counts.is_exact, counts.backlog) == (100_000, False, 0)


async def test_few_records_are_counted(database: Database) -> None:
    """The limit costs those nothing that stay below it."""
    await record(database, [decide_blind(BlindReason.SCORER_TIMEOUT)] * 3)

    counts = await count(database)

    assert (counts.committed, counts.is_exact, counts.backlog) == (3, True, 3)


async def test_an_outage_too_large_for_one_question_is_added_up_in_parts(database: Database) -> None:
    """The figures are those that one question gives; all its records at once would take longer than any may."""
    await record(database, [decide_blind(BlindReason.SCORER_TIMEOUT)] * RECORDS)
    now = datetime.now(UTC)
    outage = Outage(ObjectId(), "SCORER_TIMEOUT", now - HOUR, now, ("one",), False, None)
    store = OutageStore(database, instance="one")
    at_once = await store.count(outage)
    await make_slow(database)

    in_parts = await store.count(outage)

    assert in_parts == at_once
    assert (in_parts.blind, in_parts.unpriced, in_parts.open) == (RECORDS, RECORDS, RECORDS)


async def test_a_comparison_that_takes_too_long_is_given_up_by_mongodb_too(database: Database) -> None:
    """It is told its limit, stops, and the log says that it was slow and not away."""
    shadow = ShadowScore(0.1, RiskLevel.LOW, "gbdt", "2")
    await record(database, [decide(Score(0.1, RiskLevel.LOW, (), "gbdt", "1", (), shadow))] * RECORDS)
    await make_slow(database)

    seen: list[Mapping[str, Any]] = []

    async def is_seen() -> bool:
        seen.extend(await under_way(database))
        return bool(seen)

    async def is_over() -> bool:
        return not await under_way(database)

    with capture_logs() as logs, pytest.raises(LedgerUnreadable):
        await asyncio.gather(compare(database), eventually(is_seen))

    assert seen[0]["command"]["maxTimeMS"] <= QUERY_S_MAX * 1_000
    assert only_failure(logs) == "TooSlow"
    await eventually(is_over)


async def test_a_ledger_that_is_frozen_is_not_called_slow(settings: Settings, own_mongod: MongodProcess) -> None:
    """It answers no ping either: there is nobody to ask for less."""
    database = open_database(settings.model_copy(update={"mongodb_url": SecretStr(own_mongod.url)}))
    await database["transactions"].insert_one({})

    own_mongod.freeze()
    try:
        with capture_logs() as logs, pytest.raises(LedgerUnreadable):
            async with reading(), giving_up(database, after_s=0.5):
                await database["transactions"].find_one({})
    finally:
        own_mongod.thaw()

    assert only_failure(logs) != "TooSlow"
    database.client.close()


async def test_a_ledger_that_is_gone_is_not_called_slow(settings: Settings) -> None:
    """Nobody listens at all."""
    away = open_database(settings.model_copy(update={"mongodb_url": SecretStr("mongodb://127.0.0.1:9")}))

    with capture_logs() as logs, pytest.raises(LedgerUnreadable):
        async with reading(), giving_up(away, after_s=0.5):
            await away["transactions"].find_one({})

    assert only_failure(logs) != "TooSlow"
    away.client.close()


async def test_what_mongodb_refuses_is_no_matter_of_time(database: Database) -> None:
    """It is passed on as it is, without a ping."""
    with pytest.raises(OperationFailure, match="nonsense"):
        async with giving_up(database, after_s=0.5):
            await database["transactions"].find_one({"$nonsense": 1})


async def test_after_a_question_that_was_given_up_the_next_has_its_own_time(database: Database) -> None:
    """The limit holds for what stands inside of it, and for nothing that is asked instead."""
    await record(database, [decide_blind(BlindReason.SCORER_TIMEOUT)] * RECORDS)
    await make_slow(database)

    async with reading():
        with pytest.raises(TooSlow):
            async with giving_up(database, after_s=0.1):
                await database["transactions"].count_documents({})
        slowly = await database["transactions"].find({}).limit(5).to_list(5)

    assert len(slowly) == 5
