"""The ledger's schema is made once by whoever comes first, and refuses what must never be stored."""

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import bson
import pytest
from bson import Decimal128
from msgspec.structs import replace
from pydantic import SecretStr
from pymongo.errors import WriteError

from gateway.domain import BlindReason, Budget, BudgetName, Decision, LedgerStatus, RecordedVerdict, Verdict
from gateway.errors import JournalUnavailable
from gateway.fallback.policy import decide_blind
from gateway.features.audit.service import Chainer
from gateway.features.transactions.store import NEWEST_FIRST, Filters, choose_query
from gateway.ledger.amendments import budget_to_document
from gateway.ledger.client import Database, open_database
from gateway.ledger.encoding import to_document
from gateway.ledger.migrations import NEWEST, migrate, new_holder
from gateway.ledger.service import Ledger
from gateway.settings import Settings
from gateway.verdict.intake.decoding import to_transaction
from tests.proof_records import a_record
from tests.proxy import LossyProxy


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """Not migrated yet."""
    database = open_database(settings)
    yield database
    database.client.close()


async def test_ten_gateways_that_start_together_migrate_once(database: Database) -> None:
    """One holds the lock, the others find nothing left to do."""
    await asyncio.gather(*(migrate(database, holder=new_holder()) for _ in range(10)))

    versions = await database["schema_migrations"].find({"_id": {"$type": "number"}}).to_list(100)
    assert [version["_id"] for version in versions] == [NEWEST]
    assert (await database["transactions"].index_information())["account_transaction_id"]["unique"] is True


async def test_a_migration_can_be_repeated(database: Database) -> None:
    """A crash between a step and its note costs nothing."""
    await migrate(database, holder=new_holder())
    await database["schema_migrations"].delete_many({})

    await migrate(database, holder=new_holder())

    assert await database["schema_migrations"].count_documents({"_id": NEWEST}) == 1


async def test_a_blind_verdict_cannot_be_stored_as_a_clean_one(ledger: Ledger) -> None:
    """Whoever writes: MongoDB itself refuses a score of 0.0 that nobody gave."""
    document = a_document()
    document["verdict"]["risk_score"] = 0.0

    with pytest.raises(WriteError):
        await ledger.database["transactions"].insert_one(document)


@pytest.mark.parametrize("name", BudgetName)
async def test_a_verdict_is_taken_whatever_budget_changed_it(ledger: Ledger, name: BudgetName) -> None:
    """MongoDB knows each of them: what it refuses is in no ledger, and nobody learns from it."""
    document = a_document()
    document["verdict"]["budget"] = budget_to_document(Budget(name, Decision.BLOCK, 0.2))

    await ledger.database["transactions"].insert_one(document)

    assert await ledger.database["transactions"].count_documents({"verdict.budget.name": name.value}) == 1


async def test_a_newer_schema_goes_on_asking_for_accounts(database: Database) -> None:
    """Where all have one already: nobody would ask for it later."""
    await migrate(database, holder=new_holder())
    await database["schema_migrations"].delete_one({"_id": NEWEST})
    await database["schema_migrations"].insert_one({"_id": NEWEST - 1})
    document = a_document()
    del document["account"]

    await migrate(database, holder=new_holder())

    with pytest.raises(WriteError):
        await database["transactions"].insert_one(document)


async def test_a_document_that_breaks_the_schema_fails_alone(ledger: Ledger) -> None:
    """Its neighbours in the same bulk are recorded."""
    good = [to_transaction(request(f"good-{n}")) for n in range(5)]
    bad = replace(to_transaction(request("bad")), user_id=7)

    results = await asyncio.gather(
        *(ledger.record(t, a_verdict(t.transaction_id)) for t in [*good, bad]), return_exceptions=True
    )

    statuses = [result.ledger_status for result in results if isinstance(result, RecordedVerdict)]
    assert statuses == [LedgerStatus.COMMITTED] * 5 + [LedgerStatus.PENDING]
    async with asyncio.timeout(10):
        while not (poison := await ledger.journal.poison()):
            await asyncio.sleep(0.05)
    assert [transaction_id for transaction_id, _ in poison] == [bad.transaction_id]
    assert await ledger.database["transactions"].count_documents({}) == 5


@pytest.mark.parametrize(
    ("filters", "index"), [(Filters(user_id="u"), "account_user"), (Filters(merchant_id="m"), "account_merchant")]
)
async def test_a_search_for_one_party_reads_its_index(ledger: Ledger, filters: Filters, index: str) -> None:
    """In the order of the page: nobody else's records are looked at, and nothing is sorted."""
    records = [a_record(f"t{n}", user_id=f"u{n}", merchant_id=f"m{n}") for n in range(50)]
    await ledger.database["transactions"].insert_many(records)
    query = {"find": "transactions", "filter": await choose_query(ledger.database, filters), "sort": dict(NEWEST_FIRST)}

    plan = await ledger.database.command("explain", query, verbosity="queryPlanner")

    winner = str(plan["queryPlanner"]["winningPlan"])
    assert f"'indexName': '{index}'" in winner
    assert "'SORT'" not in winner


