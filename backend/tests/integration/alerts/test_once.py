"""Each event is told once where that can be, with one id wherever it cannot: processes race, die, lose their ledger."""

from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from gateway.features.alerts.alert import Alert, begin, webhook_id
from gateway.features.alerts.buffer import AlertQueue
from gateway.features.alerts.service import Alerts
from gateway.kit import clock
from gateway.ledger.client import Database
from gateway.settings import Settings
from tests.alerting import KIND, gateway, is_in_state, stored
from tests.waiting import eventually
from tests.webhooks import SECRET, WebhookServer


async def test_many_gateways_deliver_each_event_once(settings: Settings, database: Database, tmp_path: Path) -> None:
    """Four, each of which raises the same fifty: fifty requests, never two of one event."""
    with WebhookServer(takes_s=0.05) as server:
        async with AsyncExitStack() as running:
            queues = []
            for number in range(4):
                own = settings.model_copy(update={"journal_dir": tmp_path / f"journal-{number}"})
                queue, _ = await running.enter_async_context(gateway(own, server))
                queues.append(queue)
            for key in range(50):
                for queue in queues:
                    queue.raise_alert(KIND, str(key), {"n": key})
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
        async with gateway(settings, server, is_ledger_up=lambda: is_up) as (queue, _):
            queue.raise_alert(KIND, "c1", {})
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
        queue = AlertQueue()
        alerts = Alerts(killed, queue, database, is_ledger_up=lambda: False)
        await alerts.start()
        queue.raise_alert(KIND, "c1", {"n": 1})
        await eventually(lambda: len(server.hooks) == 1)
        task = alerts._recording._task
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
            claimed = await dead.documents.claim("dead", [KIND], 10)
            assert [found for found, _ in claimed] == [alert]
        async with gateway(settings, server) as (queue, _):
            queue.raise_alert(KIND, "c2", {})
            await eventually(lambda: is_in_state(database, "c2", "delivered"))
            assert len(server.of(KIND)) == 1
            await database["alerts"].update_one(
                {"_id": alert.webhook_id}, {"$set": {"lease.until": clock.now() - timedelta(seconds=1)}}
            )
            await eventually(lambda: is_in_state(database, "c1", "delivered"))

    assert server.hooks[-1].webhook_id == alert.webhook_id
