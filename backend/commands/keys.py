"""`sentinel keys create|list|rotate|revoke`: who may call the API."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from commands.errors import CannotDo, in_one_line
from commands.options import AsJson

if TYPE_CHECKING:
    from gateway.access.keys import ApiKey
    from gateway.features.keys.service import Keys, NewKey
    from gateway.ledger.client import Database

app = typer.Typer(help="Make, list, rotate and revoke API keys.")
Answer = TypeVar("Answer")
_PREPARED_WITHIN_S = 30.0

Id = Annotated[str, typer.Argument(metavar="ID", help="The public id: what stands between the key's underscores.")]


@app.command()
def create(
    client: Annotated[str, typer.Argument(metavar="CLIENT", help="Who will have it, such as checkout.")],
    *,
    scopes: Annotated[list[str], typer.Option("--scope", metavar="SCOPE", help="What it may do; several add up.")],
    networks: Annotated[
        list[str] | None, typer.Option("--network", metavar="CIDR", help="Where it may be used; else everywhere.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, metavar="N", help="Let it expire after that many days.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Make a key, and show it: this once, and never again.

    Reads MONGODB_URL and the GATEWAY_ settings as the gateway does. It holds on every gateway within 2 s.
    """
    from pydantic import ValidationError

    from gateway.features.keys.schemas import KeyIn

    expires_at = None if days is None else datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
    try:
        said = KeyIn.model_validate(
            {"client": client, "scopes": scopes, "networks": networks or [], "expires_at": expires_at}
        )
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise CannotDo(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    made = _with_keys(
        lambda keys: keys.create(
            said.client, said.scopes, networks=said.networks, expires_at=said.expires_at, by=operator("keys")
        )
    )
    _show(made, as_json)


@app.command("list")
def list_keys(*, as_json: AsJson = False) -> None:
    """List all keys: revoked ones for 90 days. No secret is known."""
    found = _with_keys(lambda keys: keys.all())
    if as_json:
        typer.echo(json.dumps({"keys": [_said(key) for key in found]}))
        return
    for key in found:
        state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else _until(key.expires_at)
        used = f"used {key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never used"
        typer.echo(f"{key.id}  {key.client}  {','.join(key.scopes)}  {state}  {used}")


@app.command()
def rotate(key_id: Id, *, as_json: AsJson = False) -> None:
    """Make a second key for the same client, and show it. Revoke the first once the client has changed over."""
    _show(_with_keys(lambda keys: keys.rotate(key_id, by=operator("keys"))), as_json)


@app.command()
def revoke(key_id: Id, *, as_json: AsJson = False) -> None:
    """End a key: within 2 s no gateway takes it any more."""
    ended = _with_keys(lambda keys: keys.revoke(key_id))
    typer.echo(json.dumps(_said(ended)) if as_json else f"{ended.id} of {ended.client} is revoked")


def _with_keys(work: "Callable[[Keys], Awaitable[Answer]]") -> "Answer":
    from gateway.access.store import KeyStore
    from gateway.features.keys.service import Keys

    return with_database(lambda database: work(Keys(KeyStore(database), lambda _key: None)))


def with_database(work: "Callable[[Database], Awaitable[Answer]]") -> "Answer":
    """Do this with the ledger that MONGODB_URL names, prepared. What is wrong becomes one line."""
    import structlog
    from pymongo.errors import PyMongoError

    from gateway.errors import GatewayError
    from gateway.ledger.client import check_url, open_database
    from gateway.ledger.migrations import migrate, new_holder
    from gateway.settings import load_settings

    if not structlog.is_configured():  # standard output is for the answer
        structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))

    async def run() -> Answer:
        settings = load_settings()
        check_url(settings)
        database = open_database(settings)
        try:
            async with asyncio.timeout(_PREPARED_WITHIN_S):
                await migrate(database, holder=new_holder())  # the first key may come before the first gateway
            return await work(database)
        finally:
            database.client.close()

    with in_one_line(GatewayError):
        try:
            return asyncio.run(run())
        except (PyMongoError, TimeoutError) as error:
            raise CannotDo(f"MONGODB_URL: the ledger does not answer ({type(error).__name__})") from None


def _show(made: "NewKey", as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"key": made.sent} | _said(made.key)))
        return
    typer.echo(made.sent)
    typer.echo(
        f"for {made.key.client}: {', '.join(made.key.scopes)}; {_until(made.key.expires_at)}. It is shown this once.",
        err=True,
    )


def _said(key: "ApiKey") -> dict[str, Any]:
    from gateway.features.keys.schemas import KeyOut

    return KeyOut.of(key).model_dump(mode="json")


def _until(expires_at: datetime | None) -> str:
    return "never expires" if expires_at is None else f"expires {expires_at:%Y-%m-%d}"


def operator(command: str) -> str:
    """Name who runs `sentinel <command>`, for the record."""
    import getpass

    try:
        return f"{getpass.getuser()} (sentinel {command})"
    except (KeyError, OSError):  # a container's user has a number only
        return f"sentinel {command}"
