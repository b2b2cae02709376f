"""The alerts of one gateway and one worker from inside, and what MongoDB knows of each."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from gateway.alerting import AlertKind
from gateway.features.alerts.alert import webhook_id
from gateway.features.alerts.buffer import AlertQueue
from gateway.features.alerts.dispatcher import AlertDispatcher
from gateway.features.alerts.service import Alerts, receiver_of
from gateway.kit import clock
from gateway.ledger.client import Database, open_database
from gateway.settings import Settings
from tests.webhooks import SECRET, WebhookServer

KIND = AlertKind.CONFLICT_RECORDED


@asynccontextmanager
async def gateway(
    settings: Settings, server: WebhookServer | None, *, is_ledger_up: Callable[[], bool] = lambda: True
) -> AsyncIterator[tuple[AlertQueue, Alerts]]:
    """The alerts of one gateway, with a worker beside it that delivers them."""
    if server is not None:
        settings = settings.model_copy(
            update={"webhook_url": SecretStr(server.url), "webhook_secret": SecretStr(SECRET)}
        )
    database, queue = open_database(settings), AlertQueue()
    alerts = Alerts(settings, queue, database, is_ledger_up=is_ledger_up)
    worker = AlertDispatcher(alerts.documents, receiver_of(settings), is_ledger_up=is_ledger_up)
    await alerts.start()
    await worker.start()
    yield queue, alerts
    await worker.close()
    await alerts.close()
    database.client.close()


async def stored(database: Database, key: str) -> dict[str, Any]:
    """As it is in MongoDB; empty when it is not."""
    return dict(await database["alerts"].find_one({"_id": webhook_id(KIND, key)}) or {})


async def has_settled(database: Database, key: str, attempts: int) -> bool:
    """The outcome of so many attempts is on record."""
    found = await stored(database, key)
    return found.get("attempts") == attempts and found["lease"] is None


async def is_in_state(database: Database, key: str, state: str) -> bool:
    """As MongoDB has it."""
    return (await stored(database, key)).get("state") == state


async def make_due(database: Database) -> None:
    """Time passes: what waits for a retry, or for a lease to end, waits no longer."""
    past = clock.now() - timedelta(seconds=1)
    await database["alerts"].update_many({"next_at": {"$ne": None}}, {"$set": {"next_at": past, "lease": None}})
