"""A ledger of an older version becomes one of this while gateways serve, and loses nothing on the way."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database as SyncDatabase
from pymongo.errors import WriteError

from gateway.features.audit.service import Chainer
from gateway.features.fleet.store import Instances
from gateway.features.labels.store import Labels
from gateway.features.outages.store import OutageStore
from gateway.features.rescoring.store import RescoreBacklog
from gateway.features.reviews.store import Reviews
from gateway.features.transactions.store import Filters, search
from gateway.features.workers.upgrade import Upgrade
from gateway.kit import clock
from gateway.ledger.client import Database, open_database
from gateway.ledger.migrations import SHAPES, look_for_accounts, migrate, new_holder
from gateway.ledger.service import Ledger
from gateway.review import ReviewState
from gateway.settings import Settings
from records.account import ACCOUNT, NOTE
from tests.old_ledger import INDEXES, as_of_version_2, make, old_request
from tests.proof_ledger import found as broken
from tests.proof_records import LONG_AGO

_OLD_LABEL: dict[str, Any] = {
    "is_fraud": True, "source": "bank", "known_at": clock.now(), "recorded_at": clock.now(), "revision": 1,
    "previous": [],
}  # fmt: skip


@pytest.fixture
def older(settings: Settings) -> Iterator[SyncDatabase[Any]]:
    """A ledger as version 0.2.0 left it, with records that were scored, that were not, and that wait for a person."""
    with MongoClient[dict[str, Any]](settings.mongodb_url.get_secret_value(), tz_aware=True) as client:
        database = client[settings.ledger_database]
        make(database)
        _fill(database)
        yield database


def _fill(database: SyncDatabase[Any]) -> None:
    records = [as_of_version_2(old_request(n), is_blind=n % 5 == 0) for n in range(50)]
    for n, record in enumerate(records):
        if "review" in record:
            record["review"]["at_stake_minor"] = 100 * n
    database["transactions"].insert_many(records)
    database["labels"].insert_one({**_OLD_LABEL, "_id": "old-1"})
    database["outages"].insert_one(
        {"cause": "UNKNOWN", "from": clock.now(), "to": clock.now(), "is_settled": True, "instances": [],
         "report": {"blind": 10, "doubted": 3, "exposed_minor": 700}}
    )  # fmt: skip
    database["lists"].insert_one(
        {"_id": "deny:user:user-3", "list": "deny", "kind": "user", "value": "user-3", "reason": "r",
         "expires_at": None, "created_at": clock.now(), "updated_at": clock.now()}
    )  # fmt: skip


@pytest.fixture
async def database(settings: Settings, older: SyncDatabase[Any]) -> AsyncIterator[Database]:
    """The same, with what a gateway of this version does before it records anything."""
    database = open_database(settings)
    await migrate(database, holder=new_holder())
    yield database
    database.client.close()


async def upgraded(database: Database) -> Upgrade:
    """A worker's job, as far as it goes without waiting."""
    upgrade = Upgrade(database)
    while await upgrade.look():
        pass
    return upgrade


async def a_minute_later(database: Database) -> None:
    """By the server's clock, every process has asked since."""
    ago = clock.now() - timedelta(minutes=2)
    await database["schema_migrations"].update_one(NOTE, {"$set": {"applied_at": ago}})


async def all_is_found(database: Database) -> None:
    """Whatever anybody may ask for."""
    page = await search(database, Filters(), cursor=None, limit=40)
    rest = await search(database, Filters(), cursor=page.next_cursor, limit=40)
    assert len({record["transaction_id"] for record in [*page.documents, *rest.documents]}) == 50
    assert len((await search(database, Filters(user_id="user-7"), cursor=None, limit=40)).documents) == 1
    queue, cursor = await Reviews(database).page(ReviewState.OPEN, cursor=None, limit=15)
    while cursor is not None and len(queue) <= 40:
        more, cursor = await Reviews(database).page(ReviewState.OPEN, cursor=cursor, limit=15)
        queue += more
    assert len(queue) == len({record["transaction_id"] for record in queue}) == 40
    assert (await Labels(database).find(["old-1"]))["old-1"].is_fraud
    (outage,) = await OutageStore(database, instance="one").newest(before=None, limit=2)
    assert outage.report is not None


async def test_a_new_gateway_builds_no_index_on_records(database: Database) -> None:
    """Ten million take MongoDB longer than the client waits: the gateway would try for ever and never be ready."""
    names = {str(index.document["name"]) for index in INDEXES["transactions"]}

    assert (await database["transactions"].index_information()).keys() == {"_id_", *names}
    assert not await look_for_accounts(database)


async def test_everything_is_found_before_and_after(database: Database) -> None:
    """And is as this version writes it afterwards; nothing of the older names and indexes is left."""
    await all_is_found(database)

    upgrade = await upgraded(database)

    await all_is_found(database)
    await a_minute_later(database)
    while await upgrade.look():
        pass
    await all_is_found(database)
    assert upgrade.is_done
    for shape in SHAPES:
        now = await database[shape.name].index_information()
        assert now.keys() == {"_id_", *(index.document["name"] for index in shape.indexes)}
    (outage,) = await OutageStore(database, instance="one").newest(before=None, limit=2)
    assert outage.report is not None
    assert (outage.report.suspect, outage.report.approved_minor) == (3, 700)
    assert len(await RescoreBacklog(database, instance="one").claim(50)) == 50
    records = await database["transactions"].find().to_list(100)
    assert all(record["account"] == ACCOUNT for record in records)
    assert not any(name.startswith("debt") for record in records for name in record)


