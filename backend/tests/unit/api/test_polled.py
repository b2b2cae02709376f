"""A polled route is a route of FastAPI like any other; only who has the answer already gets no body."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Query, Request, Response
from pydantic import BaseModel

from gateway.access.service import AccessControl
from gateway.api import problems
from gateway.api.polled import BUSY_PER_S, SHARED_S, PolledRoute, SharedAnswers
from gateway.api.services import Services
from gateway.errors import LedgerUnreadable, TransactionNotFound
from tests.access import everybody_may


class CountOut(BaseModel):
    """A reply with a schema."""

    count: int


class World:
    """What the routes look at."""

    def __init__(self) -> None:
        self.change = 0
        self.error: Exception | None = None
        self.requests_per_s = 0.0
        self.now_s = 1000.0
        self.made = 0


def make_app(world: World) -> FastAPI:
    """Three routes, under a prefix, as the gateway includes them."""
    router = APIRouter(prefix="/things", route_class=PolledRoute)

    @router.get("")
    async def read(request: Request, limit: Annotated[int, Query(ge=1)] = 1) -> CountOut:
        world.made += 1
        if world.error is not None:
            raise world.error
        return CountOut(count=world.change * limit)

    @router.get("/page")
    async def page(request: Request) -> Response:
        is_csv = request.headers.get("accept") == "text/csv"
        return Response("a,b" if is_csv else '{"a":1}', media_type="text/csv" if is_csv else "application/json")

    @router.post("")
    async def write() -> CountOut:
        world.change += 1
        return CountOut(count=world.change)

    app = FastAPI()
    app.state.services = Services(
        {
            SharedAnswers: SharedAnswers(lambda: world.requests_per_s, lambda: world.now_s),
            AccessControl: everybody_may(),
        }
    )
    problems.install(app)
    app.include_router(router)
    return app


@pytest.fixture
async def world() -> World:
    """Untouched."""
    return World()


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A caller of the app."""
    transport = httpx.ASGITransport(make_app(world), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield client


async def test_an_answer_that_has_not_changed_is_304_without_a_body(client: httpx.AsyncClient, world: World) -> None:
    """And 200 with another tag once it has."""
    first = await client.get("/things")
    again = await client.get("/things", headers={"If-None-Match": first.headers["etag"]})
    world.change += 1
    changed = await client.get("/things", headers={"If-None-Match": first.headers["etag"]})

    assert (first.status_code, first.json()) == (200, {"count": 0})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert (changed.status_code, changed.json()) == (200, {"count": 1})


@pytest.mark.parametrize("path", ["/things", "/things/page"])
async def test_a_browser_is_told_to_ask_again_each_time(client: httpx.AsyncClient, path: str) -> None:
    """`no-cache` lets it keep the answer; Accept chooses between forms."""
    first = await client.get(path)
    again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})

    for response in first, again:
        assert (response.headers["cache-control"], response.headers["vary"]) == ("no-cache", "Accept")
    assert first.headers["content-type"] == "application/json"
    assert first.headers["content-length"] == str(len(first.content))


async def test_each_form_and_each_query_is_a_question_of_its_own(client: httpx.AsyncClient, world: World) -> None:
    """A CSV export is never answered with JSON."""
    world.change = 1
    forms = [await client.get("/things/page", headers={"Accept": form}) for form in ("text/csv", "*/*")]
    pages = [await client.get("/things", params={"limit": limit}) for limit in (1, 2)]

    assert [form.text for form in forms] == ["a,b", '{"a":1}']
    assert forms[0].headers["etag"] != forms[1].headers["etag"]
    assert [page.json()["count"] for page in pages] == [1, 2]


async def test_bad_parameters_are_refused_as_on_any_route(client: httpx.AsyncClient) -> None:
    """The problem names the place, and is nothing that a client could have already."""
    response = await client.get("/things?limit=0", headers={"If-None-Match": "*"})

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "?limit")
    assert response.headers["content-type"] == "application/problem+json"
    assert "etag" not in response.headers


async def test_an_error_is_answered_by_the_usual_handlers_and_forgotten(
    client: httpx.AsyncClient, world: World
) -> None:
    """With its headers, and the next answer is made anew."""
    world.error = LedgerUnreadable("The ledger did not answer.")
    away = await client.get("/things")
    world.error = TransactionNotFound("No verdict stands for it.")
    missing = await client.get("/things")
    world.error = None
    well = await client.get("/things")

    assert (away.status_code, away.headers["retry-after"], away.json()["code"]) == (503, "1", "LEDGER_UNREADABLE")
    assert (missing.status_code, well.status_code) == (404, 200)


async def test_a_fault_of_ours_is_a_500_in_the_usual_form(client: httpx.AsyncClient, world: World) -> None:
    """Without a tag."""
    world.error = RuntimeError("a bug")

    response = await client.get("/things")

    assert (response.status_code, response.json()["code"], "etag" in response.headers) == (500, "INTERNAL", False)


async def test_other_methods_pass(client: httpx.AsyncClient) -> None:
    """A POST is no question; a method that the path does not have is still 405."""
    posted = await client.post("/things")
    refused = await client.put("/things")

    assert (posted.status_code, "etag" in posted.headers) == (200, False)
    assert refused.status_code == 405


async def test_the_document_has_parameters_schemas_and_304(client: httpx.AsyncClient) -> None:
    """Of a GET; a POST has no 304."""
    document: dict[str, Any] = (await client.get("/openapi.json")).json()

    read, write = document["paths"]["/things"]["get"], document["paths"]["/things"]["post"]
    assert [parameter["name"] for parameter in read["parameters"]] == ["limit"]
    assert read["responses"].keys() == {"200", "304", "422"}
    assert read["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/CountOut")
    assert "304" not in write["responses"]


async def test_while_many_payments_are_decided_those_who_ask_the_same_share_an_answer(
    client: httpx.AsyncClient, world: World
) -> None:
    """For half a second; another question is another answer, and an error is nobody else's."""
    world.requests_per_s = BUSY_PER_S
    counts = [(await client.get("/things", params={"limit": limit})).status_code for limit in (1, 1, 1, 2, 2)]
    assert (counts, world.made) == ([200] * 5, 2)

    world.now_s += SHARED_S
    world.error = LedgerUnreadable("The ledger did not answer.")
    errors = [(await client.get("/things", params={"limit": 1})).status_code for _ in range(2)]
    assert (errors, world.made) == ([503, 503], 4)


async def test_at_other_times_each_answer_is_made_when_it_is_asked_for(client: httpx.AsyncClient, world: World) -> None:
    """So who posts one payment, and looks, sees it."""
    world.requests_per_s = BUSY_PER_S - 1
    for _ in range(3):
        await client.get("/things")
    assert world.made == 3


async def test_who_changes_something_and_looks_sees_the_change(client: httpx.AsyncClient, world: World) -> None:
    """Also an answer that was being made meanwhile is not kept."""
    world.requests_per_s = BUSY_PER_S
    before = await client.get("/things")
    await client.post("/things")
    after = await client.get("/things")
    assert (before.json()["count"], after.json()["count"]) == (0, 1)
