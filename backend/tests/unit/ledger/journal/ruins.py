"""Ways to hurt a journal on the disk, and what a gateway knows that starts on it."""

import asyncio
import contextlib
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from gateway.kit.sqlite import parts
from gateway.ledger.journal.rows import Row
from gateway.ledger.journal.salvage import journals
from gateway.ledger.journal.store import FILE
from gateway.ledger.journal.tally import Loss
from tests.unit.ledger.journal.journals import copy_as_killed, journal, keep

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
        await copy_as_killed(alive, directory)


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


def file_of(directory: Path) -> Path:
    """The journal in use."""
    return journals(directory)[0]


def log_of(directory: Path) -> Path:
    """Its write-ahead log."""
    return parts(file_of(directory))[1]


def log_over_written(directory: Path) -> None:
    """Garbage over a third of the log."""
    over_write(log_of(directory), 0.33, 0.66)


def log_deleted(directory: Path) -> None:
    log_of(directory).unlink()


def log_cut(directory: Path) -> None:
    os.truncate(log_of(directory), log_of(directory).stat().st_size // 2)


def log_head_zeroed(directory: Path) -> None:
    write(log_of(directory), 0, bytes(32))


def file_deleted(directory: Path) -> None:
    file_of(directory).unlink()


def file_emptied(directory: Path) -> None:
    os.truncate(file_of(directory), 0)


def file_head_zeroed(directory: Path) -> None:
    write(file_of(directory), 0, bytes(100))


def file_over_written(directory: Path) -> None:
    over_write(file_of(directory), 0.0, 1.0)


def both_over_written(directory: Path) -> None:
    over_write(file_of(directory), 0.2, 0.6)
    over_write(log_of(directory), 0.2, 0.9)


def both_deleted(directory: Path) -> None:
    for path in directory.glob("verdicts*.db*"):
        path.unlink()


def over_write(file: Path, start: float, end: float) -> None:
    size = file.stat().st_size
    write(file, int(size * start), os.urandom(int(size * (end - start))))


def write(file: Path, offset: int, content: bytes) -> None:
    with file.open("r+b") as opened:
        opened.seek(offset)
        opened.write(content)


def change(directory: Path, columns: str) -> None:
    """As a disk would, and not as a program: the image from before is nowhere any more."""
    with contextlib.closing(sqlite3.connect(directory / FILE, isolation_level=None)) as db:
        db.execute(f"UPDATE verdicts SET {columns} WHERE id = 't1'")  # noqa: S608


RUINS = [
    log_over_written, log_deleted, log_cut, log_head_zeroed, file_deleted, file_emptied, file_head_zeroed,
    file_over_written, both_over_written, both_deleted,
]  # fmt: skip
