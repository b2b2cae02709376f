"""Which batch of a file has which key. Nearly every key is new, so nearly every look ends in memory."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from gateway.kit.sqlite_batches import BatchFile, Row

_FIND_S = 0.5  # a batch is some microseconds away; a checkout does not wait longer for a disk that stands still


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
        """A batch has these, or is about to. What an older one has stays where it is, unless this one wins."""
        if len(self._places) >= self._keys_max:
            self._places, self._older = {}, self._places
        _add(self._places, seq, keys, wins=wins, before=self._older)

    def may_have(self, key: str) -> bool:
        """Whether the file has to be asked."""
        known = hash(key)
        return self._file is None or known in self._places or known in self._older

    async def find(self, key: str) -> tuple[Row, bool] | None:
        """
        The row of a key, and whether it is marked.

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
