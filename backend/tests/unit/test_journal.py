"""The journal keeps what it acknowledged: first one wins, in order, over damage, full disks and other workers."""

import asyncio
import sqlite3
import threading
import time
from pathlib import Path
from unittest.mock import Mock, call

import pytest

from gateway.errors import JournalFull, JournalUnavailable, JournalUnconfirmed
from gateway.ledger.journal.file import JournalFile
from gateway.ledger.journal.memory import SentMemory
from gateway.ledger.journal.store import FILE, Store
from gateway.ledger.journal.writer import WriterThread
from tests.unit.journals import journal, keep


async def test_the_first_verdict_of_an_id_stands(tmp_path: Path) -> None:
    """Also for a hundred at once, and after a restart."""
    async with journal(tmp_path) as one:
        answers = await asyncio.gather(*(keep(one, "t1", f"verdict {n}") for n in range(100)))
    async with journal(tmp_path) as two:
        late = await keep(two, "t1", "another")
        recalled = two.recall("t1")

    assert set(answers) == {b"verdict 0"}
    assert late == b"verdict 0"
    assert recalled is not None
    assert (recalled.document, recalled.digest, recalled.is_sent) == (b"verdict 0", b"digest of t1", False)


async def test_everybody_gets_the_answer_to_their_own(tmp_path: Path) -> None:
    """Two thousand that share commits: no answer is a neighbour's."""
    async with journal(tmp_path) as one:
        answers = await asyncio.gather(*(keep(one, f"t{n}") for n in range(2_000)))

    assert answers == [f"verdict of t{n}".encode() for n in range(2_000)]


async def test_what_waits_comes_in_order_until_it_is_sent(tmp_path: Path) -> None:
    """Sent rows leave the queue and stay known by their id."""
    async with journal(tmp_path) as one:
        for n in range(5):
            await keep(one, f"t{n}")
        rows = await one.pending(3)
        await one.mark_sent(rows)
        rest = await one.pending(10)
        recalled = one.recall("t0")

    assert [row.transaction_id for row in rows] == ["t0", "t1", "t2"]
    assert [row.transaction_id for row in rest] == ["t3", "t4"]
    assert recalled is not None
    assert recalled.is_sent


async def test_the_memory_of_ids_is_bounded_in_time_and_number(tmp_path: Path) -> None:
    """What still waits is never forgotten."""
    async with journal(tmp_path) as one:
        for n in range(10):
            await keep(one, f"t{n}")
        await one.mark_sent(await one.pending(8))
    async with journal(tmp_path, remembered_max=3) as two:
        few = [n for n in range(10) if two.recall(f"t{n}") is not None]
    async with journal(tmp_path, memory_s=0.0) as three:
        await asyncio.sleep(0.01)
        await three.look()
        none = [n for n in range(10) if three.recall(f"t{n}") is not None]

    assert few == [5, 6, 7, 8, 9]
    assert none == [8, 9]


async def test_what_the_ledger_never_takes_is_set_aside(tmp_path: Path) -> None:
    """It holds up nothing, is shown with its reason, and its id stays known."""
    async with journal(tmp_path) as one:
        await keep(one, "bad")
        await keep(one, "good")
        (bad, _) = await one.pending(2)
        await one.set_aside(bad, "the ledger refused it")

        assert [row.transaction_id for row in await one.pending(10)] == ["good"]
        assert await one.poison() == [("bad", "the ledger refused it")]
        assert one.recall("bad") is not None


@pytest.mark.parametrize("limits", [{"records_max": 3}, {"free_min_bytes": 10**15}], ids=["count", "disk"])
async def test_a_full_journal_refuses_before_it_loses(tmp_path: Path, limits: dict[str, float]) -> None:
    """And takes again when there is room."""
    async with journal(tmp_path) as before:
        for n in range(3):
            await keep(before, f"t{n}")
    async with journal(tmp_path, **limits) as full:
        with pytest.raises(JournalFull):
            await keep(full, "t3")
        rows = await full.pending(10)
    async with journal(tmp_path) as after:
        await keep(after, "t3")
        recalled = after.recall("t3")

    assert [row.transaction_id for row in rows] == ["t0", "t1", "t2"]
    assert recalled is not None


async def test_two_workers_share_one_journal(tmp_path: Path) -> None:
    """What one took the other knows, and for one id at once both answer the same."""
    async with journal(tmp_path) as one, journal(tmp_path) as two:
        await keep(one, "t1")
        answers = await asyncio.gather(*(keep(worker, "both", f"{id(worker)}") for worker in (one, two) * 20))

        assert two.recall("t1") is not None
        assert len(set(answers)) == 1


async def test_what_was_sent_first_under_an_id_is_what_a_retry_repeats(tmp_path: Path) -> None:
    """A later intention changes nothing, also after a restart; what is known to stand replaces both."""
    memory = SentMemory(tmp_path, rows_max=100)
    await memory.start()
    await memory.intend([("t1", b"d", b"first"), ("t2", b"d", b"other")])
    await memory.close()

    again = SentMemory(tmp_path, rows_max=100)
    await again.start()
    await again.intend([("t1", b"d", b"second")])
    noted = again.recall("t1")
    again.stands(("t1", b"d", b"what the ledger has"))
    await again.close()

    late = SentMemory(tmp_path, rows_max=100)
    await late.start()
    standing = late.recall("t1")
    await late.close()
    assert noted is not None
    assert (noted.document, noted.is_sent) == (b"first", False)
    assert standing is not None
    assert (standing.document, standing.is_sent) == (b"what the ledger has", True)


