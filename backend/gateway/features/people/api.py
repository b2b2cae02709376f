"""GET /people, and what admins do there: invite, change roles, remove."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from gateway.access.declared import needs
from gateway.access.principal import principal_of
from gateway.access.scopes import Scope
from gateway.api.reply import problems
from gateway.api.requests import read_as
from gateway.api.services import service
from gateway.features.people.routes import PrivateRoute
from gateway.features.people.schemas import (
    INVITATION_REQUEST,
    ROLES_REQUEST,
    InvitationIn,
    InvitationOut,
    InvitedOut,
    PeopleOut,
    PersonOut,
    RemovedOut,
    RolesIn,
)
from gateway.features.people.service import People
from gateway.features.people.sessions import PeopleSessions

router = APIRouter(prefix="/people", tags=["access"], route_class=PrivateRoute)
PeopleDep = Annotated[People, service(People)]
SessionsDep = Annotated[PeopleSessions, service(PeopleSessions)]
_Id = Annotated[str, Path(max_length=64, description="As GET /people says.")]


@router.get("")
@needs(Scope.ADMIN)
async def read_people(people: PeopleDep) -> PeopleOut:
    """Everybody who may sign in, and who was invited; as this gateway knows them, also while the ledger is away."""
    known = people.directory
    return PeopleOut(
        people=[PersonOut.of(person) for person in known.people()],
        invitations=[InvitationOut.of(invitation) for invitation in people.open_invitations()],
    )


@router.post("/invitations", responses=problems(400, 403, 409, 413, 415, 422, 503), openapi_extra=INVITATION_REQUEST)
@needs(Scope.ADMIN)
async def invite(request: Request, people: PeopleDep) -> InvitedOut:
    """
    Invite somebody. The link in the reply is shown this once, and works once, for 7 days.

    Whoever has the link can join with these roles: hand it over yourself. An earlier one for this address ends.
    """
    said = await read_as(InvitationIn, request)
    invitation, token = await people.invite(said.email, said.roles, by=principal_of(request).name)
    return InvitedOut.of_link(invitation, people.link_of(token))


@router.delete("/invitations/{invitation_id}", responses=problems(403, 422, 503))
@needs(Scope.ADMIN)
async def withdraw_invitation(invitation_id: _Id, people: PeopleDep) -> RemovedOut:
    """Withdraw an invitation. To say it again is no error: `removed` is then false."""
    return RemovedOut(id=invitation_id, removed=await people.withdraw(invitation_id))


@router.put("/{person_id}", responses=problems(400, 403, 404, 409, 413, 415, 422, 503), openapi_extra=ROLES_REQUEST)
@needs(Scope.ADMIN)
async def put_roles(person_id: _Id, request: Request, people: PeopleDep) -> PersonOut:
    """Replace the roles of a person, within 2 s on every gateway, also for sessions that are there."""
    said = await read_as(RolesIn, request)
    return PersonOut.of(await people.set_roles(person_id, said.roles, by=principal_of(request).name))


@router.delete("/{person_id}", responses=problems(403, 409, 422, 503))
@needs(Scope.ADMIN)
async def remove_person(person_id: _Id, request: Request, people: PeopleDep, sessions: SessionsDep) -> RemovedOut:
    """Remove a person: sessions count no more, within 2 s on every gateway. Somebody of a provider may come back."""
    removed = await people.remove(person_id, by=principal_of(request).name)
    await sessions.end_all(person_id)
    return RemovedOut(id=person_id, removed=removed)
