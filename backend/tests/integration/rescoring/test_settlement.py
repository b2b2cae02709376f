"""Figures are final only for the times that they were counted for."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from gateway.alerting import AlertKind
from gateway.features.outages import settlement
from gateway.features.outages.settlement import OutageSettlement
from gateway.features.outages.store import Figures, Outage, OutageStore
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
    is_whole = await store.report(short, figures)
    await store.settle(short)
    (longer,) = await store.unsettled()
    await store.report(longer, await store.count(longer))
    await store.settle(longer)

    assert not is_whole
    assert (longer.id, longer.ended_at, longer.report) == (short.id, began_at + 9 * SECOND, None)
    assert await store.unsettled() == []


class Growing(OutageStore):
    """While an outage is counted for the first time, another gateway tells of a longer one."""

    has_grown = False

    async def count(self, outage: Outage) -> Figures:
        """As ever."""
        figures = await super().count(outage)
        if not self.has_grown and outage.ended_at is not None:
            self.has_grown = True
            await self.add_past(outage.began_at, outage.ended_at + SECOND, cause="SCORER_TIMEOUT")
        return figures


async def test_nobody_is_told_the_end_of_an_outage_that_grows(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first `outage.ended` is the one that stands: it waits until its figures are those of the whole."""
    monkeypatch.setattr(settlement, "_KNOWN_S", 0.0)
    store, told = Growing(database, instance="one"), list[tuple[AlertKind, object]]()
    began_at = datetime(2026, 1, 1, tzinfo=UTC)
    begun = await store.begin(began_at, cause="SCORER_TIMEOUT")
    await store.end(begun.id, ended_at=began_at + SECOND)

    async def note(alerts: Sequence[tuple[AlertKind, str, Mapping[str, object]]]) -> None:
        told.extend((kind, data.get("to")) for kind, _, data in alerts)

    async def yes() -> bool:
        return True

    outages = OutageSettlement(store, note, journals_are_empty=yes)
    await outages.look()
    first = list(told)
    await outages.look()

    assert first == []
    assert told == [(AlertKind.OUTAGE_STARTED, None), (AlertKind.OUTAGE_ENDED, "2026-01-01T00:00:02.000Z")]
    assert await store.unsettled() == []
