"""The lists on disk: the whole of them, or nothing."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.domain import ListEntry, ListKind, ListName
from gateway.features.lists.service import EntryKind
from gateway.kit.follower import read_snapshot, write_snapshot

FILE, KIND = "lists.json", EntryKind()
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ENTRIES = [
    ListEntry(ListName.DENY, ListKind.CARD, f"tok_{n}", "stolen", NOW if n % 2 else None, NOW, NOW) for n in range(5)
]


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """Entry by entry, and for this gateway's eyes only."""
    write_snapshot(tmp_path / "new" / FILE, KIND, NOW, ENTRIES)

    snapshot = read_snapshot(tmp_path / "new" / FILE, KIND)

    assert snapshot is not None
    assert snapshot == (NOW, ENTRIES)
    assert (tmp_path / "new" / FILE).stat().st_mode & 0o777 == 0o600


def test_a_later_one_replaces_it(tmp_path: Path) -> None:
    """And leaves no draft behind."""
    write_snapshot(tmp_path / FILE, KIND, NOW, ENTRIES)
    write_snapshot(tmp_path / FILE, KIND, NOW, [replace(ENTRIES[0], reason="found")])

    snapshot = read_snapshot(tmp_path / FILE, KIND)

    assert snapshot is not None
    assert [entry.reason for entry in snapshot[1]] == ["found"]
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_there_need_not_be_one(tmp_path: Path) -> None:
    """A first start knows nothing."""
    assert read_snapshot(tmp_path / FILE, KIND) is None
    assert read_snapshot(tmp_path / "nowhere" / FILE, KIND) is None


@pytest.mark.parametrize("damage", [lambda b: b[:-10], lambda b: b.replace(b"stolen", b"st0len", 1), lambda b: b""])
def test_a_damaged_one_is_not_believed(tmp_path: Path, damage: object) -> None:
    """It is put aside for people."""
    write_snapshot(tmp_path / FILE, KIND, NOW, ENTRIES)
    path = tmp_path / FILE
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]

    assert read_snapshot(tmp_path / FILE, KIND) is None
    assert [path.name for path in tmp_path.iterdir()] == [f"{FILE}.damaged"]
