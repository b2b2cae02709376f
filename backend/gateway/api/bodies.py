"""Reading a body, no further than its bound."""

from fastapi import Request

from gateway.errors import BodyTooLarge


async def read_body(request: Request, *, bytes_max: int) -> bytes:
    """
    The whole body.

    Raises:
        BodyTooLarge: it is, or says that it is, longer; the rest is not read.
    """
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared[:20]) > bytes_max:
        raise _too_large(bytes_max)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > bytes_max:
            raise _too_large(bytes_max)
        chunks.append(chunk)
    return b"".join(chunks)


def _too_large(bytes_max: int) -> BodyTooLarge:
    return BodyTooLarge(f"The body of this request may have {bytes_max} bytes at most.")
