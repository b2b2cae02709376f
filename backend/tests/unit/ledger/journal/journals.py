"""A journal in a test: running in a directory, and verdicts to put into it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from gateway.ledger.journal.service import Journal

LIMITS = {"records_max": 10_000, "free_min_bytes": 0, "memory_s": 3600.0, "remembered_max": 10_000}


@asynccontextmanager
async def journal(directory: Path, **changes: Any) -> AsyncIterator[Journal]:
    """A running journal in this directory."""
    journal = Journal(directory, **(LIMITS | changes))
    await journal.start()
    yield journal
    await journal.close()


async def copy_as_killed(alive: Path, killed: Path) -> None:
    """
    Copy a running journal's files, as a kill -9 would leave them.

    Again where one went meanwhile: SQLite takes away the log of a file that nobody has open any more.
    """
    for _ in range(20):
        try:
            await asyncio.to_thread(shutil.copytree, alive, killed)
        except shutil.Error:
            shutil.rmtree(killed)
        else:
            return
    raise AssertionError(f"the files of {alive} came and went twenty times while they were copied")


async def keep(journal: Journal, name: str, document: str | None = None) -> bytes:
    """Put a verdict; the document that stands."""
    row = await journal.put(name, b"digest of " + name.encode(), (document or f"verdict of {name}").encode())
    return row.document
