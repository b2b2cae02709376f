"""A journal in a test: running in a directory, and verdicts to put into it."""

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


async def keep(journal: Journal, name: str, document: str | None = None) -> bytes:
    """Put a verdict; the document that stands."""
    row = await journal.put(name, b"digest of " + name.encode(), (document or f"verdict of {name}").encode())
    return row.document
