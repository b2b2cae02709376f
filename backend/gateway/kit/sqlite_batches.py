"""
Rows by key in a file of SQLite, a whole batch of them in one: with an index of keys each would cost 12 us, so it is 3.

    batches   seq · wins · size · keys · seal · rows
    marks     seq · place

A mark is of one row, by its place in the batch, or of all. `BatchIndex` keeps in memory which batch has which key:
nearly every key is new, so nearly every look ends there.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec

from gateway.kit.sqlite import Damaged, SqliteFile

ALL = -1  # the place of a mark
_SEAL_BYTES = 8
_HASHED_BYTES = 2_047  # at once
_SCHEMA = """
CREATE TABLE IF NOT EXISTS batches (
    seq INTEGER PRIMARY KEY,
    wins INTEGER NOT NULL,
    size INTEGER NOT NULL,
    keys BLOB NOT NULL,
    seal BLOB NOT NULL,
    rows BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS marks (seq INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (seq, place)) WITHOUT ROWID;
"""
_encode = msgspec.msgpack.Encoder().encode
_keys = msgspec.msgpack.Decoder(list[str])
_rows = msgspec.msgpack.Decoder(list[tuple[bytes, ...]])

Row = tuple[bytes, ...]
_FIND_S = 0.5  # a batch is some microseconds away; a checkout does not wait longer for a disk that stands still


class Batch(NamedTuple):
    """
    Which keys are in a batch.

    Attributes:
        wins: Whether its rows count more than older ones of the same keys, instead of less.
    """

    seq: int
    wins: bool
    keys: list[str]


class BatchFile(SqliteFile):
    """
    One connection; see `SqliteFile`. It need not survive a power cut, and a batch that did not is not found.

    Args:
        path: Of the file.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, _SCHEMA, is_durable=False)

    def put(self, seq: int, items: Sequence[tuple[str, Row]], *, wins: bool = False) -> None:
        """Keep a batch under this number, which only grows."""
        keys, rows = _encode([key for key, _ in items]), _encode([row for _, row in items])
        # of one: `execute` also asks for the row's id, and waits for the interpreter's lock once more after that
        self._db.executemany(
            "INSERT OR REPLACE INTO batches (seq, wins, size, keys, seal, rows) VALUES (?, ?, ?, ?, ?, ?)",
            ((seq, wins, len(items), keys, _seal(keys, rows), rows),),
        )

    def mark(self, marks: Iterable[tuple[int, int]]) -> None:
        """Mark rows: the number of the batch, and the place or ALL."""
        self._db.executemany("INSERT OR IGNORE INTO marks (seq, place) VALUES (?, ?)", marks)

    def find(self, seq: int, key: str) -> tuple[Row, bool] | None:
        """Find the row of a key in this batch and whether it is marked; None where it is not there, or not whole."""
        found = self._db.execute("SELECT keys, rows, seal FROM batches WHERE seq = ?", (seq,)).fetchone()
        if found is None or found[2] != _seal(found[0], found[1]):
            return None
        keys = _keys.decode(found[0])
        if key not in keys:
            return None
        place = keys.index(key)
        marks = "SELECT 1 FROM marks WHERE seq = ? AND place IN (?, ?)"
        is_marked = self._db.execute(marks, (seq, place, ALL)).fetchone() is not None
        return _rows.decode(found[1])[place], is_marked

    def batches(self) -> Iterator[Batch]:
        """
        List which keys are where, oldest batch first.

        Raises:
            sqlite3.Error: the file cannot be read, or is not what was written.
        """
        for seq, wins, keys in self._db.execute("SELECT seq, wins, keys FROM batches ORDER BY seq"):
            try:
                yield Batch(seq, bool(wins), _keys.decode(keys))
            except msgspec.MsgspecError:
                raise Damaged("the keys of a batch are not what was written") from None

    def trim(self, rows_max: int, *, bytes_max: int) -> None:
        """Drop the oldest batches, so that as many rows as may be stay, and no more than there is room."""
        (rows,) = self._db.execute("SELECT COALESCE(SUM(size), 0) FROM batches").fetchone()
        fitting = min(rows_max, int(rows * bytes_max / max(self.used_bytes, 1)))
        found = self._db.execute(
            "SELECT MAX(seq) FROM (SELECT seq, SUM(size) OVER (ORDER BY seq DESC) AS rows FROM batches) WHERE rows > ?",
            (fitting,),
        ).fetchone()
        if found[0] is not None:
            self._db.execute("DELETE FROM batches WHERE seq <= ?", found)
            self._db.execute("DELETE FROM marks WHERE seq <= ?", found)

    def drop(self, keys: Iterable[str]) -> None:
        """
        Take the rows of these keys out and leave no trace of them on the disk. Safe beside others that use the file.

        Raises:
            sqlite3.Error: some may be out, the rest is not.
        """
        dropped = set(keys)
        self._db.execute("PRAGMA secure_delete = ON")  # zeros, or the pages would keep what the rows said
        self.begin()
        for batch in [batch for batch in self.batches() if not dropped.isdisjoint(batch.keys)]:
            self._empty(batch, dropped)
        self.commit()
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # and so would the log

    def _empty(self, batch: Batch, dropped: set[str]) -> None:
        """Places stay, for the marks."""
        found = self._db.execute("SELECT rows FROM batches WHERE seq = ?", (batch.seq,)).fetchone()
        try:
            rows = _rows.decode(found[0])
        except msgspec.MsgspecError:
            raise Damaged("the rows of a batch are not what was written") from None
        items = [("", ()) if key in dropped else (key, row) for key, row in zip(batch.keys, rows, strict=True)]
        self.put(batch.seq, items, wins=batch.wins)


