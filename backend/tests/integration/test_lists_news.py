"""How news of the lists reaches a gateway, on a real MongoDB: all of it, however much, and no more than is held."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pymongo.errors import WriteError

from gateway.domain import ListKind, ListName
from gateway.errors import ListFull, ListUnconfirmed
from gateway.features.lists import service as lists_module
from gateway.features.lists.service import Lists
from gateway.features.lists.store import ListStore
from gateway.ledger.client import Database

DENIED_CARD = (ListName.DENY, ListKind.CARD)


@pytest.fixture
async def gateways(database: Database, tmp_path: Path) -> AsyncIterator[list[Lists]]:
    """The lists of two."""
    ready = asyncio.Event()
    ready.set()
    both = [Lists(ListStore(database), ready, directory=tmp_path / name) for name in ("one", "two")]
    for each in both:
        await each.start()
    yield both
    for each in both:
        await each.close()


async def until(is_so: Any) -> None:
    """Wait for it, 30 s at most."""
    async with asyncio.timeout(30):
        while not is_so():
            await asyncio.sleep(0.02)


async def put(lists: Lists, *values: str) -> None:
    """These cards on the deny list, at once."""
    await asyncio.gather(*(lists.put(*DENIED_CARD, value, reason="because", expires_at=None) for value in values))


async def test_more_news_than_are_told_at_once_arrive_all(
    gateways: list[Lists], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put and taken off, many in one moment."""
    monkeypatch.setattr(ListStore, "changes_max", 10)
    one, two = gateways
    values = [f"tok_{n}" for n in range(64)]
    await put(one, *values)
    await until(lambda: len(two) == 64)

    await asyncio.gather(*(one.remove(f"deny:card:{value}") for value in values[::2]))

    await until(lambda: len(two) == 32)
    assert [two.get(f"deny:card:{value}") is not None for value in values] == [False, True] * 32


async def test_full_lists_take_no_new_entry_and_still_change(
    gateways: list[Lists], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is there can be replaced and taken off, and then there is room."""
    monkeypatch.setattr(lists_module, "ENTRIES_MAX", 2)
    one, _ = gateways
    await put(one, "tok_1", "tok_2")

    with pytest.raises(ListFull):
        await put(one, "tok_3")

    changed = await one.put(*DENIED_CARD, "tok_1", reason="another", expires_at=None)
    await one.remove("deny:card:tok_2")
    await put(one, "tok_3")
    assert changed.reason == "another"
    assert len(one) == 2


async def test_nobody_puts_on_a_list_what_no_gateway_could_read(database: Database) -> None:
    """MongoDB itself refuses it, whoever writes."""
    with pytest.raises(WriteError):
        await database["lists"].insert_one({"_id": "deny:card:x", "list": "deny", "kind": "cards", "value": "x"})


async def test_before_the_ledger_is_prepared_a_change_is_refused(database: Database, tmp_path: Path) -> None:
    """Nothing can be promised yet."""
    lists = Lists(ListStore(database), asyncio.Event(), directory=tmp_path)

    with pytest.raises(ListUnconfirmed):
        await put(lists, "tok_1")
    with pytest.raises(ListUnconfirmed):
        await lists.remove("deny:card:tok_1")