async def test_the_first_of_two_gateways_stands(ledger: Ledger, settings: Settings, tmp_path: Path) -> None:
    """The second one gets the verdict that the first one recorded."""
    other = Ledger(settings.model_copy(update={"journal_dir": tmp_path / "other"}), instance="two", chainer=Chainer)
    await other.start()
    transaction = to_transaction(request("t1"))

    verdicts = await asyncio.gather(*(gateway.record(transaction, a_verdict("t1")) for gateway in [ledger, other] * 20))

    assert len({recorded.verdict.trace_id for recorded in verdicts}) == 1
    assert sum(not recorded.replayed for recorded in verdicts) == 1
    await other.close()


async def test_a_record_reads_back_as_it_was_given(ledger: Ledger) -> None:
    """To the last field: a replay repeats the first answer."""
    transaction = to_transaction(request("t1"))
    given = a_verdict("t1")

    await ledger.record(transaction, given)

    found = await ledger.find("t1")
    assert found is not None
    assert (found.verdict, found.digest, found.replayed) == (given, transaction.digest, True)


async def test_a_broken_connection_makes_no_second_verdict(settings: Settings, database: Database) -> None:
    """Recorded, and cut before the reply: it waits in the journal, finds itself in the ledger, and is no conflict."""
    server_port = int(settings.mongodb_url.get_secret_value().rpartition(":")[2])
    transaction, given = to_transaction(request("t1")), a_verdict("t1")
    async with LossyProxy(server_port) as proxy:
        url = SecretStr(f"mongodb://127.0.0.1:{proxy.port}/?directConnection=true")
        ledger = Ledger(settings.model_copy(update={"mongodb_url": url}), instance="one", chainer=Chainer)
        await ledger.start()
        await ledger.is_ready.wait()
        # connections for what else is asked meanwhile: one that is new has to be heard before it can insert
        await asyncio.gather(*(ledger.database.command("ping") for _ in range(8)))
        proxy.is_mute = True

        recording = asyncio.create_task(ledger.record(transaction, given))
        while await database["transactions"].count_documents({"transaction_id": "t1"}) == 0:
            await asyncio.sleep(0.01)
        proxy.cut()

        pending = await recording
        proxy.is_mute = False
        async with asyncio.timeout(10):
            while (recorded := await ledger.find_known("t1")) is None or recorded.ledger_status is LedgerStatus.PENDING:
                await asyncio.sleep(0.05)
        await ledger.close()
    assert (pending.verdict, pending.ledger_status) == (given, LedgerStatus.PENDING)
    assert recorded.verdict == given
    assert await database["transactions"].count_documents({}) == 1
    assert await database["conflicts"].count_documents({}) == 0


async def test_mongodb_answers_for_a_disk_that_stands_still(ledger: Ledger) -> None:
    """What it has is replayed; of what it may have to wait for, no verdict is better than a second one."""
    goes_on = threading.Event()
    await ledger.record(to_transaction(request("t1")), given := a_verdict("t1"))
    waiting = await ledger.journal.put("t2", b"d" * 32, b"waits")
    ledger._memory._index._thread.submit(goes_on.wait, 20)
    ledger.journal._reader._thread.submit(goes_on.wait, 20)

    recorded = await ledger.find_known("t1")
    with pytest.raises(JournalUnavailable):
        await ledger.find_known("t2")
    goes_on.set()
    await ledger.journal.set_aside(waiting, "no record")  # its end would wait for it, 90 s

    assert recorded is not None
    assert (recorded.verdict, recorded.replayed) == (given, True)


async def test_amounts_are_stored_exactly(ledger: Ledger) -> None:
    """As decimals, to the cent."""
    transaction = to_transaction(request("t1") | {"amount": Decimal("90071992547.41")})

    await ledger.record(transaction, a_verdict("t1"))

    found = await ledger.find_document("t1")
    assert found is not None
    assert found.document["amount"] == Decimal128("90071992547.41")


def request(transaction_id: str) -> dict[str, Any]:
    """Any payment."""
    return {"transaction_id": transaction_id, "amount": Decimal("12.50"), "currency": "USD", "user_id": "user_1"}


def a_verdict(transaction_id: str) -> Verdict:
    """A blind one, each with a trace of its own."""
    return Verdict(
        transaction_id=transaction_id,
        ruling=decide_blind(BlindReason.SCORER_TIMEOUT),
        circuit_state="closed",
        latency_ms=1.5,
        created_at=datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC),
        trace_id=f"{id(object()):032x}{datetime.now(UTC).timestamp()}",
    )


def a_document() -> dict[str, Any]:
    """What would be stored of it."""
    return dict(bson.decode(to_document(to_transaction(request("t1")), a_verdict("t1")).raw))


def test_the_url_with_its_password_is_never_shown(settings: Settings) -> None:
    """Neither in a log nor in an error that prints the settings."""
    secret = settings.model_copy(update={"mongodb_url": SecretStr("mongodb://sentinel:hunter2@db")})

    assert "hunter2" not in repr(secret)
