"""GET and POST /keys, POST /keys/{id}/rotate, DELETE /keys/{id}: for admins."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from gateway.access.declared import needs
from gateway.access.principal import principal_of
from gateway.access.scopes import Scope
from gateway.api.guard import GuardedRoute
from gateway.api.reply import problems
from gateway.api.requests import read_as
from gateway.api.services import service
from gateway.errors import FieldError, InvalidRequest
from gateway.features.keys.schemas import KEY_REQUEST, KeyIn, KeyOut, KeysOut, NewKeyOut
from gateway.features.keys.service import Keys, NewKey
from gateway.kit import clock

router = APIRouter(prefix="/keys", tags=["access"], route_class=GuardedRoute)
KeysDep = Annotated[Keys, service(Keys)]
_Id = Annotated[str, Path(alias="id", description="The public id: what stands between the two underscores of a key")]
_BODY_BYTES_MAX = 8 * 1024


@router.get("", responses=problems(503))
@needs(Scope.ADMIN)
async def list_keys(keys: KeysDep, response: Response) -> KeysOut:
    """List every key that all gateways share: who has it, what it may do, when it was used. No secret is known."""
    _not_to_be_kept(response)
    return KeysOut(keys=[KeyOut.of(key) for key in await keys.all()])


@router.post("", responses=problems(400, 409, 413, 415, 422, 503), openapi_extra=KEY_REQUEST)
@needs(Scope.ADMIN)
async def create_key(request: Request, keys: KeysDep, response: Response) -> NewKeyOut:
    """
    Make a key. It is shown once, here; it holds on every gateway within 2 s.

    A client may have two keys that are good at a time: 409 TOO_MANY_KEYS for a third.
    """
    said = await read_as(KeyIn, request, bytes_max=_BODY_BYTES_MAX)
    expires_at = None if said.expires_at is None else clock.whole_ms(said.expires_at)
    if expires_at is not None and expires_at <= clock.LEDGER.best():
        error = FieldError("/expires_at", "must be in the future")
        raise InvalidRequest("A key that has expired is good for nothing.", (error,))
    _not_to_be_kept(response)
    made = await keys.create(
        said.client, said.scopes, networks=said.networks, expires_at=expires_at, by=principal_of(request).name
    )
    return _to_out(made)


@router.post("/{id}/rotate", responses=problems(404, 409, 422, 503))
@needs(Scope.ADMIN)
async def rotate_key(key_id: _Id, request: Request, keys: KeysDep, response: Response) -> NewKeyOut:
    """Make a second key that may do the same. Revoke the first once its client has changed over."""
    _not_to_be_kept(response)
    return _to_out(await keys.rotate(key_id, by=principal_of(request).name))


@router.delete("/{id}", responses=problems(404, 422, 503))
@needs(Scope.ADMIN)
async def revoke_key(key_id: _Id, keys: KeysDep) -> KeyOut:
    """End a key: within 2 s no gateway takes it any more. To say it again changes nothing."""
    return KeyOut.of(await keys.revoke(key_id))


def _to_out(made: NewKey) -> NewKeyOut:
    return NewKeyOut(key=made.sent, **KeyOut.of(made.key).model_dump(exclude={"revoked_at", "last_used_at"}))


def _not_to_be_kept(response: Response) -> None:
    response.headers["Cache-Control"] = "no-store"
