"""A damaged journal: what can be read still reaches the ledger, and what cannot is known by number and by name."""

import asyncio
import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import JournalUnconfirmed
from gateway.ledger.journal.file import JournalFile
from gateway.ledger.journal.losses import FILE as LOST_FILE
from gateway.ledger.journal.losses import Loss
from gateway.ledger.journal.rows import Row
from gateway.ledger.journal.store import FILE
from gateway.ledger.journal.tally import FILE as TALLY_FILE
from tests.unit.journals import journal, keep

LOG = f"{FILE}-wal"
PAGE_BYTES, FRAME_BYTES = 4096, 4096 + 24
KEPT = 300


@dataclass
class Afterwards:
    """What a gateway knows that starts on a damaged journal."""

    waiting: list[Row]
    lost: int
    told: list[Loss]
    names: set[str]

    @property
    def ids(self) -> set[str]:
        return {row.transaction_id for row in self.waiting}


async def fill(directory: Path, *, sent: int = 0, document_bytes: int = 900) -> None:
    """300 verdicts, as a kill -9 leaves them: the log is not folded in. The first `sent` are in the ledger."""
    alive = directory.with_name(f"{directory.name} alive")
    async with journal(alive) as one:
        for first in range(0, KEPT, 10):
            await asyncio.gather(
                *(keep(one, f"t{n}", f"{n} ".ljust(document_bytes, "x")) for n in range(first, first + 10))
            )
        await one.mark_sent(await one.pending(sent))
        await asyncio.to_thread(shutil.copytree, alive, directory)


async def start(directory: Path) -> Afterwards:
    """Start on what is there, wait for nothing, take one more verdict; twice, as after another kill."""
    told: list[Loss] = []
    async with journal(directory, on_lost=told.extend) as one:
        await keep(one, "new")
        first = await one.pending(1_000)
        lost = one.lost.count
        assert one.is_available
    async with journal(directory) as two:
        waiting = await two.pending(1_000)
        assert [row.document for row in waiting] == [row.document for row in first]
        assert two.lost.count == lost
        assert [loss.transaction_id for loss in two.lost.first] == [loss.transaction_id for loss in told][:20]
    return Afterwards(waiting, lost, told, {loss.transaction_id for loss in told})


def _log_over_written(directory: Path) -> None:
    """Garbage over a third of the log."""
    _over_write(directory / LOG, 0.33, 0.66)


def _log_deleted(directory: Path) -> None:
    (directory / LOG).unlink()


