"""
Every route of the gateway, asked by everybody: with no key, each scope, each role, and keys that are good no more.

Made of the app's own routes, so that a new one is in it. What stands behind the guard is not there: who is let in is
answered by the first service that a route asks for.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from gateway.access.declared import Access
from gateway.access.keys import KeyDirectory
from gateway.access.limits import Use
from gateway.access.principal import Principal
from gateway.access.scopes import ALL, Role, Scope, scopes_of
from gateway.access.service import AccessControl
from gateway.api.guard import access_by_route
from gateway.api.metrics import Families
from gateway.api.services import Services
from gateway.errors import GatewayError
from gateway.features.transactions.endpoint import Submissions, VerdictEndpoint
from gateway.main import create_app
from gateway.settings import AuthMode, Settings
from tests.access import NOW, generous_limits, made_key, wrong_secret

REFUSALS = {"KEY_MISSING", "KEY_INVALID", "SCOPE_MISSING", "NETWORK_NOT_ALLOWED"}
APP = create_app(Settings(dashboard_dir=None))
ROUTES = access_by_route(APP.router.routes)
IN_DEMO = {"/transaction", "/transactions/{transaction_id}", "/health", "/circuit/status"}
NEEDED = {
    Scope.SCORE_WRITE: {"POST /transaction", "POST /transactions"},
    Scope.RECORDS_READ: {
        "GET /transactions", "GET /transactions/{transaction_id}", "GET /reviews", "GET /reviews/{transaction_id}",
    },
    Scope.LABELS_WRITE: {"PUT /transactions/{transaction_id}/label"},
    Scope.REVIEWS_WRITE: {
        f"POST /reviews/{{transaction_id}}/{step}" for step in ("claim", "release", "decision", "undo")
    },
    Scope.LISTS_READ: {"GET /lists", "GET /lists/{list}/{kind}/{value}"},
    Scope.LISTS_WRITE: {"PUT /lists/{list}/{kind}/{value}", "DELETE /lists/{list}/{kind}/{value}"},
    Scope.OPS_READ: {
        "GET /health", "GET /circuit/status", "GET /ledger/status", "GET /outages", "GET /outages/{outage_id}",
        "GET /stats", "GET /exposure", "GET /models", "GET /faults",
    },
    Scope.ALERTS_READ: {"GET /alerts", "GET /alerts/{webhook_id}"},
    Scope.ALERTS_RETRY: {"POST /alerts/{webhook_id}/retry"},
    Scope.FAULTS_WRITE: {"PUT /faults"},
    Scope.METRICS_READ: {"GET /metrics"},
}  # fmt: skip
DOCUMENTS = {"/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect"}


class LetIn(GatewayError):
    """Whoever asks has passed the guard."""

    status = 404
    code = "LET_IN"
    title = "Let in"


class Behind(Services):
    """Nothing but the guard's own services."""

    def __getitem__(self, kind: Any) -> Any:
        """Tell that somebody was let in."""
        if kind in self._by_type:
            return super().__getitem__(kind)
        raise LetIn("the first service of a route was asked for")


class Submitted:
    """Stands for the verdict path."""

    def count(self, *_counted: object) -> None:
        """Count nothing."""

    async def answer(self, *_asked: object) -> bytes:
        """Tell that somebody was let in."""
        raise LetIn("a verdict was asked for")


@dataclass(frozen=True)
class Caller:
    """Who asks: what is sent, and what should be let in."""

    name: str
    headers: dict[str, str]
    scopes: frozenset[Scope] | None  # None: not known


class Signed:
    """Somebody of each role has signed in; the token is the role."""

    def find(self, token: str, *, host: str) -> Principal | None:
        """The person of this role."""
        roles = (Role(token),) if token in list(Role) else ()
        return Principal("person", token, token, scopes_of(roles), roles) if roles else None

    async def look_up(self, token: str) -> None:
        """Know all that there are."""

    async def renew(self, token: str) -> str | None:
        """Never."""


KEYS = KeyDirectory()


def _key(*scopes: Scope, **changes: Any) -> dict[str, str]:
    sent, kept = made_key(*scopes, **changes)
    KEYS.put(kept)
    return {"Authorization": f"Bearer {sent}"}


