"""Webhooks reach a real receiver: signed, once where that can be, with one id wherever it cannot."""

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pymongo
import pytest
from pydantic import SecretStr

from gateway import clock
from gateway.alerts.alert import Alert, AlertState, webhook_id
from gateway.alerts.alerts import Alerts
from gateway.alerts.inbox import Inbox
from gateway.alerts.kinds import AlertKind
from gateway.alerts.schedule import begin
from gateway.domain import BlindReason, Transaction, Verdict
from gateway.intake import to_transaction
from gateway.ledger.client import Database, open_database
from gateway.ledger.documents import to_document
from gateway.ledger.ledger import Ledger
from gateway.ledger.migrations import migrate, new_holder
from gateway.policy import decide_blind
from gateway.settings import Settings
from tests.processes import MongodProcess
from tests.stack import running_stack, wait_until
from tests.webhooks import OTHER_SECRET, SECRET, WebhookServer

KIND = AlertKind.CONFLICT_RECORDED


@pytest.fixture
def settings(
    mongod_url: str, fresh_databases: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Of a gateway with an empty ledger of its own, and no receiver yet."""
    monkeypatch.setenv("MONGODB_URL", mongod_url)
    monkeypatch.setenv("GATEWAY_LEDGER_DATABASE", fresh_databases["GATEWAY_LEDGER_DATABASE"])
    return Settings(journal_dir=tmp_path / "journal")


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """Migrated."""
    database = open_database(settings)
    await migrate(database, holder=new_holder())
    yield database
    database.client.close()


@asynccontextmanager
async def gateway(
    settings: Settings, server: WebhookServer | None, *, is_ledger_up: Callable[[], bool] = lambda: True
) -> AsyncIterator[tuple[Inbox, Alerts]]:
    """The alerts of one gateway."""
    if server is not None:
        settings = settings.model_copy(
            update={"webhook_url": SecretStr(server.url), "webhook_secret": SecretStr(SECRET)}
        )
    database, inbox = open_database(settings), Inbox()
    alerts = Alerts(settings, inbox, database, is_ledger_up=is_ledger_up)
    await alerts.start()
    yield inbox, alerts
    await alerts.close()
    database.client.close()


async def eventually(is_so: Callable[[], Any]) -> None:
    """Wait until it is so; `is_so` may be a coroutine function."""
    async with asyncio.timeout(30):
        while True:
            answer = is_so()
            if await answer if asyncio.iscoroutine(answer) else answer:
                return
            await asyncio.sleep(0.02)


async def stored(database: Database, key: str) -> dict[str, Any]:
    """As it is in MongoDB; empty when it is not."""
    return dict(await database["alerts"].find_one({"_id": webhook_id(KIND, key)}) or {})


async def make_due(database: Database) -> None:
    """Time passes: what waits for a retry, or for a lease to end, waits no longer."""
    past = clock.now() - timedelta(seconds=1)
    await database["alerts"].update_many({"next_at": {"$ne": None}}, {"$set": {"next_at": past, "lease": None}})


async def test_a_failing_receiver_gets_the_same_event_again(settings: Settings, database: Database) -> None:
    """500, a redirect, then success: genuine each time, one id, one body; afterwards it is on record as delivered."""
    with WebhookServer([500, 302], headers={"location": "http://127.0.0.1:1/"}) as server:
        async with gateway(settings, server) as (inbox, _):
            inbox.raise_alert(KIND, "c1", {"transaction_id": "t1", "n": 2**40, "list": [2**40]})
            for attempts, error in ((1, "HTTP 500"), (2, "HTTP 302")):
                await eventually(partial(has_settled, database, "c1", attempts))
                waiting = await stored(database, "c1")
                assert waiting["next_at"] > clock.now()
                assert waiting["last_error"] == error
                await make_due(database)
            await eventually(lambda: is_in_state(database, "c1", "delivered"))

    hooks = server.hooks
    assert [(hook.status, hook.is_genuine, hook.webhook_id) for hook in hooks] == [
        (status, True, webhook_id(KIND, "c1")) for status in (500, 302, 204)
    ]
    assert hooks[0].body == hooks[2].body
    assert hooks[0].body["type"] == "conflict.recorded"
    assert hooks[0].body["data"] == {"transaction_id": "t1", "n": 2**40, "list": [2**40]}
    assert hooks[0].headers["content-type"] == "application/json"
    assert (await stored(database, "c1"))["attempts"] == 3


async def has_settled(database: Database, key: str, attempts: int) -> bool:
    """The outcome of so many attempts is on record."""
    found = await stored(database, key)
    return found.get("attempts") == attempts and found["lease"] is None


async def is_in_state(database: Database, key: str, state: str) -> bool:
    """As MongoDB has it."""
    return (await stored(database, key)).get("state") == state


async def test_many_gateways_deliver_each_event_once(settings: Settings, database: Database, tmp_path: Path) -> None:
    """Four, each of which raises the same fifty: fifty requests, never two of one event."""
    with WebhookServer(takes_s=0.05) as server:
        async with AsyncExitStack() as running:
            inboxes = []
            for number in range(4):
                own = settings.model_copy(update={"journal_dir": tmp_path / f"journal-{number}"})
                inbox, _ = await running.enter_async_context(gateway(own, server))
                inboxes.append(inbox)
            for key in range(50):
                for inbox in inboxes:
                    inbox.raise_alert(KIND, str(key), {"n": key})
            await eventually(lambda: all_are_delivered(database, 50))

    counts = Counter(hook.webhook_id for hook in server.hooks)
    assert counts == {webhook_id(KIND, str(key)): 1 for key in range(50)}
    assert all(hook.is_genuine for hook in server.hooks)
    assert set(server.busiest.values()) == {1}


async def all_are_delivered(database: Database, count: int) -> bool:
    """So many, and no other."""
    return await database["alerts"].count_documents({"state": "delivered"}) == count


async def test_without_a_ledger_webhooks_go_out_and_are_written_down_later(
    settings: Settings, database: Database
) -> None:
    """Delivered straight from memory, once; the ledger learns of it when it is back, and nothing is sent again."""
    is_up = False
    with WebhookServer() as server:
        async with gateway(settings, server, is_ledger_up=lambda: is_up) as (inbox, _):
            inbox.raise_alert(KIND, "c1", {})
            await eventually(lambda: len(server.hooks) == 1)
            assert await stored(database, "c1") == {}
            is_up = True
            await eventually(lambda: is_in_state(database, "c1", "delivered"))
        assert list(settings.journal_dir.iterdir()) == []

    assert len(server.hooks) == 1
    assert (await stored(database, "c1"))["attempts"] == 1


async def test_a_kill_without_a_ledger_loses_no_alert(settings: Settings, database: Database) -> None:
    """What was raised is on the disk; the next run of the gateway delivers it with the same id."""
    with WebhookServer([500]) as server:
        killed = settings.model_copy(update={"webhook_url": SecretStr(server.url), "webhook_secret": SecretStr(SECRET)})
        inbox = Inbox()
        alerts = Alerts(killed, inbox, database, is_ledger_up=lambda: False)
        await alerts.start()
        inbox.raise_alert(KIND, "c1", {"n": 1})
        await eventually(lambda: len(server.hooks) == 1)
        task = alerts._sender._task
        assert task is not None
        task.cancel()  # as a kill: no close, nothing more is done

        async with gateway(settings, server):
            await eventually(lambda: is_in_state(database, "c1", "delivered"))
    await alerts.close()  # for its connections only: the receiver is gone

    assert [(hook.webhook_id, hook.status) for hook in server.hooks] == [
        (webhook_id(KIND, "c1"), status) for status in (500, 204)
    ]
    assert server.hooks[0].body == server.hooks[1].body


async def test_a_delivery_that_a_dead_gateway_never_reported_is_made_again(
    settings: Settings, database: Database
) -> None:
    """Its lease runs out, and another gateway goes on, with the same id; while it runs nobody does."""
    alert = Alert(webhook_id(KIND, "c1"), KIND, "c1", {}, clock.now())
    with WebhookServer() as server:
        async with gateway(settings, None) as (_, dead):
            await dead.documents.record([(alert, begin(clock.now(), has_receiver=True))])
            claimed = await dead.documents.claim("dead")
            assert claimed is not None
            assert claimed[0] == alert
        async with gateway(settings, server) as (inbox, _):
            inbox.raise_alert(KIND, "c2", {})
            await eventually(lambda: is_in_state(database, "c2", "delivered"))
            assert len(server.of(KIND)) == 1
            await database["alerts"].update_one(
                {"_id": alert.webhook_id}, {"$set": {"lease.until": clock.now() - timedelta(seconds=1)}}
            )
            await eventually(lambda: is_in_state(database, "c1", "delivered"))

    assert server.hooks[-1].webhook_id == alert.webhook_id


async def test_a_refusal_for_good_and_a_day_of_failures_are_dead_letters(
    settings: Settings, database: Database
) -> None:
    """410 ends it at once, the last attempt of the day as well; both stay visible, and one can be sent again."""
    with WebhookServer([410, 503]) as server:
        async with gateway(settings, server) as (inbox, alerts):
            inbox.raise_alert(KIND, "gone", {})
            await eventually(lambda: is_in_state(database, "gone", "dead"))
            server.is_failing = True
            inbox.raise_alert(KIND, "late", {})
            await eventually(lambda: has_settled(database, "late", 1))
            await database["alerts"].update_one({"key": "late"}, {"$set": {"give_up_at": clock.now()}})
            await make_due(database)
            await eventually(lambda: is_in_state(database, "late", "dead"))
            assert (await stored(database, "gone"))["last_error"] == "HTTP 410"
            assert (await alerts.documents.count()).dead == 2

            server.is_failing = False
            await alerts.documents.retry(webhook_id(KIND, "late"))
            await eventually(lambda: is_in_state(database, "late", "delivered"))
            again = await alerts.documents.retry(webhook_id(KIND, "late"))

    assert again is not None
    assert again["state"] == "delivered"
    assert len(server.of(KIND)) == 1


async def test_without_a_receiver_alerts_are_written_down(settings: Settings, database: Database) -> None:
    """As unsent; what an earlier setting left to be sent ends when its day is over."""
    old = Alert(webhook_id(KIND, "old"), KIND, "old", {}, clock.now())
    async with gateway(settings, None) as (inbox, alerts):
        await alerts.documents.record([(old, begin(clock.now() - timedelta(days=2), has_receiver=True))])
        inbox.raise_alert(KIND, "c1", {})
        await eventually(lambda: is_in_state(database, "c1", "unsent"))
    async with gateway(settings, None):
        await eventually(lambda: is_in_state(database, "old", "dead"))


async def test_a_hanging_receiver_is_given_five_seconds(settings: Settings, database: Database) -> None:
    """Then it counts as a failure; a stop of the gateway does not wait for it for long."""
    with WebhookServer(takes_s=8) as server:
        async with gateway(settings, server) as (inbox, _):
            inbox.raise_alert(KIND, "c1", {})
            await eventually(lambda: has_settled(database, "c1", 1))
            inbox.raise_alert(KIND, "c2", {})
            await eventually(lambda: webhook_id(KIND, "c2") in server.busiest)
            stopped_at_s = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - stopped_at_s < 6

    assert (await stored(database, "c1"))["last_error"] == "no answer within 5 s"
    assert (await stored(database, "c2"))["state"] == "pending"


def test_a_backlog_that_cleared_is_told_by_the_gateway_that_had_it(
    own_mongod: MongodProcess, tmp_path: Path, fresh_databases: dict[str, str]
) -> None:
    """Real processes: the ledger dies and comes back, the receiver fails, the gateway is killed; one id."""
    with WebhookServer() as server:
        server.is_failing = True
        environment = fresh_databases | {
            "GATEWAY_WEBHOOK_URL": server.url.replace("://", "://user:hunter2@"),
            "GATEWAY_WEBHOOK_SECRET": OTHER_SECRET,
            "GATEWAY_WEBHOOK_SECRET_PREVIOUS": SECRET,
            "GATEWAY_LEDGER_BUDGET_MS": "150",
        }
        with running_stack(tmp_path, own_mongod.url, environment) as stack:
            wait_until(lambda: stack.get("/alerts") is not None, within_s=30)
            own_mongod.kill()
            for n in range(120):
                stack.post(f"t{n}")
            own_mongod.start()
            wait_until(
                lambda: [h for h in server.hooks if h.body["type"] == "ledger.backlog_cleared"] != [], within_s=30
            )
            stack.gateway.kill()
            server.is_failing = False
            stack.gateway.start()

            def told() -> list[dict[str, Any]]:
                response = stack.client.get("/alerts?kind=ledger.backlog_cleared")
                return list(response.json()["alerts"]) if response.status_code == 200 else []

            wait_until(lambda: told() != [], within_s=30)
            (pending,) = told()
            if pending["state"] != "delivered":
                with pymongo.MongoClient[dict[str, Any]](own_mongod.url) as client:  # a lease and a retry later
                    client[fresh_databases["GATEWAY_LEDGER_DATABASE"]]["alerts"].update_many(
                        {"state": "pending"}, {"$set": {"lease": None, "next_at": clock.now()}}
                    )
            wait_until(
                lambda: stack.get(f"/alerts/{pending['webhook_id']}")["state"] == AlertState.DELIVERED, within_s=30
            )
            metrics = stack.client.get("/metrics").text
        log = stack.gateway.log()

    (delivered,) = server.of("ledger.backlog_cleared")
    assert {h.webhook_id for h in server.hooks if h.body["type"] == "ledger.backlog_cleared"} == {pending["webhook_id"]}
    assert all(hook.is_genuine for hook in server.hooks)
    assert delivered.body["data"] == pending["data"]
    assert pending["data"]["records"] >= 100
    assert "sentinel_alerts_held 0.0" in metrics
    assert "hunter2" not in log
    assert SECRET.removeprefix("whsec_") not in log


@asynccontextmanager
async def ledger_with_an_inbox(settings: Settings, name: str) -> AsyncIterator[tuple[Ledger, Inbox]]:
    """Ready to record, and telling."""
    inbox = Inbox()
    ledger = Ledger(
        settings.model_copy(update={"ledger_budget_ms": 3000}), instance=name, raise_alert=inbox.raise_alert
    )
    await ledger.start()
    await ledger.is_ready.wait()
    yield ledger, inbox
    await ledger.close()


def a_record(transaction_id: str) -> tuple[Transaction, Verdict]:
    """A blind verdict on a payment."""
    transaction = to_transaction(
        {"transaction_id": transaction_id, "amount": Decimal(5), "currency": "USD", "user_id": "user_1"}
    )
    ruling = decide_blind(BlindReason.CIRCUIT_OPEN)
    return transaction, Verdict(transaction_id, ruling, "open", 1.0, clock.now(), secrets.token_hex(16))


async def test_poison_is_told(settings: Settings) -> None:
    """A record that MongoDB will never take: which one, why, and in whose journal it stays."""
    async with ledger_with_an_inbox(settings, "one") as (ledger, inbox):
        transaction, verdict = a_record("bad")
        object.__setattr__(transaction, "user_id", 7)
        await ledger.record(transaction, verdict)
        await eventually(lambda: len(inbox) == 1)

    (alert,) = inbox.take(10)
    assert (alert.kind, alert.key) == (AlertKind.JOURNAL_POISON, "bad")
    assert alert.data == {
        "transaction_id": "bad", "why": "The ledger refused this record (code 121).", "instance": "one",
    }  # fmt: skip


async def test_a_conflict_is_told_by_the_record_that_lost(settings: Settings) -> None:
    """Once, however often it is found."""
    async with ledger_with_an_inbox(settings, "one") as (ledger, inbox):
        await ledger.record(*a_record("t1"))
        transaction, verdict = a_record("t1")
        other = to_document(transaction, verdict)
        await ledger.journal.put("t1", transaction.digest, bytes(other.raw))
        await eventually(lambda: len(inbox) == 1)

    (alert,) = inbox.take(10)
    assert (alert.kind, alert.key) == (AlertKind.CONFLICT_RECORDED, str(other["_id"]))
    assert (alert.data["standing_decision"], alert.data["other_decision"]) == ("approve", "approve")
    assert alert.data["transaction_id"] == "t1"
