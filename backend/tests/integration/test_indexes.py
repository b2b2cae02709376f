"""Whatever the code asks of the ledger is answered from an index, and in the order of that index."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from bson.objectid import ObjectId

from audit.erasure import transactions_of
from gateway.alerting import AlertKind
from gateway.domain import ListKind, ListName
from gateway.features.alerts.alert import begin, make_alert
from gateway.features.alerts.store import AlertDocuments
from gateway.features.audit.sweep import Flags
from gateway.features.budgets.store import BudgetStore
from gateway.features.labels.store import Labels
from gateway.features.ledger_status.store import count
from gateway.features.lists.store import ListStore
from gateway.features.models.store import PromotedModels, compare, judge
from gateway.features.outages.store import OutageStore
from gateway.features.rescoring.store import RescoreBacklog
from gateway.features.reviews.store import Reviews
from gateway.features.transactions.store import Filters, search
from gateway.features.workers.store import count_backlog, oldest_waiting_s
from gateway.kit import clock
from gateway.kit.cursors import to_ms, write_cursor
from gateway.ledger.client import Database
from gateway.review import ReviewState
from records.account import ACCOUNT
from tests.proof_records import LONG_AGO, a_record

RECORDS = 120
_SOON = timedelta(seconds=1)
_CURSOR = write_cursor(to_ms(LONG_AGO), str(ObjectId()))


async def outage_figures(database: Database) -> None:
    """An outage begins, ends, is counted, found and settled."""
    store = OutageStore(database, instance="one")
    begun = await store.begin(LONG_AGO, cause="UNKNOWN")
    await store.end(begun.id, ended_at=LONG_AGO + timedelta(hours=1))
    await store.add_past(LONG_AGO - timedelta(days=2), LONG_AGO - timedelta(days=1), cause="UNKNOWN")
    for outage in await store.unsettled():
        await store.has_backlog(outage)
        await store.report(outage, await store.count(outage))
        await store.settle(outage)
    await store.newest(before=(LONG_AGO, ObjectId()), limit=5)


async def alert_pages(database: Database) -> None:
    """What the pages of alerts and a worker ask."""
    alerts = AlertDocuments(database)
    for kind, state, cursor in ((None, None, None), ("verdict.amended", None, None), (None, "pending", None)):
        await alerts.search(kind=kind, key=None, state=state, cursor=cursor, limit=5)
    await alerts.find_folded(limit=5)
    await alerts.count()
    await alerts.give_up_overdue()
    await alerts.claim("me", list(AlertKind), 5)


async def lists(database: Database) -> None:
    """An entry comes, changes and goes."""
    store = ListStore(database)
    await store.put(ListName.DENY, ListKind.USER, "u", reason="r", expires_at=None)
    await store.remove("deny:user:u")
    await store.changes(clock.now())


async def labels(database: Database) -> None:
    """A label comes, is corrected, and is found."""
    store = Labels(database)
    for is_fraud in (True, False):
        await store.put("txn_7", is_fraud=is_fraud, source="s", known_at=None, default_known_at=clock.now())
    await store.find_one("txn_7")


async def rescoring(database: Database) -> None:
    """The worker's turn."""
    backlog = RescoreBacklog(database, instance="one")
    await backlog.claim(5)
    await backlog.mark_suspect(since=LONG_AGO, until=LONG_AGO + _SOON, model=None)
    await backlog.unnotified(5)


async def reviews(database: Database) -> None:
    """The queue, a step, and the sweep."""
    store = Reviews(database)
    for state in ReviewState:
        await store.page(state, cursor=None, limit=5)
    await store.claim("t3", by="alice")
    await store.find_unlabelled(older_than=_SOON, limit=5)
    await store.mark_labelled(["t3"])