ADMIN = _key(Scope.ADMIN)
CALLERS = [
    Caller("nobody", {}, None),
    *(Caller(scope, _key(scope), ALL if scope is Scope.ADMIN else frozenset({scope})) for scope in Scope),
    *(Caller(role, {"Cookie": f"sentinel_session={role}"}, scopes_of([role])) for role in Role),
    Caller("revoked", _key(Scope.ADMIN, revoked_at=NOW), None),
    Caller("expired", _key(Scope.ADMIN, expires_at=NOW), None),
    Caller("wrong secret", {"X-API-Key": wrong_secret(ADMIN["Authorization"].removeprefix("Bearer "))}, None),
    Caller("wrong network", _key(Scope.ADMIN, networks=("192.0.2.0/24",)), None),
    Caller("ended session", {"Cookie": "sentinel_session=ended"}, None),
]

VARIED = {"nobody", "admin", "revoked", "analyst"}  # who also asks with HEAD and with a slash at the end
WITHOUT_KEY = [caller for caller in CALLERS if caller.scopes is None]  # whom another mode may treat otherwise


@pytest.fixture(params=list(AuthMode))
async def client(request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    """On this machine; `mode` is how the gateway is set."""
    control = AccessControl(request.param, KEYS, generous_limits(), now_s=NOW.timestamp, sessions=Signed())
    APP.state.services = Behind({AccessControl: control, Submissions: Submitted(), Families: Families()})
    transport = httpx.ASGITransport(VerdictEndpoint(APP), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        client.params = httpx.QueryParams()
        client.mode = request.param  # type: ignore[attr-defined]
        yield client


def may(caller: Caller, access: Access, path: str, mode: AuthMode) -> bool:
    """What the declaration says, in a second way of saying it."""
    if access.is_open:
        return True
    if caller.scopes is not None:
        return access.scope is None or access.scope in caller.scopes
    is_without_key = caller.name in ("nobody", "ended session")
    demo = path in IN_DEMO | DOCUMENTS
    return is_without_key and (mode is AuthMode.OPEN or (mode is AuthMode.DEMO and demo))


async def test_every_route_lets_in_whom_it_should_and_nobody_else(client: httpx.AsyncClient) -> None:
    """Also as HEAD, and with a slash at the end."""
    mode: AuthMode = client.mode  # type: ignore[attr-defined]
    wrong = []
    asked = 0
    for method, path, access in ROUTES:
        target = path.replace("{path}", "").replace("{", "").replace("}", "")
        others = {("HEAD", target)} if method == "GET" else set[tuple[str, str]]()
        others |= {(method, f"{target.rstrip('/')}/")} if not path.startswith("/dashboard") else set()
        for caller in CALLERS if mode is AuthMode.REQUIRED else WITHOUT_KEY:
            for verb, where in sorted({(method, target)} | (others if caller.name in VARIED else set())):
                reply = await client.request(verb, where, headers=caller.headers)
                asked += 1
                is_refused = reply.status_code in (401, 403) if verb == "HEAD" else _code(reply) in REFUSALS
                if is_refused is may(caller, access, path, mode):
                    wrong.append((caller.name, verb, where, reply.status_code, mode))

    assert wrong == []
    assert asked > 35 * len(WITHOUT_KEY)


def test_each_route_needs_the_scope_that_was_agreed() -> None:
    """Written down a second time. What is nowhere here is for admins, or for everybody who is known."""
    of_people = ("/keys", "/people", "/me/", "/sign", "/join")
    found: dict[Scope, set[str]] = {}
    for method, path, access in ROUTES:
        if access.scope is not None and not path.startswith(of_people):
            found.setdefault(access.scope, set()).add(f"{method} {path}")

    assert found == NEEDED


def test_the_demo_is_what_the_readme_says_and_no_more() -> None:
    """A route that joins it has to be named here too."""
    assert {path for _, path, access in ROUTES if access.in_demo} == IN_DEMO | DOCUMENTS
    assert {(path, access.use) for _, path, access in ROUTES if access.use is not Use.READ} == {
        ("/transaction", Use.VERDICT), ("/transactions", Use.BATCH),
    }  # fmt: skip


def _code(reply: httpx.Response) -> str | None:
    is_problem = reply.headers.get("content-type") == "application/problem+json"
    return reply.json()["code"] if is_problem else None
