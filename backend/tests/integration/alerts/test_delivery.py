"""Webhooks reach a real receiver, signed, and what it answers decides what becomes of each."""

import asyncio
from datetime import timedelta
from functools import partial

from gateway.features.alerts.alert import Alert, begin, webhook_id
from gateway.kit import clock
from gateway.ledger.client import Database
from gateway.settings import Settings
from tests.alerting import KIND, gateway, has_settled, is_in_state, make_due, stored
from tests.waiting import eventually
from tests.webhooks import WebhookServer


async def test_a_failing_receiver_gets_the_same_event_again(settings: Settings, database: Database) -> None:
    """500, a redirect, then success: genuine each time, one id, one body; afterwards it is on record as delivered."""
    with WebhookServer([500, 302], headers={"location": "http://127.0.0.1:1/"}) as server:
        async with gateway(settings, server) as (queue, _):
            queue.raise_alert(KIND, "c1", {"transaction_id": "t1", "n": 2**40, "list": [2**40]})
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


async def test_a_refusal_for_good_and_a_day_of_failures_are_dead_letters(
    settings: Settings, database: Database
) -> None:
    """410 ends it at once, the last attempt of the day as well; both stay visible, and one can be sent again."""
    with WebhookServer([410, 503]) as server:
        async with gateway(settings, server) as (queue, alerts):
            queue.raise_alert(KIND, "gone", {})
            await eventually(lambda: is_in_state(database, "gone", "dead"))
            server.is_failing = True
            queue.raise_alert(KIND, "late", {})
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
    async with gateway(settings, None) as (queue, alerts):
        await alerts.documents.record([(old, begin(clock.now() - timedelta(days=2), has_receiver=True))])
        queue.raise_alert(KIND, "c1", {})
        await eventually(lambda: is_in_state(database, "c1", "unsent"))
    async with gateway(settings, None):
        await eventually(lambda: is_in_state(database, "old", "dead"))


async def test_a_hanging_receiver_is_given_five_seconds(settings: Settings, database: Database) -> None:
    """Then it counts as a failure; a stop of the gateway does not wait for it for long."""
    with WebhookServer(takes_s=60) as server:
        async with gateway(settings, server) as (queue, _):
            queue.raise_alert(KIND, "c1", {})
            await eventually(lambda: has_settled(database, "c1", 1))
            queue.raise_alert(KIND, "c2", {})
            await eventually(lambda: webhook_id(KIND, "c2") in server.busiest)
            stopped_at_s = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - stopped_at_s < server.takes_s

    assert (await stored(database, "c1"))["last_error"] == "no answer within 5 s"
    assert (await stored(database, "c2"))["state"] == "pending"
