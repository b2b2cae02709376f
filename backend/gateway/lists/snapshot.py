"""
The lists on this machine's disk, beside the journal: what a gateway knows that starts while the ledger is away.

One file, replaced as a whole: first line the SHA-256 of the rest, then JSON.
"""

import hashlib
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec
import structlog

from gateway.domain import ListEntry

_log = structlog.get_logger()
FILE = "lists.json"


class Snapshot(msgspec.Struct, frozen=True):
    """All entries, and when the ledger last confirmed them."""

    as_of: datetime
    entries: list[ListEntry]


def write_snapshot(directory: Path, as_of: datetime, entries: Sequence[ListEntry]) -> None:
    """
    Replace the file, durably: after a crash it is the old one or the new one.

    Raises:
        OSError: the disk does not take it; the old one stays.
    """
    body = msgspec.json.encode(Snapshot(as_of, list(entries)))
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = directory / f"{FILE}.{os.getpid()}.draft"  # workers share a directory
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(directory / FILE)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    folder = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_snapshot(directory: Path) -> Snapshot | None:
    """The file, if there is one; a damaged one is put aside and reported, and is not believed."""
    path = directory / FILE
    try:
        digest, _, body = path.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        _log.error("lists.snapshot_unreadable", error=type(error).__name__)
        return None
    try:
        if hashlib.sha256(body).hexdigest().encode() == digest:
            return msgspec.json.decode(body, type=Snapshot)
    except msgspec.MsgspecError:
        pass  # whole, and of another version
    kept_as = path.with_name(f"{FILE}.damaged")
    path.replace(kept_as)
    _log.error("lists.snapshot_damaged", kept_as=kept_as.name)
    return None
