"""People on a real MongoDB and two gateways: they join, sign in, are given roles, and go; sessions end everywhere."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo import MongoClient

from gateway.access.records import Record
from gateway.access.scopes import Role
from gateway.features.people.cookies import SessionCookie
from gateway.features.people.directory import PeopleDirectory
from gateway.features.people.records import Person, person_id_of
from gateway.features.people.sessions import GRACE, ROTATE, PeopleSessions
from gateway.features.people.store import PeopleStore
from gateway.kit import clock
from gateway.ledger.client import Database
from local.ports import pick_free_port
from tests.callers import CLIENT_TIMEOUT_S
from tests.processes import GatewayProcess, MongodProcess
from tests.stack import wait_until

PASSWORD, OTHER_PASSWORD = "correct staple on a horse", "three boats and one lantern"
HOST = "localhost"


class Tokens:
    """A browser: keeps the cookie of the last reply that set one."""

    def __init__(self, url: str) -> None:
        one_request_each = httpx.Limits(max_keepalive_connections=0)  # nobody has to close it
        self.client = httpx.Client(base_url=url, timeout=CLIENT_TIMEOUT_S, trust_env=False, limits=one_request_each)

    def post(self, path: str, **body: Any) -> httpx.Response:
        """Post as a page of the dashboard does."""
        return self.client.post(path, json=body, headers={"Sec-Fetch-Site": "same-origin"})

    def cookies(self) -> dict[str, str]:
        """What it sends."""
        return dict(self.client.cookies)

    def on(self, url: str, path: str) -> httpx.Response:
        """Ask another gateway of the same site."""
        return httpx.get(f"{url}{path}", cookies=self.cookies(), timeout=CLIENT_TIMEOUT_S, trust_env=False)


@pytest.fixture
def gateways(
    own_mongod: MongodProcess, tmp_path: Path, fresh_databases: dict[str, str]
) -> Iterator[list[GatewayProcess]]:
    """Two, without a brain: nobody is scored here."""
    with ExitStack() as running:
        yield [
            running.enter_context(
                GatewayProcess(
                    tmp_path, mongodb_url=own_mongod.url, brain_port=pick_free_port(), environment=fresh_databases
                )
            )
            for _ in range(2)
        ]


def test_people_join_work_and_go(  # noqa: PLR0915 (one life)
    gateways: list[GatewayProcess], sentinel: Any, own_mongod: MongodProcess, fresh_databases: dict[str, str]
) -> None:
    """The first admin by the command line, the next by the first; each gateway knows it within two seconds."""
    one, two = (gateway.url for gateway in gateways)
    admin, viewer, thief = Tokens(one), Tokens(two), Tokens(one)
    link = sentinel("people", "invite", "--first", "--json")[1]["link"]
    token = link.partition("#")[2]
    assert link.startswith("http://localhost:8000/dashboard/join/#")
    easy = admin.post("/join", token=token, name="Ada", password="password1234")  # noqa: S106
    assert (easy.status_code, easy.json()["errors"][0]["pointer"]) == (422, "/password")
    joined = admin.post("/join", token=token, name="Ada", password=PASSWORD)
    assert (joined.status_code, joined.headers["cache-control"]) == (200, "no-store")
    assert (joined.json()["kind"], joined.json()["name"], joined.json()["roles"]) == ("person", "Ada", ["admin"])
    assert "HttpOnly; SameSite=Strict" in joined.headers["set-cookie"]
    assert thief.post("/join", token=token, name="Eve", password=PASSWORD).json()["code"] == "INVITATION_INVALID"
    assert sentinel("people", "invite", "--first", "--json") == (0, {"link": None})
    assert admin.on(two, "/me").json()["name"] == "Ada"  # before the gateway has heard of it

    invited = admin.post("/people/invitations", email="Bob@Example.com", roles=["viewer"]).json()
    bob = viewer.post("/join", token=invited["link"].partition("#")[2], name="Bob", password=OTHER_PASSWORD).json()
    assert (bob["email"], bob["roles"]) == ("bob@example.com", ["viewer"])
    assert [viewer.on(url, "/stats").status_code for url in (one, two)] == [200, 200]
    assert viewer.on(one, "/people").json()["code"] == "SCOPE_MISSING"
    assert viewer.client.put("/lists/deny/user/u1", json={"reason": "x"}).json()["code"] == "SCOPE_MISSING"
    foreign = viewer.client.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"})
    assert (foreign.status_code, foreign.json()["code"]) == (403, "FOREIGN_ORIGIN")

    people = admin.client.get("/people").json()["people"]
    ids = {each["name"]: each["id"] for each in people}
    assert admin.client.put(f"/people/{ids['Ada']}", json={"roles": ["viewer"]}).json()["code"] == "LAST_ADMIN"
    assert admin.client.put(f"/people/{ids['Bob']}", json={"roles": ["rules"]}).status_code == 200
    wait_until(lambda: viewer.client.put("/lists/deny/user/u1", json={"reason": "x"}).status_code == 200)
    assert viewer.client.delete("/lists/deny/user/u1").status_code == 200

    wrong = [thief.post("/sign-in", email=email, password="wrong" * 3) for email in ("bob@example.com", "no@one.here")]
    assert [reply.status_code for reply in wrong] == [401, 401]
    assert len({reply.json()["detail"] for reply in wrong}) == 1
    second = Tokens(one)
    assert second.post("/sign-in", email="BOB@example.com", password=OTHER_PASSWORD).json()["name"] == "Bob"
    changed = second.post("/me/password", current_password=OTHER_PASSWORD, password=f"{OTHER_PASSWORD} new")
    assert changed.json()["name"] == "Bob"
    wait_until(lambda: viewer.client.get("/me").status_code == 401)  # the other session ended
    stolen = second.cookies()
    assert httpx.get(f"{one}/me", cookies=stolen, headers={"Host": "evil.example"}, trust_env=False).status_code == 401
    assert second.post("/sign-out").json() == {"signed_out": True}
    assert httpx.get(f"{one}/me", cookies=stolen, trust_env=False).status_code == 401

    third = Tokens(two)
    third.post("/sign-in", email="bob@example.com", password=f"{OTHER_PASSWORD} new")
    own_mongod.kill()
    wait_until(lambda: third.client.get("/circuit/status").status_code == 200)
    assert third.post("/sign-in", email="bob@example.com", password=f"{OTHER_PASSWORD} new").status_code == 503
    assert third.client.get("/me").json()["name"] == "Bob"  # who is signed in goes on
    own_mongod.start()
    wait_until(lambda: admin.client.delete(f"/people/{ids['Bob']}").status_code == 200)
    wait_until(lambda: third.client.get("/me").status_code == 401)
    assert "Ada" in sentinel("people", "list")[1]

    said = "".join(gateway.log() for gateway in gateways)
    with MongoClient[dict[str, Any]](own_mongod.url) as client:
        kept = repr(list(client[fresh_databases["GATEWAY_LEDGER_DATABASE"]]["access"].find()))
    secrets = [PASSWORD, OTHER_PASSWORD, token[-43:], *(each[-43:] for each in stolen.values())]
    assert [secret for secret in secrets if secret in said or secret in kept] == []


class Signed:
    """One session, on a clock of its own."""

    def __init__(self, database: Database) -> None:
        self.now = clock.LEDGER.best()
        self.directory = PeopleDirectory()
        self.store = PeopleStore(database)
        self.sessions = PeopleSessions(
            self.directory,
            self,
            self.store,
            SessionCookie.at("http://localhost"),
            now=lambda: self.now,
            idle=timedelta(hours=1),
            absolute=timedelta(hours=12),
        )

    def put(self, item: Record) -> None:
        """Take up a change."""
        self.directory.put(item)

    def forget(self, key: str) -> None:
        """Take up an end."""
        self.directory.remove(key)

    async def begin(self) -> str:
        """Make a person, and sign in."""
        person = Person(
            id=person_id_of("a@b.c"), name="A", email="a@b.c", roles=(Role.VIEWER,), created_at=self.now, created_by="t"
        )
        self.directory.put(await self.store.add(person))
        _, cookie = await self.sessions.begin(person, host=f"{HOST}:8000")
        return value_of(cookie)

    def is_in(self, token: str, *, after: timedelta = timedelta()) -> bool:
        """Whether the token counts, some time later."""
        self.now += after
        return self.sessions.find(token, host=HOST) is not None


def value_of(cookie: str) -> str:
    """The token in a Set-Cookie."""
    return cookie.partition("=")[2].partition(";")[0]


async def test_a_session_ends_when_nothing_is_done_and_at_the_latest_after_half_a_day(database: Database) -> None:
    """Requests keep it, for twelve hours."""
    signed = Signed(database)
    token = await signed.begin()

    assert all(signed.is_in(token, after=timedelta(minutes=59)) for _ in range(12))
    assert not signed.is_in(token, after=timedelta(minutes=13))


async def test_an_idle_session_is_over(database: Database) -> None:
    """An hour without a request."""
    signed = Signed(database)
    token = await signed.begin()

    assert not signed.is_in(token, after=timedelta(hours=1))


async def test_a_token_is_replaced_and_a_copy_of_the_old_one_ends_the_session(database: Database) -> None:
    """The old one counts for requests that are under way; who comes with it later has stolen it."""
    signed = Signed(database)
    old = await signed.begin()
    assert await signed.sessions.renew(old) is None
    assert signed.is_in(old, after=ROTATE)
    cookie = await signed.sessions.renew(old)
    assert cookie is not None
    new = value_of(cookie)
    assert signed.is_in(old)  # the reply may be lost
    assert signed.is_in(new)
    assert await signed.sessions.renew(new) is None  # it came back: from now on it counts
    assert signed.is_in(old, after=GRACE / 2)

    assert not signed.is_in(old, after=GRACE)
    assert not signed.is_in(new)


@pytest.mark.parametrize("token", ["", "x", "a" * 12 + "_" + "b" * 43, "ü"])
async def test_what_is_no_token_finds_nobody(database: Database, token: str) -> None:
    """Nor does the ledger get to hear more than a question."""
    signed = Signed(database)
    await signed.begin()

    await signed.sessions.look_up(token)

    assert not signed.is_in(token)
