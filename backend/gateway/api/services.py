"""The services behind the routes: made once in main, found by their type. Each route asks for those that it uses."""

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from fastapi import Depends, Request

Kind = TypeVar("Kind")


class Services:
    """The parts of a running gateway. A generic one has the type with its argument, such as `Cached[LedgerCounts]`."""

    def __init__(self, by_type: Mapping[Any, object]) -> None:
        self._by_type = by_type

    def __getitem__(self, kind: type[Kind]) -> Kind:
        """The service of this type. Raises KeyError."""
        return cast(Kind, self._by_type[kind])


def services_of(request: Request) -> Services:
    """Find all parts behind this request: for routes that go without the machinery of `service`."""
    return cast(Services, request.app.state.services)


def service(kind: type[Kind]) -> Any:
    """Provide a route with a service: `Annotated[Ledger, service(Ledger)]`."""

    async def find(request: Request) -> Kind:  # a coroutine: FastAPI would call a function in a thread
        return services_of(request)[kind]

    return Depends(find)
