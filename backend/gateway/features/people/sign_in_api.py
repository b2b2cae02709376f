"""POST /sign-in, /sign-out, /join and /me/password: a session begins or ends, in a cookie that no page can read."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from gateway.access.credentials import host_of, session_of
from gateway.access.declared import known_only, open_to_all
from gateway.access.principal import principal_of
from gateway.access.service import AccessControl
from gateway.api.me import MeOut
from gateway.api.reply import problems
from gateway.api.requests import read_as
from gateway.api.services import service
from gateway.features.people.errors import NotAPerson
from gateway.features.people.records import Person
from gateway.features.people.routes import PrivateRoute, address_of
from gateway.features.people.schemas import (
    JOIN_REQUEST,
    PASSWORD_REQUEST,
    SIGN_IN_REQUEST,
    JoinIn,
    PasswordIn,
    SignedOutOut,
    SignInIn,
    SignInOptionsOut,
)
from gateway.features.people.service import People
from gateway.features.people.sessions import PeopleSessions, to_principal

router = APIRouter(tags=["access"], route_class=PrivateRoute)
AccessDep = Annotated[AccessControl, service(AccessControl)]
PeopleDep = Annotated[People, service(People)]
SessionsDep = Annotated[PeopleSessions, service(PeopleSessions)]
_BODY_BYTES_MAX = 16 * 1024  # two passwords, each byte escaped
_SET_COOKIE = "Set-Cookie"


@router.get("/sign-in/options")
@open_to_all
async def sign_in_options() -> SignInOptionsOut:
    """How people can sign in here."""
    return SignInOptionsOut(password=True, oidc=None)


@router.post("/sign-in", responses=problems(400, 401, 403, 413, 415, 422, 429, 503), openapi_extra=SIGN_IN_REQUEST)
@open_to_all
async def sign_in(
    request: Request, response: Response, people: PeopleDep, sessions: SessionsDep, access: AccessDep
) -> MeOut:
    """
    Sign in with a password; the reply sets the cookie of the session.

    An unknown email address and a wrong password get one answer. After some failures from one network for one email
    address the next attempts there have to wait: 429 says how long.
    """
    said = await read_as(SignInIn, request, bytes_max=_BODY_BYTES_MAX)
    person = await people.sign_in(said.email, said.password, address=address_of(request))
    return await _begin(person, request, response, sessions, access)


@router.post("/join", responses=problems(400, 403, 404, 409, 413, 415, 422, 429, 503), openapi_extra=JOIN_REQUEST)
@open_to_all
async def join(
    request: Request, response: Response, people: PeopleDep, sessions: SessionsDep, access: AccessDep
) -> MeOut:
    """Join by the link of an invitation, which works once; the reply sets the cookie of the first session."""
    said = await read_as(JoinIn, request, bytes_max=_BODY_BYTES_MAX)
    person = await people.join(said.token, name=said.name, password=said.password, address=address_of(request))
    return await _begin(person, request, response, sessions, access)


@router.post("/sign-out", responses=problems(403, 503))
@open_to_all
async def sign_out(request: Request, response: Response, sessions: SessionsDep) -> SignedOutOut:
    """End the session, everywhere within 2 s; the browser forgets its cookie in any case."""
    response.headers[_SET_COOKIE] = sessions.cookie.gone()
    token = session_of(request.scope["headers"])
    found = None if token is None else sessions.find_session(token, host=host_of(request.scope))
    if found is not None:
        await sessions.end(found[1].id)
    return SignedOutOut(signed_out=found is not None)


@router.post("/me/password", responses=problems(400, 401, 403, 413, 415, 422, 429, 503), openapi_extra=PASSWORD_REQUEST)
@known_only
async def change_password(
    request: Request, response: Response, people: PeopleDep, sessions: SessionsDep, access: AccessDep
) -> MeOut:
    """Change your password. Your other sessions end, and this one gets another cookie."""
    principal = principal_of(request)
    if principal.kind != "person":
        raise NotAPerson("A key has none.")
    said = await read_as(PasswordIn, request, bytes_max=_BODY_BYTES_MAX)
    person = await people.change_password(
        principal.id, said.current_password, said.password, address=address_of(request)
    )
    await sessions.end_all(person.id)
    return await _begin(person, request, response, sessions, access)


async def _begin(
    person: Person, request: Request, response: Response, sessions: PeopleSessions, access: AccessControl
) -> MeOut:
    session, cookie = await sessions.begin(person, host=host_of(request.scope))
    response.headers[_SET_COOKIE] = cookie
    return MeOut.of(to_principal(person, session), access.mode)
