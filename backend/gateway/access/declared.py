"""
What a route asks of its caller, said where the route is written:

    @router.get("/stats")
    @needs(Scope.OPS_READ)
    async def stats(...)

A route that says nothing is refused to everybody but an admin, and a test fails for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from gateway.access.limits import Use
from gateway.access.scopes import Scope

Route = TypeVar("Route", bound=Callable[..., Any])
_ATTRIBUTE = "__access__"


@dataclass(frozen=True, slots=True)
class Access:
    """
    Attributes:
        scope: What the caller must have; None where being known is enough.
        is_open: Nobody is asked who they are.
        use: How much of its key's limits it may use.
        in_demo: With GATEWAY_AUTH=demo, callers on this machine need no key.
    """

    scope: Scope | None = None
    is_open: bool = False
    in_demo: bool = False
    use: Use = Use.READ


OPEN = Access(is_open=True)
KNOWN = Access()
KNOWN_OR_DEMO = Access(in_demo=True)
UNDECLARED = Access(Scope.ADMIN)


def needs(scope: Scope, *, in_demo: bool = False, use: Use = Use.READ) -> Callable[[Route], Route]:
    """Declare that callers need this scope."""
    return _declare(Access(scope, in_demo=in_demo, use=use))


def open_to_all(route: Route) -> Route:
    """Declare that nobody is asked who they are."""
    return _declare(OPEN)(route)


def known_only(route: Route) -> Route:
    """Declare that any key and anybody who signed in may ask."""
    return _declare(KNOWN)(route)


def declared_by(route: object) -> Access | None:
    """Read what this function or application asks for; None where it says nothing."""
    found = getattr(route, _ATTRIBUTE, None)
    return found if isinstance(found, Access) else None


def declare(route: object, access: Access) -> None:
    """Declare it for a route that somebody else has written."""
    setattr(route, _ATTRIBUTE, access)


def _declare(access: Access) -> Callable[[Route], Route]:
    def mark(route: Route) -> Route:
        declare(route, access)
        return route

    return mark