async def test_damage_while_it_runs_is_survived_too(tmp_path: Path) -> None:
    """The commit that meets it fails; the next one finds a sound file, and what is read is read from that one."""
    async with journal(tmp_path) as one:
        await keep(one, "before")

        def break_it(_file: JournalFile) -> None:
            raise sqlite3.DatabaseError("database disk image is malformed")

        with pytest.raises(JournalUnavailable):
            await one._writer.do(break_it)
        await keep(one, "after")
        await one.look()

        assert one.is_available
        assert {row.transaction_id for row in await one.pending(10)} == {"before", "after"}
        assert one.recall("after") is not None


async def test_a_disk_error_fails_the_batch_and_not_the_journal(tmp_path: Path) -> None:
    """Whoever was in that commit is told that nothing was kept; the next commit works."""
    is_full = True

    class FullStore(Store):
        def commit(self) -> None:
            if is_full:
                raise sqlite3.OperationalError("database or disk is full")
            super().commit()

    writer = WriterThread(lambda: FullStore(tmp_path))
    writer.start()
    with pytest.raises(JournalUnavailable):
        await writer.do(lambda store: store.put("t1", b"d", b"lost"))
    is_full = False

    kept = await writer.do(lambda store: store.put("t1", b"d", b"kept"))
    await writer.close()

    assert kept.document == b"kept"


async def test_a_directory_that_cannot_be_made_stops_nothing(tmp_path: Path) -> None:
    """The gateway runs on the ledger alone, and says that it has no journal."""
    (tmp_path / "file").write_text("")

    async with journal(tmp_path / "file" / "journal") as one:
        with pytest.raises(JournalUnavailable):
            await keep(one, "t1")

        assert not one.is_available
        assert one.recall("t1") is None


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
        assert one.recall("t3") is None
        other.close()

        again = await asyncio.gather(*(keep(one, f"t{n}", f"second {n}") for n in range(10)))

    assert {type(answer) for answer in unsure} == {JournalUnconfirmed}
    assert again == [f"first {n}".encode() for n in range(10)]


async def test_a_lock_that_lasts_longer_than_sqlite_waits_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was put meanwhile is tried until it is kept, and the journal takes the next ones."""
    monkeypatch.setattr("gateway.ledger.journal.store.BUSY_S", 0.05)
    async with journal(tmp_path) as one:
        other = lock(tmp_path / FILE)
        with pytest.raises(JournalUnconfirmed):
            await keep(one, "t1", "first")
        other.close()

        assert await keep(one, "t1", "second") == b"first"


async def test_a_slow_disk_is_waited_for_as_long_as_it_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writes of 0.3 s each: those that queue behind two of them wait longer than a standstill, and are all kept."""
    commit = Store.commit

    def slow(store: Store) -> None:
        time.sleep(0.3)
        commit(store)

    async with journal(tmp_path) as one:
        monkeypatch.setattr(Store, "commit", slow)
        first = asyncio.create_task(keep(one, "t0"))
        await asyncio.sleep(0.02)
        marks = [asyncio.create_task(one.mark_sent([])) for _ in range(1)]
        rest = await asyncio.gather(first, *(keep(one, f"t{n}") for n in range(1, 300)))
        await asyncio.gather(*marks)
        monkeypatch.setattr(Store, "commit", commit)

    assert rest == [f"verdict of t{n}".encode() for n in range(300)]


async def test_a_failure_at_the_very_end_is_unsure(tmp_path: Path) -> None:
    """The disk refuses the commit itself: what was written of it may be found at the next start."""

    class BrokenStore(Store):
        def commit(self) -> None:
            raise sqlite3.OperationalError("disk I/O error")

    writer = WriterThread(lambda: BrokenStore(tmp_path))
    writer.start()
    with pytest.raises(JournalUnconfirmed):
        await writer.do(lambda store: store.put("t1", b"d", b"unsure"))
    await writer.close()


async def test_who_asks_for_the_counts_does_not_wait_for_a_locked_file(tmp_path: Path) -> None:
    """They get the last ones; when the lock is gone, the present ones."""
    async with journal(tmp_path) as one:
        await keep(one, "t1")
        await one.look()
        other = lock(tmp_path / FILE)
        threading.Timer(1.5, other.close).start()
        await asyncio.gather(*(one.look() for _ in range(50)))
        assert one.counts.pending == 1


async def test_a_full_disk_is_one_line_a_minute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five hundred refused writes: each is answered, and the log says it once, with its traceback."""

    class FullStore(Store):
        def commit(self) -> None:
            raise sqlite3.OperationalError("database or disk is full")

    log = Mock()
    monkeypatch.setattr("gateway.ledger.journal.writer._log", log)
    writer = WriterThread(lambda: FullStore(tmp_path))
    writer.start()
    for n in range(500):
        with pytest.raises(JournalUnavailable, match="full"):
            await writer.do(lambda store, n=n: store.put(f"t{n}", b"d", b"lost"))  # type: ignore[misc]
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
        oldest, newest = one.recall("t0-0"), one.recall("t23-7")
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
    oldest, newest = memory.recall("t0-0"), memory.recall("t39-19")
    await memory.close()

    sizes = await asyncio.to_thread(lambda: [file.stat().st_size for file in tmp_path.glob("memory.db*")])
    assert sum(sizes) <= limit * 1.5
    assert oldest is None
    assert newest is not None
