"""A file is the old one or the new one, whatever happens in between, and a rename is on the disk before it counts."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.kit.files import move_file, replace_file, set_aside
from gateway.ledger.journal.tally import Tally


def _keep_in_tally(directory: Path) -> None:
    tally = Tally(directory)
    tally.acknowledge([("t1", 1)])
    tally.tidy(force=True)
    tally.close()


def _move(directory: Path) -> None:
    (directory / "draft").write_bytes(b"")
    move_file(directory / "draft", directory / "whole")


@pytest.mark.parametrize("replace", [lambda directory: replace_file(directory / "a", b"new"), _move, _keep_in_tally])
def test_the_directory_is_synced_after_the_rename(
    replace: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a power cut brings the old name back, although the caller was told otherwise."""
    synced: list[bool] = []
    fsync = os.fsync

    def noted(handle: int) -> None:
        synced.append(stat.S_ISDIR(os.fstat(handle).st_mode))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noted)

    replace(tmp_path)

    assert synced[-1:] == [True]


def test_a_disk_that_refuses_leaves_the_old_file_and_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller hears of it."""
    path = tmp_path / "a"
    replace_file(path, b"old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace_file(path, b"new")

    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"a": b"old"}


def test_only_the_newest_damaged_file_is_kept(tmp_path: Path) -> None:
    """So that a disk that damages it again and again is not filled by what it damaged."""
    path = tmp_path / "a"
    for content in (b"first", b"second"):
        path.write_bytes(content)
        kept_as = set_aside(path)

    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {kept_as.name: b"second"}
