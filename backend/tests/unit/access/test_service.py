"""Who is let in, and what the others are told."""

import pytest

from gateway.access.declared import KNOWN, Access
from gateway.access.errors import KeyInvalid, KeyMissing, NetworkNotAllowed, ScopeMissing
from gateway.access.keys import KeyDirectory
from gateway.access.principal import Principal
from gateway.access.scopes import Role, Scope, scopes_of
from gateway.access.service import AccessControl
from gateway.errors import GatewayError
from gateway.settings import AuthMode
from tests.access import NOW, generous_limits, made_key, request_from, wrong_secret

STATS = Access(Scope.OPS_READ)
SUBMIT = Access(Scope.SCORE_WRITE, in_demo=True)


class World:
    """A gateway's keys, and a clock."""

    def __init__(self, mode: AuthMode = AuthMode.REQUIRED) -> None:
        self.keys, self.now_s = KeyDirectory(), NOW.timestamp()
        self.control = AccessControl(mode, self.keys, generous_limits(), now_s=lambda: self.now_s, sessions=Signed())

    def key(self, *scopes: Scope, **changes: object) -> str:
        """Make one that this gateway knows."""
        sent, kept = made_key(*scopes, **changes)
        self.keys.put(kept)
        return sent


class Signed:
    """Anna has signed in, at localhost."""

    def find(self, token: str, *, host: str) -> Principal | None:
        """The one session."""
        if (token, host) != ("anna's", "localhost:8000"):
            return None
        return Principal("person", "p1", "Anna", scopes_of([Role.VIEWER]), (Role.VIEWER,))

    async def look_up(self, token: str) -> None:
        """Know all that there are."""

    async def renew(self, token: str) -> str | None:
        """Never."""


@pytest.mark.parametrize("name", ["Authorization", "X-API-Key"])
def test_a_key_comes_in_with_its_scope_in_either_header(name: str) -> None:
    """The name of its client is what is stored as `by`."""
    world = World()
    sent = world.key(Scope.OPS_READ)
    request = request_from(headers=[(name, f"Bearer {sent}" if name == "Authorization" else sent)])

    principal = world.control.admit(request, STATS)

    assert (principal.kind, principal.name) == ("key", "key shop")
    assert request["state"]["principal"] is principal


def test_a_key_without_the_scope_is_told_which_one_is_missing() -> None:
    """Admin implies all."""
    world = World()
    scoring, admin = world.key(Scope.SCORE_WRITE), world.key(Scope.ADMIN)

    with pytest.raises(ScopeMissing, match="ops:read"):
        world.control.admit(request_from(headers=[("X-API-Key", scoring)]), STATS)
    assert world.control.admit(request_from(headers=[("X-API-Key", admin)]), STATS)


def test_nobody_learns_why_a_key_is_refused() -> None:
    """Unknown, wrong, revoked, expired, no key at all, two that differ: the same answer, byte for byte."""
    world = World()
    good = world.key(Scope.ADMIN)
    expired, revoked = world.key(Scope.ADMIN, expires_at=NOW), world.key(Scope.ADMIN, revoked_at=NOW)
    unknown, _ = made_key(Scope.ADMIN)
    refused = set[tuple[int, str, str]]()

    for sent in ("", "sentinel", f"{good}x", f"{good}\xe9", wrong_secret(good), unknown, expired, revoked):
        with pytest.raises(KeyInvalid) as error:
            world.control.admit(request_from(headers=[("X-API-Key", sent)]), KNOWN)
        refused.add((error.value.status, error.value.code, error.value.detail))
    with pytest.raises(KeyInvalid):
        world.control.admit(request_from(headers=[("X-API-Key", good), ("Authorization", f"Bearer {unknown}")]), KNOWN)

    assert len(refused) == 1
    assert "sentinel keys create" in next(iter(refused))[2]