ASKED: dict[str, Callable[[Database], Awaitable[Any]]] = {
    "a page": lambda database: search(database, Filters(), cursor=None, limit=5),
    "the next page": lambda database: search(database, Filters(), cursor=_CURSOR, limit=5),
    "a user's page": lambda database: search(database, Filters(user_id="u7"), cursor=_CURSOR, limit=5),
    "a merchant's page": lambda database: search(database, Filters(merchant_id="m7"), cursor=None, limit=5),
    "ids that begin so": lambda database: search(database, Filters(text="t11"), cursor=None, limit=5),
    "outages": outage_figures,
    "alerts": alert_pages,
    "lists": lists,
    "labels": labels,
    "rescoring": rescoring,
    "reviews": reviews,
    "two models": compare,
    "what labels say": judge,
    "promoted models": lambda database: PromotedModels(database).read(),
    "the last candidate": lambda database: PromotedModels(database).candidate(),
    "flags": lambda database: Flags(database).left_behind(5),
    "budgets": lambda database: BudgetStore(database).newest(),
    "old budgets": lambda database: BudgetStore(database).forget("m", "1", before=7),
    "shared budgets": lambda database: BudgetStore(database).since(LONG_AGO),
    "figures": count,
    "the worker's backlog": count_backlog,
    "what waits longest": oldest_waiting_s,
}
# read as a whole, and small: what came second, and the labels of the last hours in the order in which they came
WHOLE = {"conflicts aggregate", "labels aggregate"}
SORTED = {"ids that begin so"}  # where they are few


@pytest.fixture
async def profiled(database: Database) -> AsyncIterator[Database]:
    """A ledger whose questions MongoDB notes down."""
    records = [a_record(f"t{n}", LONG_AGO + n * _SOON, user_id=f"u{n}", merchant_id=f"m{n}") for n in range(RECORDS)]
    await database["transactions"].insert_many(records)
    alerts = [make_alert(kind, f"k{n}", {}) for kind in AlertKind for n in range(20)]
    await AlertDocuments(database).record([(alert, begin(clock.now(), has_receiver=True)) for alert in alerts])
    await database.command("profile", 2)
    yield database
    await database.command("profile", 0)


@pytest.mark.parametrize("asked", ASKED)
async def test_it_is_read_from_an_index(profiled: Database, asked: str) -> None:
    """No question walks over a collection, or sorts what it found."""
    await ASKED[asked](profiled)

    await profiled.command("profile", 0)
    noted = await profiled["system.profile"].find({"planSummary": {"$exists": True}}).to_list(None)
    walked = [
        (what, question["planSummary"], question.get("command"))
        for question in noted
        if (what := _what(question)) not in WHOLE
        and ("COLLSCAN" in question["planSummary"] or (asked not in SORTED and _sorts(question)))
    ]
    assert walked == []
    assert noted


async def test_a_person_is_found_by_their_index(profiled: Database) -> None:
    """Whoever erases does not walk over ten million records."""
    transactions_of(profiled.delegate, "u7")

    (question,) = await profiled["system.profile"].find({"command.find": "transactions"}).to_list(None)
    assert "IXSCAN { account: 1, user_id: 1" in question["planSummary"]


async def test_a_list_of_models_reads_none_of_them(profiled: Database) -> None:
    """A page asks for it every few seconds, and each may have 8 MB."""
    model = dict.fromkeys(("name", "version", "trained_on", "by"), "m") | dict.fromkeys(("model", "metadata"), b"trees")
    await profiled["models"].insert_one({"_id": "a" * 64, "account": ACCOUNT, "created_at": LONG_AGO, **model})

    _, kept = await PromotedModels(profiled).read()

    (question,) = await profiled["system.profile"].find({"command.find": "models"}).to_list(None)
    assert [one["id"] for one in kept] == ["a" * 64]
    assert (question["keysExamined"], question["docsExamined"]) == (1, 0)


def _sorts(question: Mapping[str, Any]) -> bool:
    """Whether it sorts what it found, unless that is what it named one by one, or what it has added up."""
    by_id = question["planSummary"] == "IXSCAN { _id: 1 }"
    return bool(question.get("hasSortStage")) and not by_id and "aggregate" not in question["command"]


def _what(question: Mapping[str, Any]) -> str:
    collection = question["ns"].partition(".")[2]
    return f"{collection} aggregate" if "aggregate" in question.get("command", {}) else collection
