"""Reads the log files of services: their last lines, and lines that are added."""

import os
import time
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path

POLL_S = 0.25
CHUNK_BYTES_MAX = 1 << 20


def last_lines(path: Path, count: int, *, from_byte: int = 0) -> list[str]:
    """
    The last `count` lines of a file of at most some MB; none when there is no file yet.

    Args:
        from_byte: Lines before it are left out, unless the file has been rotated since.
    """
    try:
        with path.open("rb") as file:
            file.seek(from_byte if from_byte <= path.stat().st_size else 0)
            return [line.rstrip(b"\n").decode(errors="replace") for line in deque(file, maxlen=count)]
    except FileNotFoundError:
        return []


def size_bytes(path: Path) -> int:
    """Return the size of a log in bytes; 0 when there is no file yet."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def follow(paths: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    """
    Lines added to any of the files from now on, with the key of the file; never ends.

    A file that supervisor has rotated away, or that is not there yet, is opened afresh.
    """
    # made before the first line is read: following begins with this call
    return _lines({name: _Tail(path) for name, path in paths.items()})


def _lines(tails: Mapping[str, "_Tail"]) -> Iterator[tuple[str, str]]:
    while True:
        quiet = True
        for name, tail in tails.items():
            for line in tail.new_lines():
                quiet = False
                yield name, line
        if quiet:
            time.sleep(POLL_S)


class _Tail:
    """The state of one followed file: its identity, the position, and the incomplete line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        stat = self._stat()
        self._inode = stat.st_ino if stat else 0
        self._offset = stat.st_size if stat else 0
        self._begun = b""

    def new_lines(self) -> list[str]:
        """Read complete lines added since the last call, at most 1 MB."""
        stat = self._stat()
        if stat is None:
            return []
        if stat.st_ino != self._inode or stat.st_size < self._offset:
            self._inode, self._offset, self._begun = stat.st_ino, 0, b""
        if stat.st_size == self._offset:
            return []
        with self._path.open("rb") as file:
            file.seek(self._offset)
            chunk = file.read(CHUNK_BYTES_MAX)
        self._offset += len(chunk)
        *lines, begun = (self._begun + chunk).split(b"\n")
        self._begun = begun[-CHUNK_BYTES_MAX:]
        return [line.decode(errors="replace") for line in lines]

    def _stat(self) -> os.stat_result | None:
        try:
            return self._path.stat()
        except FileNotFoundError:
            return None