def _seal(keys: bytes, rows: bytes) -> bytes:
    """By small steps: for more, hashlib lets go of the interpreter's lock, and gets it back 1 ms later."""
    seal = sha256(keys[:_HASHED_BYTES])
    for part in (keys[_HASHED_BYTES:], rows):
        for begin in range(0, len(part), _HASHED_BYTES):
            seal.update(part[begin : begin + _HASHED_BYTES])
    return seal.digest()[:_SEAL_BYTES]


class BatchIndex:
    """
    Knows where the newest keys are, and asks the file only for those, in a thread of its own.

    It may know of a key that the file has forgotten, and never the other way round.

    Args:
        keys_max: Newest keys that are known for sure, about 110 bytes each.

    Attributes:
        newest: The highest number of a batch in the file when it was opened; 0 before that.
    """

    def __init__(self, name: str, *, keys_max: int) -> None:
        self.newest = 0
        self._keys_max = keys_max
        self._places, self._older = dict[int, int](), dict[int, int]()  # by hash; the older ones are forgotten at once
        self._file: BatchFile | None = None
        self._is_loaded = asyncio.Event()  # not while the keys of a file are read
        self._is_loaded.set()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"{name}.reader")

    @property
    def is_open(self) -> bool:
        """Whether it reads from a file."""
        return self._file is not None

    async def open(self, open_file: Callable[[], BatchFile]) -> None:
        """Read from this file from now on, and from no other. Raises sqlite3.Error, OSError: then all is as before."""

        def load() -> tuple[BatchFile, dict[int, int]]:
            file = open_file()
            places = dict[int, int]()
            try:
                for batch in file.batches():
                    _add(places, batch.seq, batch.keys, wins=batch.wins)
            except BaseException:
                file.close()
                raise
            return file, places

        self._is_loaded.clear()
        try:
            before = self._file
            self._file, places = await asyncio.get_running_loop().run_in_executor(self._thread, load)
            if before is not None:
                self._thread.submit(before.close)
            self._places |= places
            self.newest = max(places.values(), default=0)
        finally:
            self._is_loaded.set()

    async def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._thread.submit(self._file.close)
            self._file = None
        await asyncio.to_thread(self._thread.shutdown)

    def add(self, seq: int, keys: Iterable[str], *, wins: bool = False) -> None:
        """Note what a batch has, or is about to. What an older one has stays where it is, unless this one wins."""
        if len(self._places) >= self._keys_max:
            self._places, self._older = {}, self._places
        _add(self._places, seq, keys, wins=wins, before=self._older)

    def may_have(self, key: str) -> bool:
        """Whether the file has to be asked."""
        known = hash(key)
        return self._file is None or known in self._places or known in self._older

    async def find(self, key: str) -> tuple[Row, bool] | None:
        """
        Find the row of a key, and whether it is marked.

        Raises:
            sqlite3.Error, TimeoutError: it may be there, and cannot be read now.
        """
        if not self.may_have(key):
            return None
        async with asyncio.timeout(_FIND_S):
            await self._is_loaded.wait()
            known = hash(key)
            seq = self._places.get(known, self._older.get(known))
            if (file := self._file) is None or seq is None:
                return None
            return await asyncio.get_running_loop().run_in_executor(self._thread, file.find, seq, key)


def _add(
    places: dict[int, int], seq: int, keys: Iterable[str], *, wins: bool, before: dict[int, int] | None = None
) -> None:
    for key in keys:
        known = hash(key)
        if wins or (known not in places and (before is None or known not in before)):
            places[known] = seq
