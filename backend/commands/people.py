"""`sentinel people invite|list|remove`: who may sign in to the dashboard."""

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from commands.errors import CannotDo
from commands.keys import operator, with_database
from commands.options import AsJson

if TYPE_CHECKING:
    from gateway.access.records import Record
    from gateway.features.people.directory import PeopleDirectory
    from gateway.features.people.service import People
    from gateway.ledger.client import Database

app = typer.Typer(help="Invite, list and remove people who may sign in.")
Answer = TypeVar("Answer")
_FIRST = "admin@localhost"


@app.command()
def invite(
    email: Annotated[str | None, typer.Argument(metavar="EMAIL", help="Of the person.")] = None,
    *,
    roles: Annotated[
        list[str] | None,
        typer.Option("--role", metavar="ROLE", help="viewer, analyst, rules, operator or admin; several add up."),
    ] = None,
    first: Annotated[
        bool, typer.Option("--first", help="An admin, unless there is one already: then nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Make a link by which one person may join: it works once, for 7 days. Whoever has it may use it.

    Reads MONGODB_URL and the GATEWAY_ settings as the gateway does; GATEWAY_PUBLIC_URL begins the link.
    """
    from pydantic import ValidationError

    from gateway.features.people.schemas import InvitationIn

    if email is None and not first:
        raise CannotDo("EMAIL: say whom to invite")
    try:
        said = InvitationIn.model_validate({"email": email or _FIRST, "roles": roles or (["admin"] if first else [])})
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)[0]
        raise CannotDo(f"{'.'.join(map(str, found['loc']))}: {found['msg']}") from None

    async def work(people: "People") -> str | None:
        if first and people.directory.admins_with_password() > 0:
            return None
        _, token = await people.invite(said.email, said.roles, by=operator("people"))
        return people.link_of(token)

    link = _with_people(work)
    if as_json:
        typer.echo(json.dumps({"link": link}))
    elif link is not None:
        typer.echo(link)


@app.command("list")
def list_people(*, as_json: AsJson = False) -> None:
    """List everybody who may sign in."""
    from gateway.features.people.schemas import PersonOut

    async def work(people: "People") -> list[PersonOut]:
        return [PersonOut.of(person) for person in people.directory.people()]

    found = _with_people(work)
    if as_json:
        typer.echo(json.dumps({"people": [person.model_dump(mode="json") for person in found]}))
        return
    for person in found:
        typer.echo(f"{person.email}  {person.name}  {','.join(person.roles)}  with {person.signs_in_with}")


@app.command()
def remove(email: Annotated[str, typer.Argument(metavar="EMAIL")]) -> None:
    """Remove a person: sessions end within 2 s on every gateway."""
    from gateway.features.people.records import fold_email, person_id_of

    async def work(people: "People") -> bool:
        return await people.remove(person_id_of(fold_email(email)), by=operator("people"))

    if not _with_people(work):
        raise CannotDo(f"{email}: nobody with this address signs in here")
    typer.echo(f"{email} is removed")


def _with_people(work: "Callable[[People], Awaitable[Answer]]") -> "Answer":
    from time import monotonic

    from gateway.features.people.directory import PeopleDirectory
    from gateway.features.people.passwords import Passwords
    from gateway.features.people.service import People
    from gateway.features.people.store import PeopleStore
    from gateway.features.people.throttle import Throttle
    from gateway.kit import clock
    from gateway.settings import load_settings

    async def run(database: "Database") -> "Answer":
        directory, store = PeopleDirectory(), PeopleStore(database)
        for record in await store.all():
            directory.put(record)
        people = People(
            directory,
            _Here(directory),
            store,
            Passwords(),
            Throttle(monotonic),
            now=clock.now,
            public_url=load_settings().public_url,
        )
        return await work(people)

    return with_database(run)


class _Here:
    """Changes of this command, beside a directory that nothing follows."""

    def __init__(self, directory: "PeopleDirectory") -> None:
        self._directory = directory

    def put(self, item: "Record") -> None:
        """Take it up."""
        self._directory.put(item)

    def forget(self, key: str) -> None:
        """Forget it."""
        self._directory.remove(key)
