"""A damaged journal: what can be read still reaches the ledger, and what cannot is known by number and by name."""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from gateway.features.audit.erasures import forget_verdicts
from gateway.ledger.journal.file import JournalFile
from gateway.ledger.journal.store import FILE, Store
from gateway.ledger.journal.tally import FILE as TALLY_FILE
from gateway.ledger.journal.tally import LOST_FILE, Loss
from tests.unit.ledger.journal.journals import copy_as_killed, journal, keep
from tests.unit.ledger.journal.ruins import (
    FRAME_BYTES,
    KEPT,
    LOG,
    RUINS,
    both_deleted,
    change,
    file_deleted,
    file_emptied,
    file_head_zeroed,
    fill,
    log_head_zeroed,
    over_write,
    start,
    write,
)


@pytest.mark.parametrize("ruin", RUINS)
async def test_after_damage_every_acknowledged_verdict_is_there_or_known_as_lost(
    tmp_path: Path, ruin: Callable[[Path], None]
) -> None:
    """acknowledged = pending + lost, by name, whichever file was hurt; and it stays so over the next start."""
    directory = tmp_path / "journal"
    await fill(directory)
    await asyncio.to_thread(ruin, directory)

    after = await start(directory)

    acknowledged = {f"t{n}" for n in range(KEPT)}
    assert after.ids | after.names == acknowledged | {"new"}
    assert not after.ids & after.names
    assert after.lost == len(after.names) == len(after.told)
    assert all(row.is_whole for row in after.waiting)


@pytest.mark.parametrize("ruin", [log_head_zeroed, file_deleted, file_emptied, file_head_zeroed])
async def test_nothing_is_lost_that_can_still_be_read(tmp_path: Path, ruin: Callable[[Path], None]) -> None:
    """The rows are whole, only what leads to them is not: SQLite by itself would find none of them."""
    await fill(tmp_path / "journal")
    ruin(tmp_path / "journal")

    after = await start(tmp_path / "journal")

    assert (after.lost, len(after.waiting)) == (0, KEPT + 1)


async def test_behind_a_bad_frame_of_the_log_the_rest_is_read(tmp_path: Path) -> None:
    """SQLite gives up all that follows; most rows stand in a later image of their page as well."""
    await fill(tmp_path / "journal")
    log = tmp_path / "journal" / LOG
    write(log, 32 + 10 * FRAME_BYTES, os.urandom(FRAME_BYTES))

    after = await start(tmp_path / "journal")

    assert after.lost == 0


async def test_what_the_ledger_has_is_neither_lost_nor_waiting(tmp_path: Path) -> None:
    """Of 300 the ledger got 200, then both files went: 100 are lost."""
    await fill(tmp_path / "journal", sent=200)
    both_deleted(tmp_path / "journal")

    after = await start(tmp_path / "journal")

    assert after.names == {f"t{n}" for n in range(200, KEPT)}


async def test_long_rows_are_put_together_again(tmp_path: Path) -> None:
    """25 kB stand on seven pages each, in an order that the damaged file no longer says."""
    await fill(tmp_path / "journal", document_bytes=25_000)
    file_deleted(tmp_path / "journal")

    after = await start(tmp_path / "journal")

    assert after.lost + len(after.waiting) == KEPT + 1
    assert after.lost <= KEPT * 0.9  # what an earlier checkpoint had folded into the file went with it


@pytest.mark.parametrize("name", ["what? a #1 100%", "späte Buchung %41", "a b"])
async def test_a_directory_may_have_any_name(tmp_path: Path, name: str) -> None:
    """What SQLite takes for a part of an address is quoted."""
    directory = tmp_path / name
    await fill(directory)
    log_head_zeroed(directory)

    after = await start(directory)

    assert (after.lost, len(after.waiting)) == (0, KEPT + 1)
    assert await asyncio.to_thread((directory / "verdicts-2.db").exists)


@pytest.mark.parametrize("bits", [1, 40])
async def test_flipped_bits_are_found_at_the_start(tmp_path: Path, bits: int) -> None:
    """Wherever they are; a row that is not what was written is never handed on."""
    await fill(tmp_path / "journal")
    for n in range(bits):
        file = tmp_path / "journal" / (FILE if n % 2 else LOG)
        offset = file.stat().st_size * (n + 1) // (bits + 2)
        content = bytearray(file.read_bytes())
        content[offset] ^= 1 << n % 8
        file.write_bytes(content)

    after = await start(tmp_path / "journal")

    assert after.ids | after.names == {f"t{n}" for n in range(KEPT)} | {"new"}
    assert all(row.is_whole for row in after.waiting)


async def test_a_changed_row_is_lost_and_its_id_is_free(tmp_path: Path) -> None:
    """Nobody is given what the disk made of it: a retry gets a verdict that is kept from then on."""
    told: list[Sequence[Loss]] = []
    async with journal(tmp_path) as one:
        await keep(one, "t1")
        await keep(one, "t2")
    change(tmp_path, "document = CAST('verdict of t9' AS BLOB)")

    async with journal(tmp_path, on_lost=told.append) as two:
        recalled = await two.find("t1")
        again = await keep(two, "t1", "verdict of the retry")
        waiting = [row.document for row in await two.pending(10)]

    assert recalled is None
    assert again == b"verdict of the retry"
    assert waiting == [b"verdict of t2", b"verdict of the retry"]
    assert [[loss.transaction_id for loss in found] for found in told] == [["t1"]]


