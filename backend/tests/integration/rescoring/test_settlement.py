"""Figures are final only for the times that they were counted for."""

from datetime import UTC, datetime, timedelta

from gateway.features.outages.store import OutageStore
from gateway.ledger.client import Database

SECOND = timedelta(seconds=1)


async def test_an_outage_that_grew_while_it_was_counted_is_counted_again(database: Database) -> None:
    """A gateway whose ledger was away tells of a longer one: what was counted before is not the whole of it."""
    store = OutageStore(database, instance="one")
    began_at = datetime(2026, 1, 1, tzinfo=UTC)
    begun = await store.begin(began_at, cause="SCORER_TIMEOUT")
    await store.end(begun.id, ended_at=began_at + SECOND)
    (short,) = await store.unsettled()
    figures = await store.count(short)

    await OutageStore(database, instance="two").add_past(began_at, began_at + 9 * SECOND, cause="SCORER_TIMEOUT")
    await store.settle(short, figures)
    (longer,) = await store.unsettled()
    await store.settle(longer, await store.count(longer))

    assert (longer.id, longer.ended_at, longer.report) == (short.id, began_at + 9 * SECOND, None)
    assert await store.unsettled() == []
