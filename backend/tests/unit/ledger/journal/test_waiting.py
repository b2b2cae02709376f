"""A journal whose disk is slow, locked or full: who waits, for how long, and what they are told."""

import asyncio
import sqlite3
import threading
import time
from pathlib import Path
from unittest.mock import Mock, call

import pytest

from gateway.errors import JournalFull, JournalUnavailable, JournalUnconfirmed
from gateway.kit.sqlite_writer import WriterThread
from gateway.ledger.journal.file import journal_failure
from gateway.ledger.journal.memory import SentMemory
from gateway.ledger.journal.store import FILE, Store
from gateway.ledger.journal.tally import FILE as TALLY_FILE
from tests.unit.ledger.journal.journals import journal, keep


def lock(file: Path) -> sqlite3.Connection:
    """Somebody else has the file for themselves, until `close`."""
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    return other


async def test_what_is_not_known_to_be_kept_is_said_to_be_unsure(tmp_path: Path) -> None:
    """Ten while somebody has locked the file: none is denied, and the same again finds the first of each."""
    async with journal(tmp_path) as one:
        other = lock(tmp_path / FILE)
        unsure = await asyncio.gather(*(keep(one, f"t{n}", f"first {n}") for n in range(10)), return_exceptions=True)
        await one.look()
        assert await one.find("t3") is None
        other.close()

        again = await asyncio.gather(*(keep(one, f"t{n}", f"second {n}") for n in range(10)))

    assert {type(answer) for answer in unsure} == {JournalUnconfirmed}
    assert again == [f"first {n}".encode() for n in range(10)]


async def test_a_lock_that_lasts_longer_than_sqlite_waits_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was put meanwhile is tried until it is kept, and the journal takes the next ones."""
    monkeypatch.setattr("gateway.kit.sqlite.BUSY_S", 0.05)
    async with journal(tmp_path) as one:
        other = lock(tmp_path / FILE)
        with pytest.raises(JournalUnconfirmed):
            await keep(one, "t1", "first")
        other.close()

        assert await keep(one, "t1", "second") == b"first"


async def test_a_slow_disk_is_waited_for_as_long_as_it_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writes of 0.4 s each: those that queue behind three of them wait longer than a standstill, and are all kept."""
    commit = Store.commit

    def slow(store: Store) -> None:
        time.sleep(0.4)
        commit(store)

    async with journal(tmp_path) as one:
        monkeypatch.setattr(Store, "commit", slow)
        answers = await asyncio.gather(*(keep(one, f"t{n}") for n in range(900)))
        monkeypatch.setattr(Store, "commit", commit)

    assert answers == [f"verdict of t{n}".encode() for n in range(900)]


async def test_a_failure_at_the_very_end_is_unsure(tmp_path: Path) -> None:
    """The disk refuses the commit itself: what was written of it may be found at the next start."""

    class BrokenStore(Store):
        def commit(self) -> None:
            raise sqlite3.OperationalError("disk I/O error")

    writer = WriterThread(lambda: BrokenStore(tmp_path), name="journal", failure=journal_failure)
    writer.start()
    with pytest.raises(JournalUnconfirmed):
        await writer.do(lambda store: store.put_all([("t1", b"d", b"unsure")]))
    await writer.close()


async def test_who_asks_for_the_counts_does_not_wait_for_a_locked_file(tmp_path: Path) -> None:
    """They get the last ones; when the lock is gone, the present ones."""
    async with journal(tmp_path) as one:
        await keep(one, "t1")
        await one.look()
        other = lock(tmp_path / FILE)
        threading.Timer(1.0, other.close).start()
        await asyncio.gather(*(one.look() for _ in range(50)))
        assert one.counts.pending == 1


async def test_a_kept_verdict_is_never_taken_for_unknown_while_the_disk_stands_still(tmp_path: Path) -> None:
    """Else it would be decided anew, and the first verdict contradicted. What is new is no question for the disk."""
    memory = SentMemory(tmp_path, rows_max=100)
    await memory.start()
    await memory.intend([("sent", b"d", b"first")])
    async with journal(tmp_path) as one:
        await keep(one, "kept")
        goes_on = threading.Event()
        one._reader._thread.submit(goes_on.wait, 20)
        memory._index._thread.submit(goes_on.wait, 20)

        for find in (one.find("kept"), memory.find("sent")):
            with pytest.raises(JournalUnavailable):
                await find
        assert await one.find("new") is None
        goes_on.set()

        assert await one.find("kept") is not None
        assert await memory.find("sent") is not None
    await memory.close()


