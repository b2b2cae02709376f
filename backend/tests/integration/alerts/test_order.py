"""What concerns everybody is told first, and flips that queue are told together: a slow receiver holds nothing back."""

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from gateway.alerting import AlertKind
from gateway.features.alerts.alert import webhook_id
from gateway.features.alerts.buffer import AlertQueue
from gateway.ledger.client import Database
from gateway.settings import Settings
from tests.alerting import gateway, make_due
from tests.waiting import eventually
from tests.webhooks import WebhookServer

FLIPS = 120
FLIP_IDS = {webhook_id(AlertKind.VERDICT_AMENDED, f"t{n}/1") for n in range(FLIPS)}


def raise_flips(queue: AlertQueue, count: int = FLIPS) -> None:
    """So many verdicts turned to block."""
    for n in range(count):
        queue.raise_alert(AlertKind.VERDICT_AMENDED, f"t{n}/1", {"transaction_id": f"t{n}", "new": "block"})


def told(server: WebhookServer) -> Iterator[str]:
    """The id of each flip that the receiver took, alone or among others, in order."""
    for hook in server.of("verdict.amended"):
        if "flips" in hook.body["data"]:
            yield from (flip["webhook_id"] for flip in hook.body["data"]["flips"])
        else:
            yield hook.webhook_id


async def delivered(database: Database) -> int:
    """Alerts that are on record as delivered."""
    return int(await database["alerts"].count_documents({"state": "delivered"}))


async def test_flips_hold_no_outage_back(settings: Settings, database: Database) -> None:
    """120 flips and a receiver that takes a second for each webhook: the outage's end comes with the next ones."""
    with WebhookServer(takes_s=1.0) as server:
        async with gateway(settings, server) as (queue, _):
            raise_flips(queue)
            await eventually(lambda: bool(server.busiest))
            queue.raise_alert(AlertKind.OUTAGE_ENDED, "o1", {"id": "o1"})
            await eventually(lambda: bool(server.of("outage.ended")))
            before = len(server.hooks)
            await eventually(partial(has_count, database, FLIPS + 1))

    assert before <= 10
    assert sorted(told(server)) == sorted(FLIP_IDS)
    assert all(hook.is_genuine for hook in server.hooks)


async def has_count(database: Database, count: int) -> bool:
    """Whether so many were delivered."""
    return await delivered(database) == count


@pytest.mark.parametrize("is_ledger_up", [True, False])
@pytest.mark.usefixtures("database")
async def test_everything_at_once_leaves_by_urgency(settings: Settings, is_ledger_up: bool) -> None:
    """Outages and backlogs, then poison, then conflicts; flips beside them; also while MongoDB is away."""
    kinds = [
        AlertKind.VERDICT_AMENDED,
        AlertKind.CONFLICT_RECORDED,
        AlertKind.JOURNAL_POISON,
        AlertKind.LEDGER_BACKLOG_CLEARED,
        AlertKind.OUTAGE_STARTED,
    ]
    with WebhookServer(takes_s=0.1) as server:
        async with gateway(settings, server, is_ledger_up=lambda: is_ledger_up) as (queue, _):
            for kind in kinds:
                for n in range(12):
                    queue.raise_alert(kind, str(n), {})
            await eventually(lambda: len(server.of("conflict.recorded")) == 12 and bool(server.of("verdict.amended")))

    heard = [hook.body["type"] for hook in server.hooks]
    last = {kind: max(n for n, one in enumerate(heard) if one == kind) for kind in kinds}
    assert last[AlertKind.OUTAGE_STARTED] < last[AlertKind.JOURNAL_POISON] < last[AlertKind.CONFLICT_RECORDED], heard
    assert last[AlertKind.LEDGER_BACKLOG_CLEARED] < last[AlertKind.JOURNAL_POISON], heard


async def test_a_few_flips_have_a_webhook_each(settings: Settings, database: Database) -> None:
    """Five at once are told as ever: the data of each is the flip itself."""
    with WebhookServer() as server:
        async with gateway(settings, server) as (queue, _):
            raise_flips(queue, 5)
            await eventually(partial(has_count, database, 5))

    assert sorted(hook.webhook_id for hook in server.hooks) == sorted(
        webhook_id(AlertKind.VERDICT_AMENDED, f"t{n}/1") for n in range(5)
    )
    assert {hook.body["data"]["transaction_id"] for hook in server.hooks} == {f"t{n}" for n in range(5)}


async def test_flips_that_were_refused_together_come_again_with_their_ids(
    settings: Settings, database: Database
) -> None:
    """A receiver that fails once gets all of them again: the same ids, and the same words for each."""
    with WebhookServer([503]) as server:
        async with gateway(settings, server) as (queue, _):
            raise_flips(queue, 20)
            await eventually(lambda: bool(server.hooks))
            await eventually(partial(has_tried, database, 20))
            await make_due(database)
            await eventually(partial(has_count, database, 20))

    first, again = (hook.body["data"]["flips"] for hook in server.hooks)
    assert by_id(first) == by_id(again)
    assert len(first) == server.hooks[0].body["data"]["count"] == 20
    assert server.hooks[0].webhook_id == server.hooks[1].webhook_id


async def has_tried(database: Database, count: int) -> bool:
    """So many have an attempt on record, and nobody delivers one now."""
    return int(await database["alerts"].count_documents({"attempts": 1, "lease": None})) == count


def by_id(flips: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Each flip of a webhook by its own id."""
    return {flip["webhook_id"]: flip for flip in flips}


async def test_two_gateways_share_the_flips(settings: Settings, database: Database) -> None:
    """Each flip is told once, whoever tells it."""
    with WebhookServer(takes_s=0.05) as server:
        async with gateway(settings, server) as (one, _), gateway(settings, server) as (other, _):
            raise_flips(one)
            raise_flips(other)
            await eventually(partial(has_count, database, FLIPS))
            await asyncio.sleep(0.1)

    assert sorted(told(server)) == sorted(FLIP_IDS)
