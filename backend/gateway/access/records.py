"""
What is kept of whom to let in: collection `access`, one document a record.

    _id           "key:…", "person:…", "session:…" or "invitation:…"
    account, kind
    changed_at    by the server's clock: processes ask for what is newer than what they know
    deleted_at    on what was removed: it stays for a day, so that everybody hears of it
    and the record's own fields. No key, password or token is among them: only what they are checked with.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec

Document = Mapping[str, Any]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """
    One of them. Times are UTC, to the millisecond.

    Attributes:
        changed_at: By the server's clock; None before it was kept.
    """

    kind: ClassVar[str]
    id: str
    changed_at: datetime | None = None

    @property
    def key(self) -> str:
        """Its `_id` in the collection."""
        return f"{self.kind}:{self.id}"

    @classmethod
    def of(cls: "type[RecordOf]", document: Document) -> "RecordOf":
        """Read one of the collection. Raises msgspec.ValidationError: a later version wrote it."""
        return msgspec.convert({**document, "id": document["_id"].partition(":")[2]}, cls)

    def is_over(self, now: datetime) -> bool:
        """Whether it counts no more and nobody wants to see it: then it is forgotten."""
        return False


RecordOf = TypeVar("RecordOf", bound=Record)
Kinds = Mapping[str, type[Record]]


class Directory(Protocol):
    """Finds records of some kinds in memory, in the form in which they are asked for; those of others it ignores."""

    def put(self, record: Record) -> None:
        """Take up what is known of a record."""

    def remove(self, key: str) -> None:
        """Forget the record with this `_id`."""


class RecordIndex:
    """All records that this process knows, each also in the directory of its kind."""

    def __init__(self, directories: Sequence[Directory]) -> None:
        self._directories = directories
        self._records: dict[str, Record] = {}

    def get(self, key: str) -> Record | None:
        """Return the record with this `_id`."""
        return self._records.get(key)

    def entries(self) -> list[Record]:
        """List all."""
        return list(self._records.values())

    def put(self, item: Record) -> None:
        """Add it, or replace what is there."""
        self._records[item.key] = item
        for directory in self._directories:
            directory.put(item)

    def remove(self, key: str) -> None:
        """Drop it, if it is there."""
        self._records.pop(key, None)
        for directory in self._directories:
            directory.remove(key)

    def take_over(self, items: Sequence[Record]) -> None:
        """Know these, and nothing else. What stays is known all the time."""
        for key in self._records.keys() - {item.key for item in items}:
            self.remove(key)
        for item in items:
            self.put(item)


class RecordKind:
    """What the follower has to know of records. Args: kinds: the type of each kind; others are left out."""

    name = "access"

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds

    def key_of(self, item: Record) -> str:
        """Return its `_id`."""
        return item.key

    def changed_at(self, item: Record) -> datetime:
        """Return when it was put."""
        assert item.changed_at is not None  # noqa: S101  (it is kept)
        return item.changed_at

    def is_over(self, item: Record, now: datetime) -> bool:
        """Whether it may be forgotten."""
        return item.is_over(now)

    def encode(self, as_of: datetime, items: Sequence[Record]) -> bytes:
        """Write a snapshot: hashes only, no key and no password."""
        return msgspec.json.encode(_Snapshot(as_of, [_Saved(item.kind, _raw(item)) for item in items]))

    def decode(self, body: bytes) -> tuple[datetime, Sequence[Record]]:
        """Read a snapshot."""
        snapshot = _decoder.decode(body)
        records = [
            msgspec.json.decode(saved.record, type=self._kinds[saved.kind])
            for saved in snapshot.records
            if saved.kind in self._kinds
        ]
        return snapshot.as_of, records


class _Saved(msgspec.Struct, frozen=True):
    kind: str
    record: msgspec.Raw


class _Snapshot(msgspec.Struct, frozen=True):
    as_of: datetime
    records: list[_Saved]


_decoder = msgspec.json.Decoder(_Snapshot)


def _raw(record: Record) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(record))
