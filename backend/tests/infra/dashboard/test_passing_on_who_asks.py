"""What the pages ask for passes through the dashboard's nginx, with who asks and whatever becomes of a session."""

import re

import httpx

from local.commands import ROOT
from tests.infra.dashboard.fake_gateway import FakeGateway

_CALL = re.compile(r"\b(get|put|post|remove)\(\s*'(/[^']+)'")
_METHODS = {"remove": "DELETE"}


def test_every_call_in_the_sources_of_the_pages_is_passed_on(client: httpx.Client, gateway: FakeGateway) -> None:
    """A page that asks for something new works behind nginx as well, or this fails."""
    sources = (ROOT / "frontend" / "dashboard" / "src" / "lib" / "api").glob("*.ts")
    calls = {call for source in sources for call in _CALL.findall(source.read_text())}
    assert len(calls) > 15, "the pattern finds the calls no more"

    for verb, path in sorted(calls):
        target, method = re.sub(r"{\w+}", "a1", path), _METHODS.get(verb, verb.upper())
        reply = client.request(method, target, json=None if method in ("GET", "DELETE") else {})
        assert (reply.status_code, method, target) == (200, method, target)
        assert (gateway.received[-1].method, gateway.received[-1].target) == (method, target)


def test_who_asks_goes_on_and_a_new_cookie_comes_back(client: httpx.Client, gateway: FakeGateway) -> None:
    """A session belongs to the host that signed in, so the gateway hears that as well."""
    said = {"Cookie": "sentinel_session=t0ken", "Authorization": "Bearer k", "Host": "ops.example:3000"}
    gateway.headers["Set-Cookie"] = "sentinel_session=next; Path=/; HttpOnly; SameSite=Strict"

    reply = client.get("/me", headers=said)

    assert {name: gateway.received[-1].headers[name] for name in said} == said
    assert reply.headers["set-cookie"] == gateway.headers["Set-Cookie"]
