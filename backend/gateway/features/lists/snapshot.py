"""The lists on this machine's disk, beside the journal: what a gateway knows that starts while the ledger is away."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from gateway.domain import ListEntry
from gateway.kit.checked_file import read_checked, write_checked

FILE = "lists.json"


class Snapshot(msgspec.Struct, frozen=True):
    """All entries, and when the ledger last confirmed them."""

    as_of: datetime
    entries: list[ListEntry]


_decoder = msgspec.json.Decoder(Snapshot)


def write_snapshot(directory: Path, as_of: datetime, entries: Sequence[ListEntry]) -> None:
    """Replace the file, durably. Raises OSError: the disk does not take it; the old one stays."""
    write_checked(directory / FILE, msgspec.json.encode(Snapshot(as_of, list(entries))))


def read_snapshot(directory: Path) -> Snapshot | None:
    """The file, if there is one; a damaged one is put aside and reported, and is not believed."""
    return read_checked(directory / FILE, _decoder.decode, event="lists.snapshot")
