"""Payments that reserve at once share one job of the disk's thread, and each learns what became of its own."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from gateway.errors import JournalUnavailable
from gateway.fallback import reservations
from gateway.fallback.meter import ExposureStore, Reservation
from gateway.fallback.reservations import Reservations
from gateway.kit.sqlite_writer import WriterThread


class WatchedStore(ExposureStore):
    """Counts its jobs, waits before each for the disk, and fails where the disk does."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.jobs = 0
        self.is_failing = False
        self.moves = threading.Event()
        self.moves.set()

    def reserve(self, reservations: Iterable[Reservation]) -> None:
        """Reserve, as the disk lets it."""
        self.jobs += 1
        self.moves.wait(10)
        if self.is_failing:
            raise sqlite3.OperationalError("disk I/O error")
        super().reserve(reservations)


Disk = tuple[WatchedStore, WriterThread[ExposureStore]]


@pytest.fixture
async def disk(tmp_path: Path) -> AsyncIterator[Disk]:
    """A store on a real disk, and its writing thread."""
    opened: list[WatchedStore] = []

    def open_store() -> ExposureStore:
        opened.append(WatchedStore(tmp_path / "exposure.db"))
        return opened[-1]

    writer = WriterThread(open_store, name="exposure", failure=lambda refusal: JournalUnavailable(refusal.value))
    writer.start()
    await writer.do(lambda store: store.reserved())
    yield opened[0], writer
    opened[0].moves.set()
    await writer.close()


def _reserve(kept: Reservations, n: int) -> list[asyncio.Task[bool]]:
    """So many payments in one turn of the event loop, each of another user."""
    return [
        asyncio.create_task(kept.keep([Reservation(f"user:{user}", 7, 10), Reservation("outage", -1, 10 * user)]))
        for user in range(1, n + 1)
    ]


async def test_one_turn_is_one_job(disk: Disk) -> None:
    """Every reservation is on disk, and of one cap the highest."""
    store, writer = disk

    assert all(await asyncio.gather(*_reserve(Reservations(writer), 50)))

    assert store.jobs == 1
    on_disk = await writer.do(lambda store: {(kept.key, kept.amount) for kept in store.reserved()})
    assert on_disk == {("outage", 500), *((f"user:{user}", 10) for user in range(1, 51))}


async def test_a_disk_that_fails_keeps_nothing(disk: Disk) -> None:
    """Nobody of the turn is approved; the next turn is tried anew."""
    store, writer = disk
    kept = Reservations(writer)
    store.is_failing = True

    assert not any(await asyncio.gather(*_reserve(kept, 5)))
    store.is_failing = False
    assert all(await asyncio.gather(*_reserve(kept, 5)))


async def test_a_disk_that_stands_still_is_given_up(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout waits for it no longer than its bound."""
    store, writer = disk
    monkeypatch.setattr(reservations, "_DISK_S", 0.02)
    store.moves.clear()

    assert not any(await asyncio.gather(*_reserve(Reservations(writer), 5)))


async def test_a_payment_that_is_cut_off_takes_nobody_along(disk: Disk) -> None:
    """The others of its turn are kept."""
    payments = _reserve(Reservations(disk[1]), 3)
    asyncio.get_running_loop().call_soon(payments[0].cancel)

    results = await asyncio.gather(*payments, return_exceptions=True)

    assert isinstance(results[0], asyncio.CancelledError)
    assert results[1:] == [True, True]
