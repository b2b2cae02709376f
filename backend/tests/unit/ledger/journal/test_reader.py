"""A look for an id ends in memory unless the file may have it, and no id that the file has is ever missed."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from gateway.ledger.journal.reader import Reader
from gateway.ledger.journal.store import Store


def put(store: Store, *names: str) -> None:
    """Keep verdicts of these ids."""
    store.begin()
    for name in names:
        store.put_all([(name, b"digest", b"verdict")])
    store.commit()


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    """Of no file yet."""
    reader = Reader("test")
    yield reader
    await reader.close()


async def test_only_what_the_file_may_have_is_looked_for_there(tmp_path: Path, reader: Reader) -> None:
    """What was there before it was opened, and what was said to be there since."""
    store = Store(tmp_path)
    put(store, "before")
    await reader.open(partial(Store, tmp_path))
    put(store, "since", "unknown")
    reader.add(["since"])

    rows = {name: await reader.find(name) for name in ("before", "since", "unknown")}
    reader.discard(["before"])

    assert [name for name, row in rows.items() if row is not None] == ["before", "since"]
    assert await reader.find("before") is None
    store.begin()
    store._db.execute("DROP TABLE verdicts")
    store.commit()
    store.close()
    assert await reader.find("new") is None
    with pytest.raises(sqlite3.Error):
        await reader.find("since")


async def test_who_looks_while_the_ids_are_read_waits_for_them(tmp_path: Path, reader: Reader) -> None:
    """Until they are, every id may be there."""
    store = Store(tmp_path)
    put(store, "before")
    store.close()
    goes_on = threading.Event()

    def open_slowly() -> Store:
        goes_on.wait(20)
        return Store(tmp_path)

    opening = asyncio.create_task(reader.open(open_slowly))
    await asyncio.sleep(0)
    looks = [asyncio.create_task(reader.find(name)) for name in ("before", "new")]
    await asyncio.sleep(0)
    goes_on.set()
    await opening

    assert [await look is not None for look in looks] == [True, False]
