"""
What a request may bring: a body, read no further than its bound, and who may write what people write.

Nobody here asks for a password, so being able to reach the gateway is all it takes, and a page of anybody, open in an
operator's browser, can send requests to whatever that browser reaches. Browsers say whose page asks: programs and our
own pages may write.
"""

import asyncio
import ipaddress
from typing import Any, TypeVar
from urllib.parse import urlsplit

from fastapi import Request
from pydantic import BaseModel
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Scope

from gateway.errors import BodyTooLarge, BodyTooSlow, ForeignOrigin, MalformedJson, NotDeclaredAsJson, UnsafeHost
from gateway.verdict.intake.decoding import decode_json, validate

_ARRIVAL_S = 10
_WRITTEN_BYTES_MAX = 4 * 1024
Body = TypeVar("Body", bound=BaseModel)
_READS = frozenset({"GET", "HEAD"})  # nobody else's page can read the answer: there are no CORS headers


async def read_body(request: Request, *, bytes_max: int) -> bytes:
    """
    Read the whole body.

    Raises:
        BodyTooLarge: it is, or says that it is, longer; the rest is not read.
        BodyTooSlow: it did not arrive within 10 s.
        MalformedJson: the caller hung up in the middle; nobody reads the answer.
    """
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared[:20]) > bytes_max:
        raise too_large(bytes_max)
    try:
        async with asyncio.timeout(_ARRIVAL_S):
            return await _read(request, bytes_max)
    except TimeoutError:
        raise BodyTooSlow(f"The body must arrive within {_ARRIVAL_S} s.") from None
    except ClientDisconnect:
        raise MalformedJson("The body ended before its announced length.") from None


async def read_declared_json(request: Request, *, bytes_max: int) -> Any:
    """
    Read the body of what people write, and decode it with exact numbers.

    Raises:
        NotDeclaredAsJson: its Content-Type is not application/json; it is not read.
        GatewayError: as read_body and decode_json.
    """
    declared = request.headers.get("content-type", "")
    if declared.partition(";")[0].strip().lower() != "application/json":
        raise NotDeclaredAsJson("Send it with the header Content-Type: application/json.")
    return decode_json(await read_body(request, bytes_max=bytes_max))


async def read_as(schema: type[Body], request: Request, *, bytes_max: int = _WRITTEN_BYTES_MAX) -> Body:
    """Read what people write, held against its schema. Raises GatewayError, as read_declared_json and validate."""
    return validate(schema, await read_declared_json(request, bytes_max=bytes_max))


async def _read(request: Request, bytes_max: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > bytes_max:
            raise too_large(bytes_max)
        chunks.append(chunk)
    return b"".join(chunks)


def too_large(bytes_max: int) -> BodyTooLarge:
    """Make the error of a body that has more bytes than that."""
    return BodyTooLarge(f"The body of this request may have {bytes_max} bytes at most.")


async def refuse_foreign_pages(request: Request) -> None:
    """
    Refuse pages of other sites where people write. Reads pass, and so does a program, which names no page.

    `Sec-Fetch-Site` counts first: it holds behind a proxy that changes Host, and no page can forge it. Browsers leave
    it out where a page came by plain http from another machine; then Origin must be the host that was asked.

    Raises:
        ForeignOrigin: a page of another site asks.
    """
    refuse_foreign_pages_of(request.scope)


def refuse_foreign_pages_of(connection: Scope) -> None:
    """Refuse as `refuse_foreign_pages`, ahead of the framework."""
    if connection["method"] in _READS:
        return
    headers = Headers(scope=connection)
    sites = headers.getlist("sec-fetch-site")
    if sites:
        is_ours = all(site in ("same-origin", "none") for site in sites)
    else:
        hosts = {host.lower() for host in headers.getlist("host")}
        is_ours = all({_host_of(origin)} == hosts for origin in headers.getlist("origin"))
    if not is_ours:
        raise ForeignOrigin(
            "A page of another site may not write here. Open the dashboard under the address that it sends to; a proxy "
            "in between must pass the header Host on. Programs leave Origin out."
        )


def refuse_unsafe_host(request: Request) -> None:
    """
    Refuse a caller who knows this gateway by a name that somebody else may own.

    Against DNS rebinding: such a name first leads to a page, then to this machine, and Origin and Host agree. Nobody
    can do that with an address, `localhost`, or a name without a dot.

    Raises:
        UnsafeHost: Host is another name.
    """
    for host in request.headers.getlist("host"):
        name = _name_of(host)
        if not (_is_address(name) or name.endswith(".localhost") or (name and "." not in name)):
            raise UnsafeHost(
                "Faults are switched by a local name only: use the gateway's IP address, localhost, or a name "
                "without a dot."
            )


def _host_of(origin: str) -> str | None:
    scheme, _, host = origin.partition("://")
    return host.lower() if scheme in ("http", "https") else None  # "null": a page without an address


def _name_of(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:  # brackets around what is no address
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
