"""
Which verdicts were acknowledged, in a file of its own: what a damaged journal has lost is known by what is missing.

    acknowledged.log    a line each: checksum, + (acknowledged) or - (the ledger has it), when it was written, its id

A `+` is written after the journal's commit and before the reply, a `-` before the commit that marks the row: a kill in
between never makes a verdict look lost. It costs no fsync of its own: the file is synced once a second, so a power cut
may take its last second, which the journal itself still has.

For one thread at a time.

What was lost is kept by name until people have taken note: then they move that file away.

    lost.jsonl          a line each: transaction_id, acknowledged_at, found_at
"""

import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import structlog

from gateway.kit.files import append_to_file, replace_file
from observability.seldom import Seldom

_log = structlog.get_logger()
FILE = "acknowledged.log"
_UNWRITTEN_MAX = 64 * 1024 * 1024  # bytes of lines that a full disk keeps in memory; past it they are not counted
_COMPACT_MIN = 20_000  # lines: below it the file is small whatever it holds
_ADDED, _SETTLED = b"+", b"-"

Pair = tuple[str, int]  # transaction id; when its verdict was written, ms since the epoch
LOST_FILE = "lost.jsonl"
_SHOWN_MAX = 20


class Tally:
    """
    The pairs that were acknowledged and that the ledger does not have yet. Opening it may raise OSError.

    Attributes:
        is_new: Whether there was no such file: then it says nothing of what was acknowledged before.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE
        self.is_new = not self._path.exists()
        self._file = self._open()
        self._read_bytes = 0  # of the file, into the counts below
        self._lines = 0
        self._open_lines = 0
        self._unwritten = b""
        self._is_dirty = False
        self._complaints = Seldom()

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def acknowledge(self, pairs: Iterable[Pair]) -> None:
        """These are in the journal, durably. A disk that refuses is tried again with the next ones."""
        self._append(_ADDED, pairs)

    def settle(self, pairs: Iterable[Pair]) -> None:
        """The journal owes these to nobody any more: the ledger has them, or people know that they are lost."""
        self._append(_SETTLED, pairs)

    @property
    def count(self) -> int:
        """How many are not settled, from what was appended since the last look. Lines that came twice count twice."""
        for sign, pair in self._read_on():
            self._count(sign, pair)
        return self._open_lines

    def unsettled(self) -> tuple[set[Pair], int]:
        """The pairs themselves, and how many lines cannot be read."""
        self._read_bytes = self._lines = self._open_lines = 0
        added: set[Pair] = set()
        settled: set[Pair] = set()
        unreadable = 0
        for sign, pair in self._read_on():
            self._count(sign, pair)
            if pair is None:
                unreadable += 1
            else:
                (added if sign == _ADDED else settled).add(pair)
        return added - settled, unreadable

    def tidy(self, *, force: bool = False) -> None:
        """Drop lines that say nothing any more, when they are many, or all when nothing is owed. Raises OSError."""
        if force or (self._lines > _COMPACT_MIN and self._open_lines * 2 < self._lines):
            self._rewrite()

    def clear(self) -> None:
        """Nothing is owed: begin anew. Raises OSError."""
        os.ftruncate(self._file, 0)
        self._read_bytes = self._lines = self._open_lines = 0

    @property
    def size_bytes(self) -> int:
        """Its length."""
        return os.fstat(self._file).st_size

    @property
    def is_there(self) -> bool:
        """Whether the file still has its name."""
        return self._path.exists()

    def sync(self) -> None:
        """Bring to the disk what was appended since the last time. Raises OSError."""
        if self._is_dirty:
            os.fdatasync(self._file)
            self._is_dirty = False

    def _append(self, sign: bytes, pairs: Iterable[Pair]) -> None:
        lines = b"".join(_line(sign, pair) for pair in pairs)
        if not lines and not self._unwritten:
            return
        self._unwritten = (self._unwritten + lines)[-_UNWRITTEN_MAX:]
        try:
            before = os.fstat(self._file).st_size
            written = os.write(self._file, self._unwritten)
            if written < len(self._unwritten):
                os.ftruncate(self._file, before)  # half a line would be unreadable
        except OSError:
            written = 0
        if written == len(self._unwritten):
            self._unwritten = b""
            self._is_dirty = True
        elif times := self._complaints.happened():
            _log.error("journal.tally_failed", times=times)

    def _count(self, sign: bytes, pair: Pair | None) -> None:
        self._lines += 1
        if pair is not None:
            self._open_lines += 1 if sign == _ADDED else -1

    def _rewrite(self) -> None:
        """Whole or not at all."""
        pairs, _ = self.unsettled()
        replace_file(self._path, b"".join(_line(_ADDED, pair) for pair in sorted(pairs, key=lambda pair: pair[1])))
        os.close(self._file)
        self._file = self._open()
        self.unsettled()

    def _read_on(self) -> Iterator[tuple[bytes, Pair | None]]:
        """What was not read yet, as far as it ends with a line; None for a line that was changed."""
        unread = os.fstat(self._file).st_size - self._read_bytes
        content = os.pread(self._file, unread, self._read_bytes) if unread > 0 else b""
        whole = content[: content.rfind(b"\n") + 1]
        self._read_bytes += len(whole)
        for line in whole.splitlines():
            yield line[9:10], _pair(line)

    def _open(self) -> int:
        return os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _line(sign: bytes, pair: Pair) -> bytes:
    said = b"%s %d %s" % (sign, pair[1], msgspec.json.encode(pair[0]))
    return b"%08x %s\n" % (zlib.crc32(said), said)


def _pair(line: bytes) -> Pair | None:
    try:
        if int(line[:8], 16) != zlib.crc32(line[9:]):
            return None
        _, written_ms, transaction_id = line[9:].split(b" ", 2)
        return msgspec.json.decode(transaction_id, type=str), int(written_ms)
    except (ValueError, msgspec.MsgspecError):
        return None


class Loss(msgspec.Struct, frozen=True):
    """One verdict that was acknowledged and is gone."""

    transaction_id: str
    acknowledged_at: datetime
    found_at: datetime  # when it was missed

    @property
    def pair(self) -> Pair:
        """As in the tally."""
        return self.transaction_id, round(self.acknowledged_at.timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Lost:
    """All that is on record: how many, and some of them, oldest first."""

    count: int
    first: tuple[Loss, ...]

    @classmethod
    def of(cls, losses: Sequence[Loss]) -> "Lost":
        """The summary of these."""
        return cls(len(losses), tuple(losses[:_SHOWN_MAX]))


NONE_LOST = Lost(0, ())
_decoder = msgspec.json.Decoder(Loss)


class Losses:
    """The file. For one thread at a time."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / LOST_FILE
        self._seen: tuple[int, int] | None = None
        self._all: tuple[Loss, ...] = ()

    def add(self, pairs: Iterable[Pair], *, found_ms: int) -> None:
        """Keep these durably, each once. Raises OSError."""
        known = {loss.pair for loss in self.all()}
        lines = b"".join(
            msgspec.json.encode(Loss(pair[0], _time(pair[1]), _time(found_ms))) + b"\n"
            for pair in sorted(pairs, key=lambda pair: pair[1])
            if pair not in known
        )
        append_to_file(self._path, lines)

    def all(self) -> tuple[Loss, ...]:
        """In the order in which they were found; read again only when the file has changed."""
        try:
            found = self._path.stat()
            if (seen := (found.st_ino, found.st_size)) != self._seen:
                self._all, self._seen = _read(self._path), seen
        except FileNotFoundError:
            self._all, self._seen = (), None
        except OSError as error:
            _log.warning("journal.losses_unreadable", error=type(error).__name__)
        return self._all


def _read(path: Path) -> tuple[Loss, ...]:
    losses = []
    for line in path.read_bytes().splitlines():
        try:
            losses.append(_decoder.decode(line))
        except msgspec.MsgspecError:
            _log.warning("journal.loss_unreadable")
    return tuple(losses)


def _time(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