def _log_cut(directory: Path) -> None:
    os.truncate(directory / LOG, (directory / LOG).stat().st_size // 2)


def _log_head_zeroed(directory: Path) -> None:
    _write(directory / LOG, 0, bytes(32))


def _file_deleted(directory: Path) -> None:
    (directory / FILE).unlink()


def _file_emptied(directory: Path) -> None:
    os.truncate(directory / FILE, 0)


def _file_head_zeroed(directory: Path) -> None:
    _write(directory / FILE, 0, bytes(100))


def _file_over_written(directory: Path) -> None:
    _over_write(directory / FILE, 0.0, 1.0)


def _both_over_written(directory: Path) -> None:
    _over_write(directory / FILE, 0.2, 0.6)
    _over_write(directory / LOG, 0.2, 0.9)


def _both_deleted(directory: Path) -> None:
    for path in directory.glob(f"{FILE}*"):
        path.unlink()


def _over_write(file: Path, start: float, end: float) -> None:
    size = file.stat().st_size
    _write(file, int(size * start), os.urandom(int(size * (end - start))))


def _write(file: Path, offset: int, content: bytes) -> None:
    with file.open("r+b") as opened:
        opened.seek(offset)
        opened.write(content)


def _change(directory: Path, columns: str) -> None:
    """As a disk would, and not as a program: the image from before is nowhere any more."""
    with contextlib.closing(sqlite3.connect(directory / FILE, isolation_level=None)) as db:
        db.execute(f"UPDATE verdicts SET {columns} WHERE id = 't1'")  # noqa: S608


RUINS = [
    _log_over_written, _log_deleted, _log_cut, _log_head_zeroed, _file_deleted, _file_emptied, _file_head_zeroed,
    _file_over_written, _both_over_written, _both_deleted,
]  # fmt: skip


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


@pytest.mark.parametrize("ruin", [_log_head_zeroed, _file_deleted, _file_emptied, _file_head_zeroed])
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
    _write(log, 32 + 10 * FRAME_BYTES, os.urandom(FRAME_BYTES))

    after = await start(tmp_path / "journal")

    assert after.lost == 0


async def test_what_the_ledger_has_is_neither_lost_nor_waiting(tmp_path: Path) -> None:
    """Of 300 the ledger got 200, then both files went: 100 are lost."""
    await fill(tmp_path / "journal", sent=200)
    _both_deleted(tmp_path / "journal")

    after = await start(tmp_path / "journal")

    assert after.names == {f"t{n}" for n in range(200, KEPT)}


async def test_long_rows_are_put_together_again(tmp_path: Path) -> None:
    """25 kB stand on seven pages each, in an order that the damaged file no longer says."""
    await fill(tmp_path / "journal", document_bytes=25_000)
    _file_deleted(tmp_path / "journal")

    after = await start(tmp_path / "journal")

    assert after.lost + len(after.waiting) == KEPT + 1
    assert after.lost <= KEPT * 0.9  # what an earlier checkpoint had folded into the file went with it


@pytest.mark.parametrize("name", ["what? a #1 100%", "späte Buchung %41", "a b"])
async def test_a_directory_may_have_any_name(tmp_path: Path, name: str) -> None:
    """What SQLite takes for a part of an address is quoted."""
    directory = tmp_path / name
    await fill(directory)
    _over_write(directory / FILE, 0.0, 0.02)

    after = await start(directory)

    assert (after.lost, len(after.waiting)) == (0, KEPT + 1)


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
    _change(tmp_path, "document = CAST('verdict of t9' AS BLOB)")

    async with journal(tmp_path, on_lost=told.append) as two:
        recalled = two.recall("t1")
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
    _change(tmp_path, "written_ms = 5")

    after = await start(tmp_path)

    assert (after.lost, after.ids) == (0, {"t1", "new"})


@pytest.mark.parametrize("column", ["sent_ms = 7", "poison = 'x'"])
async def test_a_mark_that_nobody_made_holds_nothing_back(tmp_path: Path, column: str) -> None:
    """A row that seems to be in the ledger is sent again; one that seems to be poison is shown, and not lost."""
    async with journal(tmp_path) as one:
        await keep(one, "t1")
    _change(tmp_path, column)

    async with journal(tmp_path) as two:
        found = {row.transaction_id for row in await two.pending(10)} | {name for name, _ in await two.poison()}
        assert two.lost.count == 0

    assert found == {"t1"}


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
        await asyncio.to_thread(shutil.copytree, tmp_path / "alive", tmp_path / "killed")

    after = await start(tmp_path / "killed")

    assert after.ids == {f"t{n}" for n in range(50)} | {"after", "new"}
    assert after.lost == 0


@pytest.mark.parametrize("ruin", [_log_over_written, _log_cut, _file_over_written, _both_over_written, _file_emptied])
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


async def test_without_damage_nothing_is_ever_called_lost(tmp_path: Path) -> None:
    """However often it is killed: between any two steps of putting and sending, and with workers beside it."""
    directory = tmp_path / "alive"
    async with journal(directory) as one, journal(directory) as two:
        for turn in range(12):
            worker = (one, two)[turn % 2]
            await asyncio.gather(*(keep(worker, f"t{turn}-{n}") for n in range(20)))
            await worker.mark_sent(await worker.pending(15))
            await asyncio.gather(one.look(within_s=30.0), two.look(within_s=30.0))
            killed = tmp_path / f"killed-{turn}"
            await asyncio.to_thread(shutil.copytree, directory, killed)
            async with journal(killed) as after:
                assert after.lost.count == 0
                assert after.counts.pending == 5 * (turn + 1)
        assert one.lost.count == two.lost.count == 0
    assert not (directory / "verdicts-2.db").exists()


async def test_a_missing_tally_is_made_anew(tmp_path: Path) -> None:
    """As after an update from a version that had none: what waits is counted from then on."""
    await fill(tmp_path / "journal")
    (tmp_path / "journal" / TALLY_FILE).unlink()
    async with journal(tmp_path / "journal") as one:
        assert (one.lost.count, one.counts.pending) == (0, KEPT)
    _both_deleted(tmp_path / "journal")

    after = await start(tmp_path / "journal")

    assert after.lost == KEPT


async def test_a_damaged_tally_makes_nothing_lost(tmp_path: Path) -> None:
    """Garbage in it says nothing against a journal that is sound."""
    await fill(tmp_path / "journal", sent=100)
    _over_write(tmp_path / "journal" / TALLY_FILE, 0.2, 0.7)

    after = await start(tmp_path / "journal")

    assert after.lost == 0
    assert after.ids >= {f"t{n}" for n in range(100, KEPT)}


async def test_losses_stay_on_record_until_people_move_them_away(tmp_path: Path) -> None:
    """Told once while it runs, again after a start; then the file goes, and the count with it."""
    await fill(tmp_path / "journal")
    _both_deleted(tmp_path / "journal")
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