async def test_a_time_that_was_changed_costs_no_verdict(tmp_path: Path) -> None:
    """No seal covers when a row was written; the tally knows it."""
    async with journal(tmp_path) as one:
        await keep(one, "t1")
    change(tmp_path, "written_ms = 5")

    after = await start(tmp_path)

    assert (after.lost, after.ids) == (0, {"t1", "new"})


@pytest.mark.parametrize("column", ["sent_ms = 7", "poison = 'x'"])
async def test_a_mark_that_nobody_made_holds_nothing_back(tmp_path: Path, column: str) -> None:
    """A row that seems to be in the ledger is sent again; one that seems to be poison is shown, and not lost."""
    async with journal(tmp_path) as one:
        await keep(one, "t1")
    change(tmp_path, column)

    async with journal(tmp_path) as two:
        found = {row.transaction_id for row in await two.pending(10)} | {name for name, _ in await two.poison()}
        assert two.lost.count == 0

    assert found == {"t1"}


async def test_without_damage_nothing_is_ever_called_lost(tmp_path: Path) -> None:
    """However often it is killed: between any two steps of putting and sending."""
    directory = tmp_path / "alive"
    async with journal(directory) as one:
        for turn in range(12):
            await asyncio.gather(*(keep(one, f"t{turn}-{n}") for n in range(20)))
            await one.mark_sent(await one.pending(15))
            await one.look(within_s=30.0)
            killed = tmp_path / f"killed-{turn}"
            await copy_as_killed(directory, killed)
            async with journal(killed) as after:
                assert after.lost.count == 0
                assert after.counts.pending == 5 * (turn + 1)
        assert one.lost.count == 0
    assert not (directory / "verdicts-2.db").exists()


async def test_a_missing_tally_is_made_anew(tmp_path: Path) -> None:
    """As after an update from a version that had none: what waits is counted from then on."""
    await fill(tmp_path / "journal")
    (tmp_path / "journal" / TALLY_FILE).unlink()
    async with journal(tmp_path / "journal") as one:
        assert (one.lost.count, one.counts.pending) == (0, KEPT)
    both_deleted(tmp_path / "journal")

    after = await start(tmp_path / "journal")

    assert after.lost == KEPT


async def test_a_damaged_tally_makes_nothing_lost(tmp_path: Path) -> None:
    """Garbage in it says nothing against a journal that is sound."""
    await fill(tmp_path / "journal", sent=100)
    over_write(tmp_path / "journal" / TALLY_FILE, 0.2, 0.7)

    after = await start(tmp_path / "journal")

    assert after.lost == 0
    assert after.ids >= {f"t{n}" for n in range(100, KEPT)}


async def test_losses_stay_on_record_until_people_move_them_away(tmp_path: Path) -> None:
    """Told once while it runs, again after a start; then the file goes, and the count with it."""
    await fill(tmp_path / "journal")
    both_deleted(tmp_path / "journal")
    told: list[Sequence[Loss]] = []
    async with journal(tmp_path / "journal", on_lost=told.append) as one:
        await one.look(within_s=30.0)
        await one.look(within_s=30.0)
        first = list(told)
    async with journal(tmp_path / "journal", on_lost=told.append) as two:
        again = told[len(first) :]
        (tmp_path / "journal" / LOST_FILE).rename(tmp_path / "noted")
        await two.look(within_s=30.0)
        assert two.lost.count == 0

    assert [len(found) for found in first] == [KEPT]
    assert again == first


async def test_the_tally_stays_small(tmp_path: Path) -> None:
    """It is begun anew when nothing is owed, and holds a line for each that waits otherwise."""
    async with journal(tmp_path) as one:
        for turn in range(3):
            await asyncio.gather(*(keep(one, f"t{turn}-{n}") for n in range(500)))
            await one.mark_sent(await one.pending(500))
            for _ in range(2):  # the first may have begun before
                await one.look(within_s=30.0)

    assert (tmp_path / TALLY_FILE).stat().st_size == 0


async def test_many_verdicts_at_once_are_few_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first is a write of its own; the hundred that come meanwhile are the next one."""
    writes: list[int] = []
    async with journal(tmp_path) as one:
        do = one._writer.do

        async def counted(job: Callable[[JournalFile], Any]) -> Any:
            writes.append(1)
            return await do(job)

        monkeypatch.setattr(one._writer, "do", counted)
        await asyncio.gather(*(keep(one, f"t{n}") for n in range(101)))

    assert len(writes) <= 2


async def test_an_erasure_leaves_no_damaged_file_behind(tmp_path: Path) -> None:
    """What a person's payments said is in none of the files; what still waits is there."""
    await fill(tmp_path / "journal", sent=100)
    log_head_zeroed(tmp_path / "journal")
    await start(tmp_path / "journal")

    await asyncio.to_thread(forget_verdicts, tmp_path / "journal", ["t5", "t200"])

    async with journal(tmp_path / "journal") as one:
        assert (await one.find("t5"), one.lost.count) == (None, 0)
        assert await one.find("t200") is not None
    names = await asyncio.to_thread(lambda: {path.name for path in (tmp_path / "journal").glob("verdicts*.db")})
    assert names == {"verdicts-2.db"}


async def test_a_salvage_that_finds_no_room_gives_back_what_it_took(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is tried again: nothing is lost by a disk that was full in that moment."""
    await fill(tmp_path / "journal")
    log_head_zeroed(tmp_path / "journal")

    def refuse(_store: Store) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "commit", refuse)
        async with journal(tmp_path / "journal") as full:
            assert not full.is_available
    left = await asyncio.to_thread(lambda: list((tmp_path / "journal").glob("verdicts.new*")))
    after = await start(tmp_path / "journal")

    assert left == []
    assert (after.lost, len(after.waiting)) == (0, KEPT + 1)
