"""
Rows that can still be read of a damaged journal, from the bytes of its pages: SQLite gives up a whole branch for one
bad page, and all of the log behind one bad frame.

Every page image is looked at, those of the file and those of each frame of its write-ahead log, by the file format of
SQLite (https://www.sqlite.org/fileformat2.html). Nothing of its own is believed: each row carries a seal over what was
promised, and whoever calls checks it.
"""

import os
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

_LEAF_OF_A_TABLE = 0x0D
_FILE_HEADER, _LOG_HEADER, _FRAME_HEADER = 100, 32, 24  # bytes
PAGE_BYTES = 4096  # SQLite's own default
_PAYLOAD_BYTES_MAX = 4 * 1024 * 1024  # a record has 100 kB at most
_COLUMNS = 8
_INTEGER_BYTES = (0, 1, 2, 3, 4, 6, 8)


class Found(NamedTuple):
    """A row as it was read, its columns in the order of store.py without `seq`."""

    id: str
    digest: bytes
    document: bytes
    seal: bytes
    written_ms: int
    sent_ms: Any
    poison: Any


class _Image(NamedTuple):
    """Where one image of a page begins."""

    handle: int
    offset: int
    number: int  # of the page
    age: int  # of the frame in the log; -1 in the file


def scan(file: Path) -> Iterator[Found]:
    """All rows in all page images of a journal and its log, newest image first; the same row many times."""
    with ExitStack() as opened:
        images, page_bytes = _images(file, opened)
        by_number: dict[int, list[_Image]] = {}
        for image in images:
            by_number.setdefault(image.number, []).append(image)
        for image in reversed(images):
            page = os.pread(image.handle, page_bytes, image.offset)
            for cell in _cells(page, image.number):
                try:
                    yield _row(_payload(page, cell, image, by_number))
                except (IndexError, ValueError, struct.error, KeyError):
                    continue


def _images(file: Path, opened: ExitStack) -> tuple[list[_Image], int]:
    log = file.with_name(f"{file.name}-wal")
    handles = {}
    for path in (file, log):
        if path.exists():
            handles[path] = os.open(path, os.O_RDONLY)
            opened.callback(os.close, handles[path])
    page_bytes = PAGE_BYTES
    if file in handles and len(header := os.pread(handles[file], 18, 0)) == 18:
        page_bytes = _sane_page_bytes(int.from_bytes(header[16:18], "big"))
    images = []
    if file in handles:
        pages = os.fstat(handles[file]).st_size // page_bytes
        images += [_Image(handles[file], n * page_bytes, n + 1, -1) for n in range(pages)]
    if log in handles:
        frame_bytes = _FRAME_HEADER + page_bytes
        frames = (os.fstat(handles[log]).st_size - _LOG_HEADER) // frame_bytes
        for n in range(frames):
            at = _LOG_HEADER + n * frame_bytes
            number = int.from_bytes(os.pread(handles[log], 4, at), "big")
            images.append(_Image(handles[log], at + _FRAME_HEADER, number, n))
    return images, page_bytes


def _sane_page_bytes(said: int) -> int:
    said = 65536 if said == 1 else said
    return said if 512 <= said <= 65536 and said & (said - 1) == 0 else PAGE_BYTES


def _cells(page: bytes, number: int) -> Iterator[int]:
    """Where the rows of a leaf begin; nothing for any other page."""
    header = _FILE_HEADER if number == 1 else 0
    if len(page) < header + 8 or page[header] != _LEAF_OF_A_TABLE:
        return
    count = int.from_bytes(page[header + 3 : header + 5], "big")
    for at in range(header + 8, min(header + 8 + 2 * count, len(page) - 1), 2):
        yield int.from_bytes(page[at : at + 2], "big")


def _payload(page: bytes, at: int, image: _Image, by_number: dict[int, list[_Image]]) -> bytes:
    length, at = _varint(page, at)
    _, at = _varint(page, at)  # the row's number
    usable = len(page)
    if not 0 < length <= _PAYLOAD_BYTES_MAX:
        raise ValueError("no row has this length")
    most = usable - 35
    if length <= most:
        return page[at : at + length]
    least = (usable - 12) * 32 // 255 - 23
    here = least + (length - least) % (usable - 4)
    here = here if here <= most else least
    parts, missing = [page[at : at + here]], length - here
    following = int.from_bytes(page[at + here : at + here + 4], "big")
    while missing > 0:
        # an overflow page is written once, with its row: the image nearest in time belongs to it
        other = min(by_number[following], key=lambda candidate: abs(candidate.age - image.age))
        content = os.pread(other.handle, usable, other.offset)
        parts.append(content[4 : 4 + missing])
        missing -= usable - 4
        following = int.from_bytes(content[:4], "big")
    return b"".join(parts)


def _row(payload: bytes) -> Found:
    header_bytes, at = _varint(payload, 0)
    kinds = []
    while at < header_bytes:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    if len(kinds) != _COLUMNS:
        raise ValueError("not a row of ours")
    values = []
    for kind in kinds:
        value, at = _value(payload, at, kind)
        values.append(value)
    found = Found(*values[1:])  # `seq` is the row's number, and stands in no column
    if [type(value) for value in found[:5]] != [str, bytes, bytes, bytes, int]:
        raise ValueError("not a row of ours")
    return found


def _value(payload: bytes, at: int, kind: int) -> tuple[Any, int]:
    if kind == 0:
        return None, at
    if kind < len(_INTEGER_BYTES):
        end = at + _INTEGER_BYTES[kind]
        return int.from_bytes(payload[at:end], "big", signed=True), end
    if kind in (8, 9):
        return kind - 8, at
    if kind < 12:
        raise ValueError("not a value of ours")
    end = at + (kind - 12) // 2
    if end > len(payload):
        raise ValueError("cut off")
    return (payload[at:end].decode() if kind % 2 else payload[at:end]), end


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """A number of up to nine bytes, and where it ends. Raises IndexError."""
    value = 0
    for n in range(8):
        byte = content[at + n]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + n + 1
    return value << 8 | content[at + 8], at + 9
