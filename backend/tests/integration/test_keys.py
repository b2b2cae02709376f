"""Keys on a real MongoDB: made, used and ended on every gateway, also while the ledger is away."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo import MongoClient

from gateway.access.address import to_address
from gateway.access.errors import KeyNotFound, TooManyKeys
from gateway.access.keys import ApiKey, KeyDirectory
from gateway.access.records import RecordIndex, RecordKind
from gateway.access.scopes import Scope
from gateway.access.store import AccessNews, KeyStore
from gateway.errors import LedgerFailure
from gateway.features.keys.service import Keys
from gateway.kit import clock
from gateway.kit.follower import Follower
from gateway.ledger.client import Database
from local.ports import pick_free_port
from tests.access import found_in
from tests.callers import CLIENT_TIMEOUT_S
from tests.processes import GatewayProcess, MongodProcess
from tests.stack import wait_until

KINDS = {ApiKey.kind: ApiKey}


@pytest.fixture
async def directory(database: Database, tmp_path: Path) -> AsyncIterator[KeyDirectory]:
    """Of a gateway that hears of changes."""
    ready, keys = asyncio.Event(), KeyDirectory()
    ready.set()
    follower = Follower(
        RecordKind(KINDS),
        AccessNews(database, KINDS),
        RecordIndex([keys]),
        ready,
        expected=LedgerFailure,
        directory=tmp_path,
    )
    await follower.start()
    yield keys
    await follower.close()


@pytest.fixture
def keys(database: Database) -> Keys:
    """As another gateway, or the command line, makes them."""
    return Keys(KeyStore(database), lambda _key: None)


async def until(is_so: Any) -> None:
    """Wait for it, 30 s at most."""
    async with asyncio.timeout(30):
        while not is_so():
            await asyncio.sleep(0.02)


async def test_a_client_has_two_keys_whoever_makes_them_at_once(keys: Keys) -> None:
    """Then one has to be revoked, or to expire, before there is room for a third."""
    made = await asyncio.gather(
        *(keys.create("shop", [Scope.ADMIN], by="me") for _ in range(8)), return_exceptions=True
    )

    good = [each for each in made if not isinstance(each, BaseException)]
    assert [type(each) for each in made if isinstance(each, BaseException)] == [TooManyKeys] * 6
    with pytest.raises(TooManyKeys):
        await keys.rotate(good[0].key.id, by="me")
    ended = await keys.revoke(good[0].key.id)
    assert await keys.revoke(good[0].key.id) == ended or ended.revoked_at is not None
    with pytest.raises(KeyNotFound):
        await keys.rotate(good[0].key.id, by="me")
    soon = clock.now() + timedelta(milliseconds=200)
    await keys.create("shop", [Scope.ADMIN], by="me", expires_at=soon)
    await asyncio.sleep(0.4)
    third = await keys.rotate(good[1].key.id, by="you")

    assert (third.key.client, third.key.scopes, third.key.created_by) == ("shop", (Scope.ADMIN,), "you")
    assert len(await keys.all()) == 4


async def test_a_key_that_was_made_or_ended_elsewhere_is_known_here(keys: Keys, directory: KeyDirectory) -> None:
    """With all that it is held against, and at the moment of the ledger's clock."""
    made = await keys.create("shop", [Scope.OPS_READ], networks=["10.0.0.0/8"], by="me")
    await until(lambda: found_in(directory, made.sent) is not None)
    known = found_in(directory, made.sent)
    assert known is not None
    assert known.principal.name == "key shop"
    assert known.ends_at_s == math.inf
    assert not known.is_allowed_from(to_address("11.0.0.1"))

    await keys.revoke(made.key.id)

    await until(lambda: (ended := found_in(directory, made.sent)) is not None and ended.ends_at_s < math.inf)
    with pytest.raises(KeyNotFound):
        await keys.revoke("nosuchkey000")


async def test_when_a_key_was_used_is_written_down_and_nobody_is_bothered(keys: Keys, database: Database) -> None:
    """The later time stands, and it is no change that every gateway has to read."""
    made = await keys.create("shop", [Scope.OPS_READ], by="me")
    store, at = KeyStore(database), clock.now()

    for used_at in (at, at - timedelta(hours=1)):
        await store.note_used({made.key.id: used_at, "unknown00000": at})

    (kept,) = await keys.all()
    assert (kept.last_used_at, kept.changed_at) == (at, made.key.changed_at)


class Fleet:
    """Two gateways that ask for keys, and an admin."""

    def __init__(self, gateways: list[GatewayProcess], clients: list[httpx.Client]) -> None:
        self.gateways, self.clients = gateways, clients

    def statuses(self, key: str, path: str = "/stats") -> list[int]:
        """What each gateway answers."""
        return [client.get(path, headers={"X-API-Key": key}).status_code for client in self.clients]


