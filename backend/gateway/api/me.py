"""GET /me: who asks, and what they may do."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request

from gateway.access.declared import known_only
from gateway.access.principal import Principal, principal_of
from gateway.access.scopes import Role, Scope
from gateway.access.service import AccessControl
from gateway.api.guard import GuardedRoute
from gateway.api.reply import Reply, Time
from gateway.api.services import service
from gateway.settings import AuthMode

router = APIRouter(tags=["access"], route_class=GuardedRoute)
AccessDep = Annotated[AccessControl, service(AccessControl)]


class MeOut(Reply):
    """`kind` is demo where nobody is asked for a key; `email` is null for a key."""

    kind: Literal["key", "person", "demo"]
    name: str
    email: str | None
    roles: list[Role]
    scopes: list[Scope]
    auth: AuthMode
    expires_at: Time | None

    @classmethod
    def of(cls, principal: Principal, auth: AuthMode) -> "MeOut":
        """Say who this is. Args: auth: GATEWAY_AUTH."""
        return cls(
            kind=principal.kind,
            name=principal.name,
            email=principal.email,
            roles=list(principal.roles),
            scopes=sorted(principal.scopes),
            auth=auth,
            expires_at=principal.expires_at,
        )


@router.get("/me")
@known_only
async def read_me(request: Request, access: AccessDep) -> MeOut:
    """
    Who the key or the session belongs to, and its scopes.

    Without either it is a 401, whose body says in `auth` whether this gateway is a demo.
    """
    return MeOut.of(principal_of(request), access.mode)
