"""The journal keeps what it acknowledged: first one wins, in order, over damage and full disks."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from gateway.errors import JournalFull, JournalUnavailable
from gateway.kit.sqlite_batches import BatchFile
from gateway.kit.sqlite_writer import WriterThread
from gateway.ledger.journal.file import JournalFile, journal_failure
from gateway.ledger.journal.memory import SentMemory
from gateway.ledger.journal.store import Store
from tests.unit.ledger.journal.journals import journal, keep


async def test_the_first_verdict_of_an_id_stands(tmp_path: Path) -> None:
    """Also for a hundred at once, and after a restart."""
    async with journal(tmp_path) as one:
        answers = await asyncio.gather(*(keep(one, "t1", f"verdict {n}") for n in range(100)))
    async with journal(tmp_path) as two:
        late = await keep(two, "t1", "another")
        recalled = await two.find("t1")

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
        recalled = await one.find("t0")

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
        few = [n for n in range(10) if await two.find(f"t{n}") is not None]
    async with journal(tmp_path, memory_s=0.0) as three:
        await asyncio.sleep(0.01)
        await three.look()
        none = [n for n in range(10) if await three.find(f"t{n}") is not None]

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
        assert await one.find("bad") is not None


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
        recalled = await after.find("t3")

    assert [row.transaction_id for row in rows] == ["t0", "t1", "t2"]
    assert recalled is not None


async def test_what_was_sent_first_under_an_id_is_what_a_retry_repeats(tmp_path: Path) -> None:
    """A later intention changes nothing, also after a restart; what is known to stand replaces both."""
    memory = SentMemory(tmp_path, rows_max=100)
    await memory.start()
    await memory.intend([("t1", b"d", b"first"), ("t2", b"d", b"other")])
    await memory.close()

    again = SentMemory(tmp_path, rows_max=100)
    await again.start()
    await again.intend([("t1", b"d", b"second")])
    noted = await again.find("t1")
    again.stands(("t1", b"d", b"what the ledger has"))
    await again.close()

    late = SentMemory(tmp_path, rows_max=100)
    await late.start()
    stored = await late.find("t1")
    await late.close()
    assert noted is not None
    assert (noted.document, noted.is_sent) == (b"first", False)
    assert stored is not None
    assert (stored.document, stored.is_sent) == (b"what the ledger has", True)


async def test_what_stands_is_noted_for_many_batches_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One transaction a batch, not two: under load that is a tenth of what a gateway's threads do."""
    commit, commits = BatchFile.commit, []

    def count(file: BatchFile) -> None:
        commits.append(file)
        commit(file)

    memory = SentMemory(tmp_path, rows_max=100)
    await memory.start()
    monkeypatch.setattr(BatchFile, "commit", count)
    for n in range(20):
        memory.stood(await memory.intend([(f"t{n}", b"d", b"verdict")]), [0], of=1)
    await memory.close()
    again = SentMemory(tmp_path, rows_max=100)
    await again.start()
    rows = [await again.find(f"t{n}") for n in range(20)]
    await again.close()

    assert [row is not None and row.is_sent for row in rows] == [True] * 20
    assert len(commits) < 10  # beside a statement for each batch; a busy machine may take some tenths of a second


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
        assert await one.find("after") is not None


async def test_a_disk_error_fails_the_batch_and_not_the_journal(tmp_path: Path) -> None:
    """Whoever was in that commit is told that nothing was kept; the next commit works."""
    is_full = True

    class FullStore(Store):
        def commit(self) -> None:
            if is_full:
                raise sqlite3.OperationalError("database or disk is full")
            super().commit()

    writer = WriterThread(lambda: FullStore(tmp_path), name="journal", failure=journal_failure)
    writer.start()
    with pytest.raises(JournalUnavailable):
        await writer.do(lambda store: store.put_all([("t1", b"d", b"lost")]))
    is_full = False

    (kept,) = await writer.do(lambda store: store.put_all([("t1", b"d", b"kept")]))
    await writer.close()

    assert kept.document == b"kept"


async def test_a_directory_that_cannot_be_made_stops_nothing(tmp_path: Path) -> None:
    """The gateway runs on the ledger alone, and says that it has no journal."""
    (tmp_path / "file").write_text("")

    async with journal(tmp_path / "file" / "journal") as one:
        with pytest.raises(JournalUnavailable):
            await keep(one, "t1")

        assert not one.is_available
        assert await one.find("t1") is None


async def test_a_clock_that_was_set_back_makes_no_old_note_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sent last is what a full memory keeps."""
    for n, now_ns in enumerate((2 * 10**18, 10**18)):
        monkeypatch.setattr("gateway.ledger.journal.memory.time.time_ns", lambda now_ns=now_ns: now_ns)
        memory = SentMemory(tmp_path, rows_max=100)
        await memory.start()
        await memory.intend([(f"t{n}", b"d", b"x")])
        await memory.close()

    file = BatchFile(tmp_path / "sent.db")
    kept = [batch.keys for batch in file.batches()]
    file.close()

    assert kept == [["t0"], ["t1"]]
