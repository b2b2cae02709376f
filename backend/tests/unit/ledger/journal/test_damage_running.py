"""Files that are hurt under a running gateway: it goes on without a restart, and nothing goes without a word."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from gateway.errors import JournalUnavailable, JournalUnconfirmed
from gateway.kit.sqlite import Damaged, parts
from gateway.ledger.journal.memory import SentMemory
from gateway.ledger.journal.rows import Row
from gateway.ledger.journal.store import FILE, Store
from gateway.ledger.journal.tally import Loss
from tests.unit.ledger.journal.journals import copy_as_killed, journal, keep
from tests.unit.ledger.journal.ruins import (
    KEPT,
    LOG,
    both_deleted,
    both_over_written,
    file_emptied,
    file_over_written,
    log_cut,
    log_over_written,
    start,
)


@pytest.mark.parametrize("parts", [(LOG,), (FILE,), (f"{FILE}-shm",), (FILE, LOG, f"{FILE}-shm")])
async def test_files_that_are_deleted_under_a_running_gateway_cost_nothing(
    tmp_path: Path, parts: Sequence[str]
) -> None:
    """The running one still has them, and writes what it has into another, before a kill could take it away."""
    async with journal(tmp_path / "alive") as one:
        for n in range(50):
            await keep(one, f"t{n}")
        for part in parts:
            (tmp_path / "alive" / part).unlink()
        await one.look(within_s=30.0)
        await keep(one, "after")
        await copy_as_killed(tmp_path / "alive", tmp_path / "killed")

    after = await start(tmp_path / "killed")

    assert after.ids == {f"t{n}" for n in range(50)} | {"after", "new"}
    assert after.lost == 0


@pytest.mark.parametrize("ruin", [log_over_written, log_cut, file_over_written, both_over_written, file_emptied])
async def test_damage_under_a_running_gateway_is_known_when_it_drains(
    tmp_path: Path, ruin: Callable[[Path], None]
) -> None:
    """Every verdict reaches the ledger once or is known as lost, without a restart and without a refused one."""
    told: list[Loss] = []
    delivered: set[str] = set()
    async with journal(tmp_path, on_lost=told.extend) as one:
        for n in range(KEPT):
            await keep(one, f"t{n}", f"{n} ".ljust(20_000, "x"))  # more than SQLite keeps in memory
        await asyncio.to_thread(ruin, tmp_path)
        for _ in range(20):
            with contextlib.suppress(JournalUnconfirmed):  # salvage stands in the way for a moment
                await keep(one, "after")
                break
        while rows := await one.pending(50):
            delivered |= {row.transaction_id for row in rows if row.is_whole}
            await one.mark_sent(rows)
        await one.look(within_s=30.0)

    lost = {loss.transaction_id for loss in told}
    assert delivered | lost == {f"t{n}" for n in range(KEPT)} | {"after"}
    assert not delivered & lost


async def test_what_was_sent_is_not_lost_where_no_mark_can_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger has it; the damage is met when that is to be written down, and the row is gone."""
    mark_sent = Store.mark_sent

    def damaged(_store: Store, _rows: Iterable[Row]) -> list[Row]:
        monkeypatch.setattr(Store, "mark_sent", mark_sent)
        raise Damaged("a page of the index")

    async with journal(tmp_path) as one:
        for n in range(KEPT):
            await keep(one, f"t{n}", f"{n} ".ljust(20_000, "x"))
        rows = await one.pending(1)
        await asyncio.to_thread(both_deleted, tmp_path)
        monkeypatch.setattr(Store, "mark_sent", damaged)
        monkeypatch.setattr(Store, "rows", lambda _store: iter(()))
        await one.mark_sent(rows)
        await one.look(within_s=30.0)

        assert one.lost.count == KEPT - 1
        assert "t0" not in {loss.transaction_id for loss in one.lost.first}


async def test_what_is_on_its_way_to_the_ledger_is_not_lost_with_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger may have it, and whoever found the damage did not know: what is in memory is sent, or sent again."""
    async with journal(tmp_path) as one:
        for n in range(KEPT):
            await keep(one, f"t{n}", f"{n} ".ljust(20_000, "x"))
        rows = await one.pending(1)
        await asyncio.to_thread(both_deleted, tmp_path)
        monkeypatch.setattr(Store, "rows", lambda _store: iter(()))
        await one.look(within_s=30.0)
        assert [row.transaction_id for row in await one.pending(10)] == ["t0"]
        await one.mark_sent(rows)
        await one.look(within_s=30.0)

        assert one.counts.pending == 0
        assert one.lost.count == KEPT - 1
        assert "t0" not in {loss.transaction_id for loss in one.lost.first}


async def test_what_was_sent_before_it_was_kept_here_is_not_lost_with_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An insert that nobody waits for any more may still arrive: what is noted of it takes the place of the row."""
    memory = SentMemory(tmp_path, rows_max=100)
    await memory.start()
    async with journal(tmp_path) as one:
        for n in range(KEPT):
            await keep(one, f"t{n}", f"{n} ".ljust(20_000, "x"))
        waiting = await one.pending(1)
        await memory.intend([("another", b"d", b"document"), waiting[0].verdict])
        await one.mark_sent([])  # nothing is in hand any more
        await asyncio.to_thread(both_deleted, tmp_path)
        monkeypatch.setattr(Store, "rows", lambda _store: iter(()))
        await one.look(within_s=30.0)

        assert [row.verdict for row in await one.pending(10)] == [waiting[0].verdict]
        assert one.lost.count == KEPT - 1
    await memory.close()


async def test_files_may_be_deleted_again_and_again(tmp_path: Path) -> None:
    """Each time all of them: none takes the name of one that is still open, and a kill loses nothing."""
    async with journal(tmp_path / "alive") as one:
        for turn in range(4):
            await keep(one, f"t{turn}")
            both_deleted(tmp_path / "alive")
            await one.look(within_s=30.0)
        await copy_as_killed(tmp_path / "alive", tmp_path / "killed")

    after = await start(tmp_path / "killed")

    assert (after.lost, after.ids) == (0, {"t0", "t1", "t2", "t3", "new"})


async def test_what_a_reader_cannot_read_is_replaced_before_more_is_put_into_it(tmp_path: Path) -> None:
    """Nothing waits, so nobody would look: a retry meets the damage, and the next verdict goes into a sound file."""
    async with journal(tmp_path) as one:
        for n in range(KEPT):
            await keep(one, f"t{n}", f"{n} ".ljust(20_000, "x"))
        await one.mark_sent(await one.pending(KEPT))
        await asyncio.to_thread(both_over_written, tmp_path)
        for n in range(KEPT):
            with contextlib.suppress(JournalUnavailable):
                await one.find(f"t{n}")
        await one.look(within_s=30.0)
        await keep(one, "after")

        assert one.lost.count == 0
        assert [row.transaction_id for row in await one.pending(10)] == ["after"]
    assert await asyncio.to_thread((tmp_path / "verdicts-2.db").exists)


async def test_damage_to_the_memory_under_a_running_gateway_costs_what_was_in_it(tmp_path: Path) -> None:
    """What is sent afterwards is noted, and found again, in the file that takes its place."""
    memory = SentMemory(tmp_path, rows_max=100)
    await memory.start()
    await memory.intend([("before", b"d", b"document")])
    for part in parts(tmp_path / "sent.db"):
        part.write_bytes(b"no database " * 10_000)

    await memory.intend([("meets it", b"d", b"document")])
    async with asyncio.timeout(20.0):
        while await memory.find("after") is None:
            memory.stands(("after", b"d", b"document"))
            await asyncio.sleep(0.02)

    await memory.close()
