"""A page of outages comes in time, whatever it takes to count what is not settled yet."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import httpx
import pytest
from bson.objectid import ObjectId
from fastapi import FastAPI

from gateway.access.service import AccessControl
from gateway.api.polled import SharedAnswers
from gateway.api.services import Services
from gateway.features.outages import api as outages
from gateway.features.outages.store import Figures, Outage, OutageStore
from tests.access import everybody_may

NOW = datetime(2026, 11, 1, tzinfo=UTC)


class Ledger:
    """Outages, and sums over their records: those of an outage in `large` never end."""

    def __init__(self) -> None:
        self.outages: list[Outage] = []
        self.large: set[ObjectId] = set()
        self.begun: list[ObjectId] = []
        self.finding_s = 0.0

    def add(self, *, blind: int, is_settled: bool = False, is_large: bool = False) -> None:
        """One more, older than those before."""
        began_at = NOW - timedelta(hours=len(self.outages) + 1)
        ended_at = began_at + timedelta(minutes=5)
        report = Figures(blind=blind) if is_settled else None
        outage = Outage(ObjectId(), "CIRCUIT_OPEN", began_at, ended_at, ("one",), is_settled, report)
        self.outages.append(outage)
        if is_large:
            self.large.add(outage.id)

    async def newest(self, *, before: object, limit: int) -> list[Outage]:
        """All of them."""
        return self.outages[:limit]

    async def find(self, outage_id: ObjectId) -> Outage | None:
        """One of them."""
        await asyncio.sleep(self.finding_s)
        return next((outage for outage in self.outages if outage.id == outage_id), None)

    async def count(self, outage: Outage) -> Figures:
        """Seven blind verdicts, unless there are too many to count."""
        self.begun.append(outage.id)
        if outage.id in self.large:
            await asyncio.Event().wait()
        return Figures(blind=7)


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """Empty. A page waits for its sums as long as a test can."""
    monkeypatch.setattr(outages, "_SHOWING_S_MAX", 0.1)
    return Ledger()


@pytest.fixture
async def client(ledger: Ledger) -> AsyncIterator[httpx.AsyncClient]:
    """Of the two routes alone."""
    app = FastAPI()
    app.include_router(outages.router)
    shared = SharedAnswers(lambda: 0.0, monotonic)
    app.state.services = Services({OutageStore: ledger, SharedAnswers: shared, AccessControl: everybody_may()})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        yield client


async def blind_of(client: httpx.AsyncClient) -> list[int | None]:
    """Blind verdicts of each outage of the page; None where it has no figures."""
    async with asyncio.timeout(10):
        response = await client.get("/outages")
    page: list[dict[str, Any]] = response.json()["outages"]
    return [outage["figures"] and outage["figures"]["blind"] for outage in page]


async def test_an_outage_too_large_to_count_in_time_has_no_figures(ledger: Ledger, client: httpx.AsyncClient) -> None:
    """The page is there all the same, with the figures of those that are final and those that were counted before."""
    ledger.add(blind=0)
    ledger.add(blind=0, is_large=True)
    ledger.add(blind=3, is_settled=True)

    assert await blind_of(client) == [7, None, 3]


async def test_a_page_waits_once_for_all_that_is_too_large(ledger: Ledger, client: httpx.AsyncClient) -> None:
    """With its time over MongoDB is asked for nothing more: nobody would wait for the sums."""
    for _ in range(4):
        ledger.add(blind=0, is_large=True)

    assert await blind_of(client) == [None] * 4
    assert ledger.begun == [ledger.outages[0].id]


async def test_one_outage_alone_comes_in_time_too(ledger: Ledger, client: httpx.AsyncClient) -> None:
    """Its page says when and why, also where it cannot say how many."""
    ledger.add(blind=0, is_large=True)

    async with asyncio.timeout(10):
        response = await client.get(f"/outages/{ledger.outages[0].id}")

    assert (response.status_code, response.json()["cause"], response.json()["figures"]) == (200, "CIRCUIT_OPEN", None)


async def test_finding_an_outage_counts_as_part_of_its_time(ledger: Ledger, client: httpx.AsyncClient) -> None:
    """A slow ledger has had its time then: pages would not wait for a second one."""
    ledger.add(blind=0)
    ledger.finding_s = 0.2

    response = await client.get(f"/outages/{ledger.outages[0].id}")

    assert (response.status_code, response.json()["figures"]) == (200, None)
    assert ledger.begun == []
