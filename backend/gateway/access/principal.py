"""Who sent a request: found before its route is, and kept in its scope."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from fastapi import Request
from starlette.types import Scope as Connection

from gateway.access.scopes import ALL, Role, Scope

_STATE, _PRINCIPAL = "state", "principal"


@dataclass(frozen=True, slots=True)
class Principal:
    """
    A caller who is known.

    Attributes:
        id: Of the key or the person, as it is stored.
        name: What is stored as `by`: the person's name, or `key <client>`.
        scopes: With those that they imply.
        roles: Of a person.
        email: Of a person.
        expires_at: When the key or the session ends.
    """

    kind: Literal["key", "person", "demo"]
    id: str
    name: str
    scopes: frozenset[Scope]
    roles: tuple[Role, ...] = ()
    email: str | None = None
    expires_at: datetime | None = None


DEMO = Principal("demo", "demo", "demo", frozenset())  # asks without a key, where the demo lets it
EVERYBODY = Principal("demo", "demo", "demo", ALL)  # GATEWAY_AUTH=open, on this machine
ANYBODY = Principal("demo", "demo", "demo", ALL - {Scope.ADMIN})  # from elsewhere: keys and people are no demo


def principal_of(request: Request) -> Principal:
    """Find who sent this. Raises KeyError: the route is open, so nobody was asked."""
    return principal_in(request.scope)


def principal_in(connection: Connection) -> Principal:
    """Find who sent this, ahead of the framework. Raises KeyError, as `principal_of`."""
    return cast(Principal, connection[_STATE][_PRINCIPAL])


def put_principal(connection: Connection, principal: Principal) -> None:
    """Let the route know who asks. The state of a lifespan is shared by all requests, so this one gets its own."""
    connection[_STATE] = {**connection.get(_STATE, {}), _PRINCIPAL: principal}