async def test_records_that_were_given_an_account_are_still_what_was_committed(
    database: Database, older: SyncDatabase[Any]
) -> None:
    """Their seals, which know none, fit as before."""
    older["transactions"].update_many({}, {"$set": {"chain_pending": True}})

    await upgraded(database)

    assert broken(older) == []


async def test_an_id_of_before_gets_its_first_verdict_all_the_while(
    settings: Settings, older: SyncDatabase[Any]
) -> None:
    """While records are given their account, while indexes are built, and afterwards: one id, one record."""
    ledger = Ledger(settings, instance="one", chainer=Chainer)
    await ledger.start()
    await ledger.is_ready.wait()
    first = {record["transaction_id"]: record["verdict"]["trace_id"] for record in older["transactions"].find()}
    upgrade = Upgrade(ledger.database)
    n = 0

    while await upgrade.look() or n < 50:
        recorded = await ledger.find(f"old-{n % 50}")
        assert recorded is not None
        assert recorded.verdict.trace_id == first[f"old-{n % 50}"]
        n += 1

    assert older["transactions"].count_documents({}) == 50
    await ledger.close()


async def test_an_older_gateway_may_go_on_beside_this_one(database: Database, older: SyncDatabase[Any]) -> None:
    """Its indexes stay, and what it writes meanwhile is given its account, until it has gone."""
    older["instances"].insert_one({"_id": "old-gateway:1", "circuit_state": "closed", "seen_at": clock.now()})
    upgrade = await upgraded(database)
    assert not await look_for_accounts(database)

    older["transactions"].insert_one(as_of_version_2(old_request(77), is_blind=True))
    with pytest.raises(WriteError):  # its unique index holds between the versions
        older["transactions"].insert_one(as_of_version_2(old_request(3)) | {"account": ACCOUNT})
    await Instances(database, name="new:1").beat({"circuit_state": "closed"})
    older["instances"].delete_one({"_id": "old-gateway:1"})
    while await upgrade.look():
        pass

    assert await look_for_accounts(database)
    late = older["transactions"].find_one({"transaction_id": "old-77"})
    assert late is not None
    assert (late["account"], late["needs_rescore"]) == (ACCOUNT, True)


async def test_an_older_gateway_records_labels_beside_this_one(database: Database, older: SyncDatabase[Any]) -> None:
    """However many, also once the unique index of this version is there: theirs name no transaction but by `_id`."""
    older["instances"].insert_one({"_id": "old-gateway:1", "circuit_state": "closed", "seen_at": clock.now()})
    upgrade = await upgraded(database)

    older["labels"].insert_many([{**_OLD_LABEL, "_id": f"old-{n}"} for n in (2, 3)])
    older["instances"].delete_one({"_id": "old-gateway:1"})
    while await upgrade.look():
        pass

    assert (await Labels(database).find(["old-2", "old-3"])).keys() == {"old-2", "old-3"}


async def test_what_an_older_gateway_could_not_score_is_scored_beside_it(
    database: Database, older: SyncDatabase[Any]
) -> None:
    """It may live for days, and its worker be gone: a verdict without a score waits for neither."""
    older["instances"].insert_one({"_id": "old-gateway:1", "circuit_state": "closed", "seen_at": clock.now()})
    upgrade = await upgraded(database)
    outages = OutageStore(database, instance="one")
    (outage,) = await outages.newest(before=None, limit=2)
    outage = replace(outage, began_at=LONG_AGO - timedelta(days=1), ended_at=LONG_AGO + timedelta(days=1))
    older["transactions"].update_many({}, {"$unset": {"needs_rescore": ""}})
    assert not await outages.has_backlog(outage)

    older["transactions"].insert_one(as_of_version_2(old_request(77), is_blind=True))
    assert await outages.has_backlog(outage)  # its figures are not final
    while await upgrade.look():
        pass

    assert await outages.has_backlog(outage)
    assert not await look_for_accounts(database)
    waiting = await RescoreBacklog(database, instance="one").claim(60)
    assert [item.transaction.transaction_id for item in waiting] == ["old-77"]


async def test_what_an_older_gateway_brings_too_late_is_refused(database: Database, older: SyncDatabase[Any]) -> None:
    """Rather than recorded a second time beside the account's: its journal keeps it, and says so."""
    await upgraded(database)

    with pytest.raises(WriteError):
        older["transactions"].insert_one(as_of_version_2(old_request(3)))


async def test_a_label_and_a_list_entry_of_before_are_corrected_and_not_doubled(database: Database) -> None:
    """Also while they have no account yet."""
    labels = Labels(database)

    corrected = await labels.put("old-1", is_fraud=False, source="bank", known_at=None, default_known_at=clock.now())
    new = await labels.put("old-2", is_fraud=False, source="bank", known_at=None, default_known_at=clock.now())

    assert (corrected.revision, new.revision) == (2, 1)
    assert await database["labels"].count_documents({}) == 2
    await upgraded(database)
    again = await labels.put("old-2", is_fraud=True, source="bank", known_at=None, default_known_at=clock.now())
    assert again.revision == 2
    assert await database["labels"].count_documents({"account": ACCOUNT}) == 2


async def test_two_workers_that_upgrade_side_by_side_do_no_harm(database: Database) -> None:
    """It costs work, and nothing else."""
    await asyncio.gather(upgraded(database), upgraded(database))

    assert await look_for_accounts(database)
    await all_is_found(database)
