"""Keeps what a test run writes and nobody needs afterwards in memory, where there is room for it."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 (a file system, of Linux)
_PREFIX = "sentinel-tests-"
_ROOM_BYTES = 4 * 2**30  # three runs side by side take less than half of it; in a container there may be 64 MB
_LEFT_BEHIND_S = 86_400.0


@contextmanager
def memory_or(directory: Path, *, memory: Path = _MEMORY) -> Iterator[Path]:
    """A directory in memory for the block, or this one. What killed runs left there a day ago is removed."""
    if not memory.is_dir() or shutil.disk_usage(memory).free < _ROOM_BYTES:
        yield directory
        return
    for left in memory.glob(f"{_PREFIX}*"):
        if time.time() - left.stat().st_mtime > _LEFT_BEHIND_S:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=memory, ignore_cleanup_errors=True) as made:
        yield Path(made)