def test_a_key_ends_at_its_moment() -> None:
    """Not a poll later."""
    world = World()
    sent = world.key(Scope.OPS_READ, expires_at=NOW)
    request = request_from(headers=[("X-API-Key", sent)])

    world.now_s -= 0.001
    assert world.control.admit(request, STATS)
    world.now_s += 0.001
    with pytest.raises(KeyInvalid):
        world.control.admit(request, STATS)


@pytest.mark.parametrize(
    ("peer", "is_allowed"),
    [("10.1.2.3", True), ("::ffff:10.1.2.3", True), ("fd00::7", True), ("11.1.2.3", False), ("fd01::7", False)],
)
def test_a_key_is_bound_to_its_networks(peer: str, is_allowed: bool) -> None:
    """Of both families; a client that no address is known of is in none."""
    world = World()
    sent = world.key(Scope.OPS_READ, networks=("10.0.0.0/8", "fd00::/16"))
    request = request_from(peer, headers=[("X-API-Key", sent)])

    if is_allowed:
        assert world.control.admit(request, STATS)
        return
    with pytest.raises(NetworkNotAllowed):
        world.control.admit(request, STATS)


def test_where_nobody_is_asked_keys_are_made_on_this_machine_only() -> None:
    """A page that leads a name of its own here would make one that outlives the setting."""
    control = World(AuthMode.OPEN).control
    admin = Access(Scope.ADMIN)

    assert control.admit(request_from(), admin).kind == "demo"
    assert control.admit(request_from(host="evil.example:8000"), STATS).kind == "demo"
    for request in (request_from(host="evil.example:8000"), request_from("203.0.113.9")):
        with pytest.raises(ScopeMissing):
            control.admit(request, admin)


def test_a_wrong_key_is_refused_wherever_no_key_is_needed() -> None:
    """A client that believes it has a key must hear of it before the day that it needs one."""
    for mode in (AuthMode.OPEN, AuthMode.DEMO):
        with pytest.raises(KeyInvalid):
            World(mode).control.admit(request_from(headers=[("X-API-Key", "sentinel_x")]), SUBMIT)


@pytest.mark.parametrize("scheme", ["Basic YTpi", "Digest x"])
def test_another_scheme_is_no_key(scheme: str) -> None:
    """A proxy in front may have one of its own."""
    with pytest.raises(KeyMissing):
        World().control.admit(request_from(headers=[("Authorization", scheme)]), SUBMIT)


def test_a_demo_lets_this_machine_do_what_the_readme_says_and_no_more() -> None:
    """Whoever is elsewhere needs a key, and so does what is not marked as part of the demo."""
    control = World(AuthMode.DEMO).control

    assert control.admit(request_from(), SUBMIT).kind == "demo"
    with pytest.raises(KeyMissing) as missing:
        control.admit(request_from(), STATS)
    assert missing.value.members == {"auth": "demo"}
    with pytest.raises(KeyMissing):
        control.admit(request_from("192.168.1.7"), SUBMIT)


def test_who_signed_in_has_the_scopes_of_the_roles() -> None:
    """A key that is sent too goes before the cookie; a session that is over is said to be."""
    world = World()
    cookie = ("Cookie", "theme=dark; sentinel_session=anna's")

    assert world.control.admit(request_from(headers=[cookie]), STATS).name == "Anna"
    with pytest.raises(ScopeMissing, match="Your roles"):
        world.control.admit(request_from(headers=[cookie]), SUBMIT)
    with pytest.raises(KeyInvalid):
        world.control.admit(request_from(headers=[cookie, ("X-API-Key", "x")]), STATS)
    with pytest.raises(KeyMissing, match="session is over"):
        world.control.admit(request_from(host="evil.example", headers=[cookie]), STATS)


def test_every_refusal_of_who_is_not_known_says_how_to_be() -> None:
    """RFC 9110: a 401 has a challenge."""
    for error in (KeyMissing("x", auth=AuthMode.REQUIRED), KeyInvalid("x")):
        assert isinstance(error, GatewayError)
        assert error.status == 401
        assert error.headers["WWW-Authenticate"] == "Bearer"
