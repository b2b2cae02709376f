"""Databases of tests are in memory where there is room, and nothing stays there."""

import os
import time
from pathlib import Path

from tests.memory import memory_or


def test_a_directory_in_memory_is_gone_after_the_block(tmp_path: Path) -> None:
    """Whatever is in it."""
    with memory_or(tmp_path / "disk", memory=tmp_path) as directory:
        (directory / "data").write_text("much")
        was_in_memory = directory.parent == tmp_path

    assert was_in_memory
    assert list(tmp_path.iterdir()) == []


def test_where_there_is_no_memory_it_is_the_disk(tmp_path: Path) -> None:
    """And that stays: somebody may want to look."""
    with memory_or(tmp_path, memory=tmp_path / "missing") as directory:
        assert directory == tmp_path

    assert tmp_path.is_dir()


def test_what_a_killed_run_left_is_removed_a_day_later(tmp_path: Path) -> None:
    """Others that run now keep theirs."""
    left, running = tmp_path / "sentinel-tests-left", tmp_path / "sentinel-tests-running"
    for directory in (left, running):
        directory.mkdir()
    os.utime(left, times=(0, time.time() - 2 * 86_400))

    with memory_or(tmp_path, memory=tmp_path):
        assert running.is_dir()
        assert not left.exists()
