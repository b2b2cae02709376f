"""What stands in front of routes: who is refused, when, and that no route is forgotten."""

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from gateway.access.declared import declared_by, needs
from gateway.access.keys import KeyDirectory
from gateway.access.scopes import Scope
from gateway.access.service import AccessControl
from gateway.api import problems
from gateway.api.guard import GuardedRoute, UndeclaredRoute, access_by_route
from gateway.api.polled import PolledRoute, SharedAnswers
from gateway.api.services import Services
from gateway.features.transactions.endpoint import MAY_SUBMIT
from gateway.features.transactions.submit import submit_transaction
from gateway.main import create_app
from gateway.settings import AuthMode, Settings
from tests.access import NOW, generous_limits, made_key

OPEN_PATHS = {
    "/sign-in",
    "/sign-in/options",
    "/sign-out",
    "/join",
    "/",
    "/dashboard",
    "/dashboard/{path}",
    "/health/live",
    "/health/ready",
}


def test_every_route_says_what_it_needs() -> None:
    """One that does not stops the start. Few are open, and these are all of them."""
    found = access_by_route(create_app(Settings()).router.routes)

    assert {path for _, path, access in found if access.is_open} == OPEN_PATHS
    assert len(found) > 30


def test_the_endpoint_ahead_of_the_framework_asks_for_the_same() -> None:
    """Two doors to one room."""
    assert declared_by(submit_transaction) == MAY_SUBMIT


@pytest.mark.parametrize("is_guarded", [True, False])
def test_a_route_that_says_nothing_stops_the_start(is_guarded: bool) -> None:
    """Whether it forgot to say it, or nobody stands in front of it."""
    router = APIRouter(route_class=GuardedRoute) if is_guarded else APIRouter()

    async def forgotten() -> None:
        """Says nothing."""

    router.add_api_route("/forgotten", forgotten if is_guarded else needs(Scope.ADMIN)(forgotten))
    app = FastAPI(openapi_url=None)
    app.include_router(router)

    with pytest.raises(UndeclaredRoute, match="/forgotten"):
        access_by_route(app.router.routes)


async def test_an_answer_that_is_shared_is_shared_with_nobody_who_may_not_have_it() -> None:
    """Also in the half second in which it lies ready."""
    router, keys = APIRouter(route_class=PolledRoute), KeyDirectory()

    @router.get("/secret")
    @needs(Scope.OPS_READ)
    async def secret() -> int:
        return 42

    app = FastAPI()
    problems.install(app)
    app.include_router(router)
    app.state.services = Services(
        {
            SharedAnswers: SharedAnswers(lambda: 1000.0, lambda: 0.0),
            AccessControl: AccessControl(AuthMode.REQUIRED, keys, generous_limits(), now_s=NOW.timestamp),
        }
    )
    sent, kept = made_key(Scope.OPS_READ)
    keys.put(kept)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        answers = [
            await client.get("/secret", headers=headers)
            for headers in ({"X-API-Key": sent}, {}, {"If-None-Match": "*"}, {"X-API-Key": sent})
        ]

    assert [answer.status_code for answer in answers] == [200, 401, 401, 200]
    assert answers[1].headers["www-authenticate"] == "Bearer"
    assert answers[1].json()["code"] == "KEY_MISSING"


def test_the_document_says_which_scope_each_operation_needs() -> None:
    """And that it may be refused."""
    paths = create_app(Settings()).openapi()["paths"]

    needed = paths["/stats"]["get"]["security"]
    assert needed == [{scheme: ["ops:read"]} for scheme in ("bearer", "key", "session")]
    assert {"401", "403"} <= set(paths["/stats"]["get"]["responses"])
    assert paths["/health/live"]["get"]["security"] == []
    undescribed = [path for path, methods in paths.items() for one in methods.values() if "security" not in one]
    assert undescribed == []