@pytest.fixture
def fleet(own_mongod: MongodProcess, tmp_path: Path, fresh_databases: dict[str, str]) -> Iterator[Fleet]:
    """Without a brain: nobody is scored here."""
    environment = fresh_databases | {"GATEWAY_AUTH": "required"}
    with ExitStack() as running:
        gateways = [
            running.enter_context(
                GatewayProcess(
                    tmp_path, mongodb_url=own_mongod.url, brain_port=pick_free_port(), environment=environment
                )
            )
            for _ in range(2)
        ]
        clients = [
            running.enter_context(httpx.Client(base_url=gateway.url, timeout=CLIENT_TIMEOUT_S)) for gateway in gateways
        ]
        yield Fleet(gateways, clients)


def test_a_key_of_the_command_line_holds_everywhere_and_ends_everywhere_within_two_seconds(
    fleet: Fleet, sentinel: Any, own_mongod: MongodProcess, fresh_databases: dict[str, str]
) -> None:
    """An admin makes more with it. What is known goes on to hold without a ledger, over a kill; no secret is kept."""
    status, made = sentinel("keys", "create", "console", "--scope", "admin", "--json")
    assert status == 0
    admin = {"Authorization": f"Bearer {made['key']}"}
    wait_until(lambda: fleet.statuses(made["key"]) == [200, 200])
    one, two = fleet.clients
    shop = one.post("/keys", json={"client": "shop", "scopes": ["ops:read"]}, headers=admin)
    assert shop.headers["cache-control"] == "no-store"
    key = shop.json()["key"]
    wait_until(lambda: fleet.statuses(key) == [200, 200])
    assert fleet.statuses(key, "/lists") == fleet.statuses(key, "/keys") == [403, 403]
    second = two.post(f"/keys/{shop.json()['id']}/rotate", headers=admin).json()["key"]
    assert one.post("/keys", json={"client": "shop", "scopes": ["ops:read"]}, headers=admin).status_code == 409
    assert two.get("/me", headers=admin).json()["name"] == "key console"

    for reply in (
        one.get(f"/transactions/{key}", headers=admin),
        one.get("/stats", params={key: key}, headers=admin),
        one.get(f"/lists/deny/user/{key}", headers=admin),
        one.get("/stats", headers={"X-API-Key": f"{key}x"}),
        one.get("/stats", headers={"X-API-Key": key, "Authorization": f"Bearer {second}"}),
        one.post("/keys", content=key, headers=admin | {"Content-Type": "application/json"}),
        one.post("/keys", json={"client": key, "scopes": [key], "networks": [key]}, headers=admin),
        one.post(f"/keys/{key}/rotate", headers=admin),
        one.get(f"/{key}", headers={"Cookie": f"sentinel_session={key}"}),
        one.get("/metrics", headers=admin),
    ):
        assert key[-43:] not in reply.text + repr(reply.headers), reply.request.url
    far = one.post("/keys", json={"client": "far", "scopes": ["ops:read"], "networks": ["10.0.0.0/8"]}, headers=admin)
    for forwarded in ({}, {"X-Forwarded-For": "10.0.0.1"}):  # which uvicorn would believe of this machine
        there = one.get("/stats", headers={"X-API-Key": far.json()["key"]} | forwarded)
        assert (there.status_code, there.json()["code"]) == (403, "NETWORK_NOT_ALLOWED")

    ended_s = time.monotonic()
    assert one.delete(f"/keys/{shop.json()['id']}", headers=admin).json()["revoked_at"] is not None
    wait_until(lambda: fleet.statuses(key) == [401, 401])
    took_s = time.monotonic() - ended_s
    listed = two.get("/keys", headers=admin).json()["keys"]
    assert [(each["client"], each["revoked_at"] is None) for each in listed] == [
        ("console", True), ("far", True), ("shop", True), ("shop", False),
    ]  # fmt: skip
    assert sentinel("keys", "rotate", shop.json()["id"])[0] == 2
    assert [each["id"] for each in sentinel("keys", "list", "--json")[1]["keys"]] == [each["id"] for each in listed]
    with MongoClient[Any](own_mongod.url) as client:
        kept = repr(list(client[fresh_databases["GATEWAY_LEDGER_DATABASE"]]["access"].find()))
    wait_until(lambda: fleet.statuses(second) == [200, 200])
    time.sleep(2)  # for the snapshots

    own_mongod.kill()
    for gateway in fleet.gateways:
        gateway.kill()
        gateway.start()

    assert (fleet.statuses(second), fleet.statuses(key)) == ([200, 200], [401, 401])
    refused = one.delete(f"/keys/{shop.json()['id']}", headers=admin)
    assert (refused.status_code, refused.json()["code"]) == (503, "ACCESS_UNCONFIRMED")
    told = kept + "".join(
        path.read_text("utf-8", errors="replace")
        for gateway in fleet.gateways
        for path in (gateway.log_path, *gateway.log_path.parent.glob("journal-*/access.json"))
    )
    assert not [secret for secret in (key, second, made["key"]) if secret[-43:] in told]
    assert took_s < 30, "within 2 s on a machine that has time"
