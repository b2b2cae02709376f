"""A polled route is a route of FastAPI like any other; only who asks again, or together with others, costs less."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Query, Request, Response
from pydantic import BaseModel

from gateway.api import problems
from gateway.api.polled import PolledRoute
from gateway.api.sharing import SharedAnswers
from gateway.errors import LedgerUnreadable, OutageNotFound

STALE = {"Cache-Control": "max-stale=1"}


class CountOut(BaseModel):
    """A reply with a schema."""

    count: int


class World:
    """What the routes look at: it counts how often they do."""

    def __init__(self) -> None:
        self.looks = 0
        self.change = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.error: Exception | None = None


def make_app(world: World) -> FastAPI:
    """Three routes, under a prefix, as the gateway includes them."""
    router = APIRouter(prefix="/things", route_class=PolledRoute)

    @router.get("")
    async def read(request: Request, limit: Annotated[int, Query(ge=1)] = 1) -> CountOut:
        world.looks += 1
        await world.may_answer.wait()
        if world.error is not None:
            raise world.error
        return CountOut(count=world.change * limit)

    @router.get("/page")
    async def page(request: Request) -> Response:
        world.looks += 1
        is_csv = request.headers.get("accept") == "text/csv"
        return Response("a,b" if is_csv else '{"a":1}', media_type="text/csv" if is_csv else "application/json")

    @router.post("")
    async def write() -> CountOut:
        world.change += 1
        return CountOut(count=world.change)

    app = FastAPI()
    problems.install(app)
    app.state.shared_answers = SharedAnswers(lambda: 0.0)  # time stands still: what is kept stays young
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


async def test_tabs_that_accept_a_stale_answer_share_one(client: httpx.AsyncClient, world: World) -> None:
    """Asked at once, or one after the other."""
    world.may_answer.clear()
    asking = [asyncio.create_task(client.get("/things", headers=STALE)) for _ in range(20)]
    await asyncio.sleep(0.01)
    world.may_answer.set()
    together = await asyncio.gather(*asking)

    later = await client.get("/things", headers=STALE)

    assert {response.content for response in [*together, later]} == {b'{"count":0}'}
    assert world.looks == 1


async def test_who_does_not_say_so_gets_a_fresh_answer(client: httpx.AsyncClient, world: World) -> None:
    """Whoever changes something sees it, and so does the next poll."""
    await client.get("/things", headers=STALE)
    await client.post("/things")
    assert (await client.get("/things", headers=STALE)).json() == {"count": 0}

    assert (await client.get("/things")).json() == {"count": 1}

    assert (await client.get("/things", headers=STALE)).json() == {"count": 1}
    assert world.looks == 2


async def test_each_form_and_each_query_is_a_question_of_its_own(client: httpx.AsyncClient, world: World) -> None:
    """A CSV export is never answered with JSON."""
    world.change = 1
    forms = [await client.get("/things/page", headers=STALE | {"Accept": form}) for form in ("text/csv", "*/*")]
    pages = [await client.get("/things", params={"limit": limit}, headers=STALE) for limit in (1, 2)]

    assert [form.text for form in forms] == ["a,b", '{"a":1}']
    assert forms[0].headers["etag"] != forms[1].headers["etag"]
    assert [page.json()["count"] for page in pages] == [1, 2]


@pytest.mark.parametrize("headers", [{}, STALE])
async def test_bad_parameters_are_refused_as_on_any_route(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    """The problem names the place, and is nothing that a client could have already."""
    response = await client.get("/things?limit=0", headers=headers | {"If-None-Match": "*"})

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "?limit")
    assert response.headers["content-type"] == "application/problem+json"
    assert "etag" not in response.headers


@pytest.mark.parametrize("headers", [{}, STALE])
async def test_an_error_is_answered_by_the_usual_handlers_and_forgotten(
    client: httpx.AsyncClient, world: World, headers: dict[str, str]
) -> None:
    """With its headers, and the next answer is made anew."""
    world.error = LedgerUnreadable("The ledger did not answer.")
    away = await client.get("/things", headers=headers)
    world.error = OutageNotFound("No outage has this id.")
    missing = await client.get("/things", headers=headers)
    world.error = None
    well = await client.get("/things", headers=headers)

    assert (away.status_code, away.headers["retry-after"], away.json()["code"]) == (503, "1", "LEDGER_UNREADABLE")
    assert (missing.status_code, well.status_code) == (404, 200)


async def test_a_fault_of_ours_is_a_500_in_the_usual_form(client: httpx.AsyncClient, world: World) -> None:
    """For all who waited for it together."""
    world.error = RuntimeError("a bug")
    world.may_answer.clear()
    asking = [asyncio.create_task(client.get("/things", headers=STALE)) for _ in range(3)]
    await asyncio.sleep(0.01)
    world.may_answer.set()

    responses = await asyncio.gather(*asking)

    assert [(response.status_code, response.json()["code"]) for response in responses] == [(500, "INTERNAL")] * 3
    assert world.looks == 1


async def test_a_tab_that_is_closed_takes_nothing_from_the_others(client: httpx.AsyncClient, world: World) -> None:
    """Also when it asked first: its request is gone, its answer is made."""
    world.may_answer.clear()
    first, second = (asyncio.create_task(client.get("/things", headers=STALE)) for _ in range(2))
    await asyncio.sleep(0.01)
    first.cancel()
    await asyncio.wait([first])

    world.may_answer.set()

    assert (await second).json() == {"count": 0}
    assert world.looks == 1


async def test_a_very_long_question_is_answered_and_not_kept(client: httpx.AsyncClient, world: World) -> None:
    """Questions are kept beside the answers, so they have a bound as well."""
    for _ in range(2):
        assert (await client.get("/things", params={"x": "y" * 3_000}, headers=STALE)).status_code == 200

    assert world.looks == 2


async def test_other_methods_pass(client: httpx.AsyncClient) -> None:
    """A POST is no question; a method that the path does not have is still 405."""
    posted = await client.post("/things", headers=STALE)
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
