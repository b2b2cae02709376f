"""Reading a body, no further than its bound."""

import asyncio
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from gateway.errors import BodyTooLarge, BodyTooSlow, MalformedJson, NotDeclaredAsJson
from gateway.verdict.intake.decoding import decode_json, validate

_ARRIVAL_S = 10
_WRITTEN_BYTES_MAX = 4 * 1024
Body = TypeVar("Body", bound=BaseModel)


async def read_body(request: Request, *, bytes_max: int) -> bytes:
    """
    The whole body.

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
    The body of what people write, decoded with exact numbers.

    Raises:
        NotDeclaredAsJson: its Content-Type is not application/json; it is not read.
        GatewayError: as read_body and decode_json.
    """
    declared = request.headers.get("content-type", "")
    if declared.partition(";")[0].strip().lower() != "application/json":
        raise NotDeclaredAsJson("Send it with the header Content-Type: application/json.")
    return decode_json(await read_body(request, bytes_max=bytes_max))


async def read_as(schema: type[Body], request: Request, *, bytes_max: int = _WRITTEN_BYTES_MAX) -> Body:
    """What people write, held against its schema. Raises GatewayError, as read_declared_json and validate."""
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
    """What a body is that has more bytes than that."""
    return BodyTooLarge(f"The body of this request may have {bytes_max} bytes at most.")