async def test_a_full_disk_is_one_line_a_minute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five hundred refused writes: each is answered, and the log says it once, with its traceback."""

    class FullStore(Store):
        def commit(self) -> None:
            raise sqlite3.OperationalError("database or disk is full")

    log = Mock()
    monkeypatch.setattr("gateway.kit.sqlite_writer._log", log)
    writer = WriterThread(lambda: FullStore(tmp_path), name="journal", failure=journal_failure)
    writer.start()
    for n in range(500):
        with pytest.raises(JournalUnavailable, match="full"):
            await writer.do(lambda store, n=n: store.put_all([(f"t{n}", b"d", b"lost")]))  # type: ignore[misc]
    await writer.close()

    assert log.exception.call_args_list == [call("journal.write_failed", jobs=1, times=1)]


async def test_the_memory_of_ids_is_bounded_in_bytes(tmp_path: Path) -> None:
    """Rows of 25 kB: the oldest that were sent make room, and what waits stays."""
    limit = 2 * 1024 * 1024
    async with journal(tmp_path, bytes_max=limit) as one:
        for turn in range(25):
            await asyncio.gather(*(keep(one, f"t{turn}-{n}", "x" * 25_000) for n in range(8)))
            if turn < 24:
                await one.mark_sent(await one.pending(8))
            await one.look(within_s=30.0)
        waiting = await one.pending(100)
        oldest, newest = await one.find("t0-0"), await one.find("t23-7")
        used = one.counts.used_bytes

    assert used <= limit
    assert {row.transaction_id for row in waiting} == {f"t24-{n}" for n in range(8)}
    assert oldest is None
    assert newest is not None


async def test_what_waits_is_bounded_in_bytes(tmp_path: Path) -> None:
    """Refused before the room is used up, and taken again when the ledger has got some."""
    async with journal(tmp_path, bytes_max=1024 * 1024) as one:
        answers = await asyncio.gather(*(keep(one, f"t{n}", "x" * 25_000) for n in range(60)), return_exceptions=True)
        await one.look()
        used = one.counts.used_bytes
        await one.mark_sent(await one.pending(60))
        await one.look()
        await keep(one, "after", "x" * 25_000)

    assert {type(answer) for answer in answers} == {bytes, JournalFull}
    assert used <= 1024 * 1024


async def test_the_memory_of_what_was_sent_is_bounded_in_bytes(tmp_path: Path) -> None:
    """The newest stay."""
    limit = 4 * 1024 * 1024
    memory = SentMemory(tmp_path, rows_max=10_000, bytes_max=limit)
    await memory.start()
    for n in range(40):
        await memory.intend([(f"t{n}-{i}", b"d", b"x" * 25_000) for i in range(20)])
    oldest, newest = await memory.find("t0-0"), await memory.find("t39-19")
    await memory.close()

    sizes = await asyncio.to_thread(lambda: [file.stat().st_size for file in tmp_path.glob("sent.db*")])
    assert sum(sizes) <= limit * 1.5
    assert oldest is None
    assert newest is not None


async def test_a_full_disk_is_not_filled_by_what_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger has got what waits, and the disk does not take that: the tally says it once, however often tried."""
    async with journal(tmp_path) as one:
        await asyncio.gather(*(keep(one, f"t{n}") for n in range(50)))
        rows = await one.pending(50)

        def refuse(_store: Store) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(Store, "commit", refuse)
            for _ in range(5):
                with pytest.raises(JournalUnavailable):
                    await one.mark_sent(rows)
        settled = (await asyncio.to_thread((tmp_path / TALLY_FILE).read_bytes)).count(b" - ")
        await one.mark_sent(rows)
        await one.look()

        assert (one.counts.pending, one.lost.count) == (0, 0)
    assert settled == 50


async def test_a_disk_that_stands_still_is_given_no_more_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For minutes, perhaps: what is about to be sent would wait for it in memory, 3 MB a second."""
    monkeypatch.setattr("gateway.ledger.journal.memory._NOTING_MAX", 100)
    memory = SentMemory(tmp_path, rows_max=1000)
    await memory.start()
    other = lock(tmp_path / "sent.db")
    for n in range(6):
        await memory.intend([(f"t{n}-{m}", b"d", b"document") for m in range(50)])
    other.close()
    await memory.close()

    again = SentMemory(tmp_path, rows_max=1000)
    await again.start()
    noted = [n for n in range(6) if await again.find(f"t{n}-0") is not None]
    await again.intend([("later", b"d", b"document")])
    assert await again.find("later") is not None
    await again.close()

    assert noted == [0, 1]


async def test_a_memory_that_somebody_has_locked_holds_up_no_start(tmp_path: Path) -> None:
    """A copy by an operator, say. It is read all the same."""
    memory = SentMemory(tmp_path, rows_max=100)
    await memory.start()
    await memory.intend([("before", b"d", b"document")])
    await memory.close()
    other = lock(tmp_path / "sent.db")

    again = SentMemory(tmp_path, rows_max=100)
    try:
        async with asyncio.timeout(4.0):  # SQLite itself waits for five
            await again.start()
        assert await again.find("before") is not None
    finally:
        other.close()
        await again.close()
